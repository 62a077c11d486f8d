// samples.cpp: a grid of pictures and names.
#include "figures/samples.hpp"

#include <algorithm>
#include <vector>

#include "figures/terminal_image.hpp"
#include "figures/text.hpp"

namespace atelier {

std::string show(std::span<const Sample> samples, const Terminal& terminal) {
  constexpr int gap = 2, widest = 24;
  const int count = static_cast<int>(samples.size());
  if (count == 0) return {};
  const int side_by_side = std::clamp(std::min(count, 5), 1, std::max(1, (terminal.width + gap) / (10 + gap)));
  const int tile = std::clamp((terminal.width + gap) / side_by_side - gap, 1, widest);
  std::string out;
  for (int first = 0; first < count; first += side_by_side) {
    std::vector<const Raster*> strip;
    std::string names;
    for (int i = first; i < std::min(first + side_by_side, count); ++i) {
      const Sample& sample = samples[static_cast<std::size_t>(i)];
      strip.push_back(&sample.image);
      names += pad(clip(printable(sample.name), tile), tile) + std::string(gap, ' ');
    }
    out += show_strip(strip, tile, gap, terminal);
    while (names.ends_with(' ')) names.pop_back();
    out += names + "\n\n";
  }
  out.pop_back();
  return out;
}

}  // namespace atelier
