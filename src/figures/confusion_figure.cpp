// confusion_figure.cpp: the confusion matrix on paper.
#include "figures/confusion_figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "figures/progress.hpp"
#include "figures/text.hpp"

namespace atelier {
namespace {

constexpr double kMargin = 36, kName = 13, kScores = 68;
constexpr std::string_view kQuiet = "#59636e";

std::optional<double> share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

/// Where things stand; all lengths in pixels.
struct Layout {
  std::size_t n;
  double cell, names, heads, left, top, side, width;
  bool upright;  ///< column names turned because they are wider than a column

  explicit Layout(const ConfusionFigure& figure) : n(figure.names.size()) {
    const double count = static_cast<double>(std::max<std::size_t>(n, 1));
    cell = std::clamp(760 / count, std::min(9.0, 2400 / count), 76.0);
    double widest = 40;
    for (const std::string& name : figure.names) widest = std::max(widest, text_width(name, name_size()));
    names = std::min(widest, 200.0);
    upright = names > cell - 1;
    heads = upright ? names * (turn() < -80 ? 1 : std::sin(0.7)) + 16 : 22;
    side = cell * static_cast<double>(n);
    left = kMargin + std::max(names + 12, 96.0);
    top = kMargin + 78 + heads;
    width = std::max(left + side + kScores + kMargin + (upright ? 20 : 0), 680.0);
  }
  double turn() const { return cell < 22 ? -90 : -40; }  // steep where slanted names would touch
  double name_size() const { return std::min(kName, cell * 0.9); }
  bool named() const { return cell >= 7; }
  bool counted() const { return cell >= 26; }
  double x(std::size_t column) const { return left + cell * static_cast<double>(column); }
  double y(std::size_t row) const { return top + cell * static_cast<double>(row); }
};

void draw_head(Paper& paper, const ConfusionFigure& figure, const Layout& at) {
  const double room = at.width - 2 * kMargin;
  paper.text(kMargin, kMargin + 14, clip_to_width(figure.title, room, 20, true), {.size = 20, .bold = true});
  paper.text(kMargin, kMargin + 40, clip_to_width(figure.caption, room, kName), {.size = kName, .colour = kQuiet});
}

void draw_names(Paper& paper, const ConfusionFigure& figure, const Layout& at) {
  const TextStyle quiet{.size = 11, .anchor = Anchor::end, .colour = kQuiet};
  paper.text(at.left - 10, at.top - 24, "answer →", quiet);
  paper.text(at.left - 10, at.top - 9, "true class ↓", quiet);
  if (!at.named()) return;
  const double size = at.name_size();
  for (std::size_t i = 0; i < at.n; ++i) {
    const std::string name = clip_to_width(figure.names[i], at.names, size);
    const double middle = at.cell / 2 + size * 0.36;
    paper.text(at.left - 10, at.y(i) + middle, name, {.size = size, .anchor = Anchor::end});
    if (at.upright)
      paper.text(at.x(i) + middle, at.top - 8, name, {.size = size, .turn = at.turn()});
    else
      paper.text(at.x(i) + at.cell / 2, at.top - 9, name, {.size = size, .anchor = Anchor::middle});
  }
}

void draw_cells(Paper& paper, const ConfusionFigure& figure, const Layout& at) {
  const double seam = at.cell > 12 ? 1 : 0;
  if (seam > 0) paper.rect(at.left - 1, at.top - 1, at.side + 1, at.side + 1, "#e4e8ec");
  for (std::size_t row = 0; row < at.n; ++row) {
    std::uint64_t total = 0;
    for (const std::uint64_t count : figure.counts[row]) total += count;
    for (std::size_t column = 0; column < at.n; ++column) {
      const std::uint64_t count = figure.counts[row][column];
      const Rgb ground = ink_wash(count ? 0.03 + 0.97 * std::sqrt(*share(count, total)) : 0);
      if (count || seam > 0) paper.rect(at.x(column), at.y(row), at.cell - seam, at.cell - seam, hex(ground));
      if (!count || !at.counted()) continue;
      const std::string text = grouped(count);
      const double size = std::min({15.0, at.cell * 0.36, at.cell * 0.85 * 15 / text_width(text, 15)});
      paper.text(at.x(column) + (at.cell - seam) / 2, at.y(row) + at.cell / 2 + size * 0.36, text,
                 {.size = size, .anchor = Anchor::middle, .colour = hex(readable_on(ground)), .bold = row == column});
    }
  }
}

/// Recall beside the rows, precision under the columns.
void draw_scores(Paper& paper, const ConfusionFigure& figure, const Layout& at) {
  if (!at.counted()) return;
  const TextStyle head{.size = 11, .anchor = Anchor::end, .colour = kQuiet};
  const double right = at.left + at.side + kScores - 8, middle = at.cell / 2 + 4.5;
  if (!at.upright) paper.text(right, at.top - 9, "recall", head);
  if (at.upright) paper.text(right, at.y(at.n) + 20, "↑ recall", head);
  paper.text(at.left - 10, at.y(at.n) + 20, "precision →", head);
  const double size = std::min(12.0, at.cell * 0.27);
  for (std::size_t i = 0; i < at.n; ++i) {
    std::uint64_t in_row = 0, in_column = 0;
    for (std::size_t j = 0; j < at.n; ++j) in_row += figure.counts[i][j], in_column += figure.counts[j][i];
    const std::uint64_t hits = figure.counts[i][i];
    paper.text(right, at.y(i) + middle, percent(share(hits, in_row), 1),
               {.size = 12, .anchor = Anchor::end, .colour = kQuiet});
    paper.text(at.x(i) + at.cell / 2, at.y(at.n) + 20, percent(share(hits, in_column), 1),
               {.size = size, .anchor = Anchor::middle, .colour = kQuiet});
  }
}

/// The scale of colours, by share of the true class.
void draw_scale(Paper& paper, double left, double y) {
  constexpr double length = 260, height = 10;
  paper.text(left, y, "share of the true class", {.size = 11, .colour = kQuiet});
  left += 150;
  for (int i = 0; i < 130; ++i) paper.rect(left + 2 * i, y - 9, 2.05, height, hex(ink_wash((i + 0.5) / 130)));
  paper.frame(left, y - 9, length, height, "#d0d7de");
  for (const int tick : {0, 1, 5, 20, 50, 100})
    paper.text(left + length * std::sqrt(tick / 100.0), y + 15, fmt::format("{}{}", tick, tick == 100 ? " %" : ""),
               {.size = 11, .anchor = Anchor::middle, .colour = kQuiet});
}

}  // namespace

nlohmann::ordered_json to_json(const ConfusionFigure& figure) {
  nlohmann::ordered_json names = nlohmann::ordered_json::array();
  for (const std::string& name : figure.names) names.push_back(printable(name));
  return {{"figure", "confusion"},     {"title", figure.title},   {"caption", figure.caption},
          {"names", std::move(names)}, {"counts", figure.counts}, {"remarks", figure.remarks}};
}

Picture draw(const ConfusionFigure& figure) {
  const Layout at(figure);
  const double scale_y = at.y(at.n) + (at.counted() ? 56 : 36);
  const double remarks_y = scale_y + 52;
  std::vector<std::string> lines;
  const int room = static_cast<int>((at.width - 2 * kMargin) / (0.56 * kName));  // a cell of usual text
  for (const std::string& remark : figure.remarks)
    for (std::string& line : wrap(printable(remark), room)) lines.push_back(std::move(line));

  Paper paper(std::round(at.width), std::round(remarks_y + 21 * static_cast<double>(lines.size()) + kMargin - 22));
  draw_head(paper, figure, at);
  draw_names(paper, figure, at);
  draw_cells(paper, figure, at);
  if (!at.counted()) paper.frame(at.left - 1, at.top - 1, at.side + 2, at.side + 2, "#d0d7de");
  draw_scores(paper, figure, at);
  draw_scale(paper, kMargin, scale_y);
  for (std::size_t i = 0; i < lines.size(); ++i)
    paper.text(kMargin, remarks_y + 21 * static_cast<double>(i), lines[i], {.size = kName});
  return paper.finish();
}

}  // namespace atelier
