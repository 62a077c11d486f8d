// confusion_text.cpp: the confusion matrix and its scores on the terminal.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/confusion.hpp"
#include "figures/progress.hpp"
#include "figures/table.hpp"
#include "figures/text.hpp"

namespace atelier {
namespace {

/// How the matrix fits the window: columns are headed by names where they have room, else by the rows' numbers.
struct Grid {
  std::vector<std::size_t> order;
  std::vector<std::string> rows = {}, heads = {};
  int label = 0, cell = 0;
};

constexpr int kLongestName = 16, kRecall = 9;

Grid fit(const ConfusionMatrix& matrix, std::span<const std::string> names, int width) {
  Grid grid{.order = likeness_order(matrix)};
  int digits = 1, longest = 1;
  for (std::size_t i = 0; i < matrix.classes(); ++i) {
    longest = std::max(longest, std::min(cells(printable(names[i])), kLongestName));
    for (std::size_t j = 0; j < matrix.classes(); ++j) digits = std::max(digits, cells(grouped(matrix[i, j])));
  }
  const int classes = static_cast<int>(matrix.classes()), index = cells(std::to_string(classes));
  const int wide = (width - longest - 1 - kRecall) / std::max(classes, 1);
  const bool named = wide >= std::max(digits, std::min(longest, 7)) + 2;
  grid.label = named ? longest : longest + index + 1;
  grid.cell = named ? std::min(wide, std::max(digits, longest) + 2) : std::max(digits, index) + 2;
  for (std::size_t at = 0; at < grid.order.size(); ++at) {
    const std::string name = clip(printable(names[grid.order[at]]), longest), number = std::to_string(at + 1);
    grid.rows.push_back(named ? name : pad(number, index, Align::right) + " " + name);
    grid.heads.push_back(named ? clip(name, grid.cell - 2) : number);
  }
  return grid;
}

std::string cell_text(const ConfusionMatrix& matrix, std::size_t truth, std::size_t answer, int width, Colour colour) {
  const std::uint64_t count = matrix[truth, answer];
  const std::string text = pad(count ? grouped(count) : "·", width - 1, Align::right) + " ";
  if (count == 0) return inked(text, Ink::dim, colour);
  const double rate = static_cast<double>(count) / static_cast<double>(matrix.row(truth));
  if (colour == Colour::basic) return inked(text, truth == answer ? Ink::bold : Ink::plain, colour);
  return on_ground(text, viridis(std::sqrt(rate)), colour);
}

}  // namespace

std::string confusion_table(const ConfusionMatrix& matrix, std::span<const std::string> names,
                            const Terminal& terminal) {
  const Grid grid = fit(matrix, names, terminal.width - 1);
  if (grid.label + 1 + grid.cell * static_cast<int>(matrix.classes()) + kRecall > terminal.width)
    return fmt::format("{} classes do not fit a window of {} columns; the picture shows them\n", matrix.classes(),
                       terminal.width);
  std::string head = pad("", grid.label + 1);
  for (const std::string& name : grid.heads) head += pad(name, grid.cell - 1, Align::right) + " ";
  std::string out = inked("rows: true class · columns: answer", Ink::dim, terminal.colour) + "\n";
  out += inked(head + pad("recall", kRecall - 1, Align::right), Ink::dim, terminal.colour) + "\n";
  for (std::size_t at = 0; at < grid.order.size(); ++at) {
    const std::size_t truth = grid.order[at];
    out += pad(grid.rows[at], grid.label + 1);
    for (const std::size_t answer : grid.order) out += cell_text(matrix, truth, answer, grid.cell, terminal.colour);
    const std::uint64_t row = matrix.row(truth);
    const std::string recall =
        row ? percent(static_cast<double>(matrix[truth, truth]) / static_cast<double>(row), 1) : "–";
    out += pad(recall, kRecall - 1, Align::right) + "\n";
  }
  return out;
}

std::string scores_table(const Scores& scores, std::span<const std::string> names, const Terminal& terminal) {
  const auto cell = [](const std::optional<double>& score) { return score ? fmt::format("{:.4f}", *score) : "–"; };
  const auto line = [&](std::string name, const ClassScores& s) {
    return std::vector{std::move(name), cell(s.precision), cell(s.recall), cell(s.f1), grouped(s.samples)};
  };
  Table table{.columns = {{"class"},
                          {"precision", Align::right},
                          {"recall", Align::right},
                          {"F1", Align::right},
                          {"samples", Align::right}}};
  for (std::size_t i = 0; i < scores.classes.size(); ++i)
    table.rows.push_back(line(clip(printable(names[i]), 32), scores.classes[i]));
  table.rows.emplace_back();
  table.rows.push_back(line("mean over classes", scores.macro));
  return to_text(table, terminal);
}

}  // namespace atelier
