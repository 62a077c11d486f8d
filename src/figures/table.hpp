// table.hpp: aligned plain-text tables for the terminal.
#pragma once
#include <string>
#include <vector>

#include "figures/terminal.hpp"
#include "figures/text.hpp"

namespace atelier {

struct TableColumn {
  std::string title;
  Align align = Align::left;
};

/// Cells are single lines and may hold colours; a row that is too short is filled with empty cells. An empty row
/// is drawn as a thin rule.
struct Table {
  std::vector<TableColumn> columns = {};
  std::vector<std::vector<std::string>> rows = {};
};

/// The table as lines without trailing blanks, each ended by a newline. Where it is wider than `terminal`, its
/// widest left-aligned column is wrapped; words never run out of the window unless the other columns fill it.
std::string to_text(const Table& table, const Terminal& terminal);

}  // namespace atelier
