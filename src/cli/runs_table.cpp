// runs_table.cpp: which columns a listing has, how their values read, what gives way in a narrow window.
#include "cli/runs_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "cli/runs_text.hpp"
#include "figures/progress.hpp"
#include "figures/table.hpp"
#include "figures/text.hpp"

namespace atelier::cli {
namespace {

/// A column of the usual listing: its name in the store, and its rank; in a narrow window the highest rank goes first.
struct Usual {
  std::string_view name;
  int rank;
};
constexpr int kAlways = 0, kExtra = 7;  // ranks from here on are the first to go
constexpr std::array kUsual = std::to_array<Usual>({{"id", kAlways},
                                                    {"name", 4},
                                                    {"state", 1},
                                                    {"val_accuracy", 1},
                                                    {"val_loss", 2},
                                                    {"epochs_done", 5},
                                                    {"epochs", 5},
                                                    {"seconds", 6},
                                                    {"created", 3},
                                                    {"group", 7},
                                                    {"tags", 8},
                                                    {"sweep", 9}});
constexpr int kShortestName = 12;  // cells that a name keeps before other columns give way

/// A column on its way to the screen.
struct Shown {
  std::string title;
  Align align = Align::left;
  int rank = kAlways;
  std::vector<std::string> cells = {};

  bool empty() const {
    return std::ranges::all_of(cells, [](const std::string& cell) { return cell.empty(); });
  }
  int width() const {
    int widest = atelier::cells(title);
    for (const std::string& cell : cells) widest = std::max(widest, atelier::cells(cell));
    return widest;
  }
};

bool is_number(const Cell& cell) {
  return std::holds_alternative<std::int64_t>(cell) || std::holds_alternative<double>(cell);
}

double number_of(const Cell& cell) {
  const auto* whole = std::get_if<std::int64_t>(&cell);
  return whole ? static_cast<double>(*whole) : std::get<double>(cell);
}

/// The time that iso_time() wrote.
std::optional<WallTime> time_of(const std::string& text) {
  int year = 0;
  unsigned month = 0, day = 0;
  int hour = 0, minute = 0, second = 0;
  if (std::sscanf(text.c_str(), "%d-%u-%uT%d:%d:%dZ", &year, &month, &day, &hour, &minute, &second) != 6)
    return std::nullopt;
  const std::chrono::sys_days date = std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day);
  return date + std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
}

/// A value of a usual column as a person reads it.
std::string usual_text(std::string_view column, const Cell& cell, WallTime now, Colour colour) {
  if (const auto* text = std::get_if<std::string>(&cell)) {
    const auto state = column == "state" ? run_state(*text) : std::nullopt;
    const auto time = column == "created" ? time_of(*text) : std::nullopt;
    return state ? shown(*state, colour) : time ? age(*time, now) : printable(*text);
  }
  if (is_number(cell)) {
    const double number = number_of(cell);
    if (column.ends_with("accuracy")) return fmt::format("{:.4f}", number);
    if (column.ends_with("loss")) return brief_number(number);
    if (column == "seconds") return fmt::format("{:.1f}", number);
  }
  return shown(cell);
}

/// Row by row, as they lie in memory. `text` makes a cell's text from its column's name and its value.
template <class Text>
std::vector<Shown> shown_columns(std::span<const std::string> columns, std::span<const CellRow> rows,
                                 const Text& text) {
  std::vector<Shown> all;
  for (const std::string& column : columns) {
    const auto usual = std::ranges::find(kUsual, column, &Usual::name);
    all.push_back({column, Align::right, usual == kUsual.end() ? 1 : usual->rank});
    all.back().cells.reserve(rows.size());
  }
  for (const CellRow& row : rows)
    for (std::size_t c = 0; c < columns.size(); ++c) {
      all[c].cells.push_back(text(columns[c], row[c]));
      if (std::holds_alternative<std::string>(row[c])) all[c].align = Align::left;
    }
  return all;
}

/// "3/10": how many epochs are done, and of how many.
void join_epochs(std::vector<Shown>& columns) {
  const auto done = std::ranges::find(columns, "epochs_done", &Shown::title);
  const auto all = std::ranges::find(columns, "epochs", &Shown::title);
  if (done == columns.end()) return;
  if (all != columns.end())
    for (std::size_t i = 0; i < done->cells.size(); ++i)
      if (!all->cells[i].empty())
        done->cells[i] = fmt::format("{}/{}", done->cells[i].empty() ? "0" : done->cells[i], all->cells[i]);
  done->title = "epochs";
  if (all != columns.end()) columns.erase(all);
}

/// A loss says little beside an accuracy: it stays where an accuracy is missing. A sweep is its trials' usual group.
void drop_needless(std::vector<Shown>& columns) {
  const auto group = std::ranges::find(columns, "group", &Shown::title);
  const auto sweep = std::ranges::find(columns, "sweep", &Shown::title);
  if (group != columns.end() && sweep != columns.end() && group->cells == sweep->cells) columns.erase(group);
  const auto accuracy = std::ranges::find(columns, "val_accuracy", &Shown::title);
  const auto loss = std::ranges::find(columns, "val_loss", &Shown::title);
  if (accuracy != columns.end() && loss != columns.end()) {
    bool needed = false;
    for (std::size_t i = 0; i < loss->cells.size(); ++i)
      needed = needed || (accuracy->cells[i].empty() && !loss->cells[i].empty());
    if (!needed) columns.erase(loss);
  }
  std::erase_if(columns, [](const Shown& column) { return column.empty(); });
}

/// Makes room where the columns are wider than a window: extras go, names are cut short, then the others go by rank.
class Fitting {
 public:
  Fitting(std::vector<Shown>& columns, int room) : columns_(columns), excess_(-kGap - room) {
    for (const Shown& column : columns) excess_ += widths_.emplace_back(column.width()) + kGap;
  }

  void run() {
    drop(kExtra);
    shorten_names();
    drop(kAlways + 1);
  }

 private:
  static constexpr int kGap = 2;

  /// Columns of this rank and above, the highest first, as many as must.
  void drop(int rank) {
    while (excess_ > 0) {
      const auto last = std::ranges::max_element(columns_, {}, &Shown::rank);
      if (last->rank < rank) return;
      const auto at = last - columns_.begin();
      excess_ -= widths_[static_cast<std::size_t>(at)] + kGap;
      columns_.erase(last);
      widths_.erase(widths_.begin() + at);
    }
  }

  void shorten_names() {
    const auto name = std::ranges::find(columns_, "name", &Shown::title);
    if (excess_ <= 0 || name == columns_.end()) return;
    int& width = widths_[static_cast<std::size_t>(name - columns_.begin())];
    const int kept = std::min(width, std::max(kShortestName, width - excess_));
    for (std::string& cell : name->cells) cell = clip(cell, kept);
    excess_ -= width - kept;
    width = kept;
  }

  std::vector<Shown>& columns_;
  std::vector<int> widths_;
  int excess_;
};

std::string text_of(std::vector<Shown> columns, const Terminal& terminal) {
  Table table;
  if (columns.empty()) return {};
  table.rows.resize(columns.front().cells.size());
  for (Shown& column : columns) {
    table.columns.push_back({printable(column.title), column.align});
    for (std::size_t i = 0; i < column.cells.size(); ++i) table.rows[i].push_back(std::move(column.cells[i]));
  }
  return to_text(table, terminal);
}

/// A pipe takes lines of any length: what reads them cuts them itself.
Terminal unbroken(Terminal terminal) {
  constexpr int kEndless = 1'000'000;
  if (!terminal.interactive) terminal.width = kEndless;
  return terminal;
}

}  // namespace

Result<std::vector<std::string>> usual_columns(Store& store, const std::string& sort) {
  const auto known = store.columns();
  if (!known) return known;
  std::vector<std::string> columns;
  for (const Usual& usual : kUsual)
    if (std::ranges::binary_search(*known, usual.name)) columns.emplace_back(usual.name);
  if (!sort.empty() && std::ranges::find(columns, sort) == columns.end())
    columns.insert(std::ranges::find(columns, "state") + 1, sort);
  return columns;
}

std::string usual_table(std::span<const std::string> columns, std::span<const CellRow> rows, WallTime now,
                        const Terminal& terminal) {
  std::vector<Shown> all = shown_columns(columns, rows, [&](std::string_view column, const Cell& cell) {
    return usual_text(column, cell, now, terminal.colour);
  });
  join_epochs(all);
  drop_needless(all);
  if (terminal.interactive) Fitting(all, terminal.width).run();
  return text_of(std::move(all), unbroken(terminal));
}

std::string plain_table(std::span<const std::string> columns, std::span<const CellRow> rows, const Terminal& terminal) {
  std::vector<Shown> all = shown_columns(columns, rows, [](std::string_view, const Cell& cell) { return shown(cell); });
  return text_of(std::move(all), unbroken(terminal));
}

std::string csv_line(std::span<const Cell> row) {
  std::string line;
  for (const Cell& cell : row) {
    std::string field = in_full(cell);
    if (field.find_first_of(",\"\r\n") != std::string::npos) {
      std::string quoted = "\"";
      for (const char c : field) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
      field = quoted + '"';
    }
    line += (&cell == row.data() ? "" : ",") + field;
  }
  return line + "\r\n";
}

std::string json_line(std::span<const std::string> columns, std::span<const Cell> row) {
  nlohmann::ordered_json json;
  for (std::size_t c = 0; c < columns.size(); ++c)
    std::visit(
        [&](const auto& value) {
          if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::monostate>)
            json[columns[c]] = nullptr;
          else
            json[columns[c]] = value;
        },
        row[c]);
  return one_line(json);
}

}  // namespace atelier::cli
