// table.cpp: column widths, the one column that wraps, and the lines.
#include "figures/table.hpp"

#include <algorithm>
#include <numeric>

namespace atelier {
namespace {

constexpr int kGap = 2, kNarrowest = 16;

std::vector<int> natural_widths(const Table& table) {
  std::vector<int> widths;
  for (const TableColumn& column : table.columns) widths.push_back(cells(column.title));
  for (const auto& row : table.rows)
    for (std::size_t c = 0; c < std::min(row.size(), widths.size()); ++c)
      widths[c] = std::max(widths[c], cells(row[c]));
  return widths;
}

/// Narrows the widest left-aligned column until the table fits, if it can.
void fit(std::vector<int>& widths, const Table& table, int room) {
  std::size_t widest = widths.size();
  for (std::size_t c = 0; c < widths.size(); ++c)
    if (table.columns[c].align == Align::left && (widest == widths.size() || widths[c] > widths[widest])) widest = c;
  const int total = std::reduce(widths.begin(), widths.end()) + kGap * static_cast<int>(widths.size() - 1);
  if (widest < widths.size() && total > room)
    widths[widest] = std::max(std::min(kNarrowest, widths[widest]), widths[widest] - (total - room));
}

void trim_right(std::string& line) {
  while (line.ends_with(' ')) line.pop_back();
}

std::string row_text(const std::vector<std::string>& row, const Table& table, const std::vector<int>& widths) {
  std::vector<std::vector<std::string>> parts;
  std::size_t height = 1;
  for (std::size_t c = 0; c < widths.size(); ++c) {
    const std::string cell = c < row.size() ? row[c] : "";
    parts.push_back(cells(cell) <= widths[c] ? std::vector{cell} : wrap(cell, widths[c]));
    height = std::max(height, parts.back().size());
  }
  std::string out;
  for (std::size_t line = 0; line < height; ++line) {
    std::string text;
    for (std::size_t c = 0; c < widths.size(); ++c) {
      if (c) text.append(kGap, ' ');
      text += pad(line < parts[c].size() ? parts[c][line] : "", widths[c], table.columns[c].align);
    }
    trim_right(text);
    out += text + "\n";
  }
  return out;
}

}  // namespace

std::string to_text(const Table& table, const Terminal& terminal) {
  if (table.columns.empty()) return {};
  std::vector<int> widths = natural_widths(table);
  fit(widths, table, terminal.width);
  std::string rule;
  for (int i = std::reduce(widths.begin(), widths.end()) + kGap * static_cast<int>(widths.size() - 1); i > 0; --i)
    rule += "─";
  rule = inked(rule, Ink::dim, terminal.colour) + "\n";

  std::vector<std::string> titles;
  for (const TableColumn& column : table.columns) titles.push_back(column.title);
  std::string out = row_text(titles, table, widths) + rule;
  for (const auto& row : table.rows) out += row.empty() ? rule : row_text(row, table, widths);
  return out;
}

}  // namespace atelier
