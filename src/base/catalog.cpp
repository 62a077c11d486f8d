// catalog.cpp: finding the name that was meant.
#include "base/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <numeric>
#include <utility>

namespace atelier {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); i++) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); j++) {
      const std::size_t substituted = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, substituted}));
    }
  }
  return row.back();
}

}  // namespace

std::string nearest(std::string_view word, std::span<const std::string_view> candidates) {
  const std::string wanted = lower(word);
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 2) + 1;
  for (const std::string_view candidate : candidates) {
    const std::string name = lower(candidate);
    const bool extends = wanted.size() >= 3 && name.starts_with(wanted);
    const std::size_t distance = extends ? 1 : edit_distance(wanted, name);
    if (distance < best_distance) best_distance = distance, best = candidate;
  }
  return best;
}

std::unexpected<Error> unknown_name(std::string_view kind, std::string_view name,
                                    std::span<const std::string_view> names, std::string_view listing) {
  const std::string close = nearest(name, names);
  return fail(Trouble::usage, "unknown " + std::string(kind) + " '" + std::string(name) + "'", "",
              close.empty() ? "`atelier " + std::string(listing) + "` lists them" : "did you mean '" + close + "'?");
}

std::unexpected<Error> knob_out_of_range(std::string_view part, const KnobInfo& knob, double found) {
  const auto text = [](double v) { return std::isfinite(v) ? fmt::format("{:g}", v) : std::string("no number"); };
  return fail(Trouble::usage, fmt::format("{} is out of range", knob.name),
              fmt::format("{} takes {} in {}{:g}, {:g}), found {}", part, knob.name, knob.open_low ? '(' : '[',
                          knob.low, knob.high, text(found)));
}

}  // namespace atelier
