// samples.cpp: the grid of samples on paper and on the terminal.
#include "figures/samples.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "figures/terminal_image.hpp"
#include "figures/text.hpp"

namespace atelier {
namespace {

constexpr double kTile = 168, kGap = 24, kMargin = 32, kLabel = 32, kNameSize = 15;

/// The sample in its tile: whole-number enlargement where there is room, centred.
void place(Paper& paper, const Sample& sample, double x, double y) {
  if (sample.image.valid()) {
    const double longest = std::max(sample.image.width, sample.image.height);
    const double zoom = longest <= kTile ? std::floor(kTile / longest) : kTile / longest;
    const double w = sample.image.width * zoom, h = sample.image.height * zoom;
    paper.image(x + (kTile - w) / 2, y + (kTile - h) / 2, w, h, sample.image);
  } else {
    paper.frame(x, y, kTile, kTile, "#d0d7de");
  }
  paper.text(x + kTile / 2, y + kTile + 21, clip_to_width(sample.name, kTile + kGap - 4, kNameSize),
             {.size = kNameSize, .anchor = Anchor::middle});
}

/// Five in a row, or rows of even length where that leaves few gaps.
std::size_t columns_for(std::size_t count) {
  return count <= 6 ? std::max<std::size_t>(count, 1) : count <= 30 ? 5 : 10;
}

}  // namespace

nlohmann::ordered_json to_json(const SamplesFigure& figure) {
  nlohmann::ordered_json samples = nlohmann::ordered_json::array();
  for (const Sample& s : figure.samples)
    samples.push_back({{"name", printable(s.name)},
                       {"width", s.image.width},
                       {"height", s.image.height},
                       {"channels", s.image.channels},
                       {"pixels", s.image.pixels}});
  return {{"figure", "samples"}, {"title", figure.title}, {"caption", figure.caption}, {"samples", std::move(samples)}};
}

Picture draw(const SamplesFigure& figure) {
  const std::size_t columns = columns_for(figure.samples.size());
  const std::size_t rows = (figure.samples.size() + columns - 1) / columns;
  const double head = kMargin + (figure.title.empty() ? 0 : 28) + (figure.caption.empty() ? 0 : 24) + 8;
  const double width = 2 * kMargin + static_cast<double>(columns) * (kTile + kGap) - kGap;
  const double height = head + static_cast<double>(rows) * (kTile + kLabel + 8) + kMargin - 16;
  Paper paper(width, height);
  double y = kMargin + 14;
  if (!figure.title.empty())
    paper.text(kMargin, y, clip_to_width(figure.title, width - 2 * kMargin, 20, true), {.size = 20, .bold = true});
  if (!figure.title.empty()) y += 26;
  if (!figure.caption.empty())
    paper.text(kMargin, y, clip_to_width(figure.caption, width - 2 * kMargin, 13), {.size = 13, .colour = "#59636e"});
  for (std::size_t i = 0; i < figure.samples.size(); ++i) {
    const std::size_t row = i / columns, column = i % columns;
    place(paper, figure.samples[i], kMargin + static_cast<double>(column) * (kTile + kGap),
          head + static_cast<double>(row) * (kTile + kLabel + 8));
  }
  return paper.finish();
}

std::string show(const SamplesFigure& figure, const Terminal& terminal) {
  constexpr int gap = 2, widest = 24;
  const int count = static_cast<int>(figure.samples.size());
  if (count == 0) return {};
  const int side_by_side = std::clamp(std::min(count, 5), 1, std::max(1, (terminal.width + gap) / (10 + gap)));
  const int tile = std::clamp((terminal.width + gap) / side_by_side - gap, 1, widest);
  std::string out;
  for (int first = 0; first < count; first += side_by_side) {
    std::vector<const Raster*> strip;
    std::string names;
    for (int i = first; i < std::min(first + side_by_side, count); ++i) {
      const Sample& sample = figure.samples[static_cast<std::size_t>(i)];
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
