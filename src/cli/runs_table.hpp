// runs_table.hpp: rows of runs as a table, as lines of CSV and of JSON.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "figures/terminal.hpp"
#include "track/store.hpp"

namespace atelier::cli {

using CellRow = std::vector<Cell>;

/// The columns that a listing has when none are asked for: those that the store knows, and `sort`.
Result<std::vector<std::string>> usual_columns(Store& store, const std::string& sort);

/// These columns for a person: columns without any value are left out, times are ages, and what matters least gives
/// way in a narrow window.
std::string usual_table(std::span<const std::string> columns, std::span<const CellRow> rows, WallTime now,
                        const Terminal& terminal);

/// The columns as they are, numbers to the right.
std::string plain_table(std::span<const std::string> columns, std::span<const CellRow> rows, const Terminal& terminal);

/// One record of RFC 4180, with the end of its line.
std::string csv_line(std::span<const Cell> row);

/// The row as a JSON object.
std::string json_line(std::span<const std::string> columns, std::span<const Cell> row);

}  // namespace atelier::cli
