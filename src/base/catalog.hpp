// catalog.hpp: how a part (an optimizer, a layer, a loss) introduces itself by name, with its knobs.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/error.hpp"

namespace atelier {

/// One number that can be set on a part: the single truth for command line, search space, page and run
/// record. Valid values are low <= v < high, or low < v < high where `open_low`.
template <class Part>
struct Knob {
  std::string_view name;
  double Part::* value;
  double low, high;
  bool open_low = false;
};

/// A knob as a listing shows it.
struct KnobInfo {
  std::string_view name;
  double preset, low, high;
  bool open_low = false;
};

/// One line of a catalog.
struct CatalogEntry {
  std::string_view name;
  std::string_view summary;  ///< one sentence, with the source
  std::vector<KnobInfo> knobs;
};

/// The candidate closest to `word` by edit distance (letter case ignored); empty when nothing is near.
std::string nearest(std::string_view word, std::span<const std::string_view> candidates);

/// "unknown optimizer 'adan'", with the nearest name, or the command that lists them.
std::unexpected<Error> unknown_name(std::string_view kind, std::string_view name,
                                    std::span<const std::string_view> names, std::string_view listing);

/// Whether every knob of a part is in its range; an error names the first that is not.
template <class Part>
Result<void> check_knobs(const Part& part);

/// "dropout takes rate in [0, 1), found 1.5".
std::unexpected<Error> knob_out_of_range(std::string_view part, const KnobInfo& knob, double found);

template <class Part>
Result<void> check_knobs(const Part& part) {
  Result<void> result;
  const auto check = [&](const auto& knob) {
    const double v = part.*knob.value;
    const bool inside = (knob.open_low ? v > knob.low : v >= knob.low) && v < knob.high;
    if (result && !inside)
      result = knob_out_of_range(Part::name, {knob.name, v, knob.low, knob.high, knob.open_low}, v);
  };
  std::apply([&](const auto&... knobs) { (check(knobs), ...); }, Part::knobs());
  return result;
}

}  // namespace atelier
