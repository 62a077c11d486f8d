// catalog.hpp: how a part (an optimizer, a layer, a loss) introduces itself by name, with its knobs.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

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

}  // namespace atelier
