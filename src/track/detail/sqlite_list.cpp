// sqlite_list.cpp: runs are found, listed and read.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "track/detail/series_rows.hpp"
#include "track/detail/sqlite_store.hpp"

namespace atelier {
namespace {

WallTime wall_time(std::int64_t ms) { return WallTime(std::chrono::milliseconds(ms)); }

/// What stands after FROM run for a query.
Result<std::string> rest_of(QueryText& text, const RunQuery& query) {
  const auto condition = text.condition(query.where);
  if (!condition) return condition;
  const char* const down = query.descending ? " DESC" : "";
  std::string order = "run.seq";
  if (query.sort == "created" || query.sort == "started" || query.sort == "ended") {
    order = fmt::format("run.{0} IS NULL, run.{0}", query.sort);
  } else if (!query.sort.empty()) {
    const auto column = text.column(query.sort);
    if (!column) return column;
    // Numbers, then texts ("nan" is one), then runs without the value, whichever the direction.
    order = fmt::format("CASE typeof({0}) WHEN 'null' THEN 2 WHEN 'text' THEN 1 ELSE 0 END, {0}", *column);
  }
  return fmt::format("{} ORDER BY {}{}, run.seq{} LIMIT {} OFFSET {}", *condition, order, down,
                     query.sort.empty() ? "" : down, query.limit, std::max<std::int64_t>(query.offset, 0));
}

Result<sqlite::Statement> bound(sqlite::Connection& connection, std::string_view sql, const QueryText& text) {
  auto statement = connection.prepare(sql);
  if (!statement) return statement;
  for (std::size_t i = 0; i < text.values().size(); ++i) statement->bind(static_cast<int>(i) + 1, text.values()[i]);
  return statement;
}

/// Calls `read` for every row of a statement.
template <class Read>
Result<void> each_row(Result<sqlite::Statement>& rows, const Read& read) {
  if (!rows) return pass_on(rows);
  for (auto more = rows->next();; more = rows->next()) {
    if (!more) return pass_on(more);
    if (!*more) return {};
    read(*rows);
  }
}

}  // namespace

std::string run_columns() {
  return fmt::format(
      "run.id, run.name, run.\"group\", run.notes, {}, {}, run.created, run.started, run.ended, "
      "run.sweep, run.number, run.attempt, run.worker, run.config, run.environment, run.summary, run.plan, "
      "(SELECT json_group_array(tag) FROM tag WHERE tag.run = run.seq), {}",
      kShownState, kShownReason, kSeconds);
}

Run read_run(const sqlite::Statement& row) {
  Run run;
  run.id = row.text(0);
  run.name = row.text(1);
  run.group = row.text(2);
  run.notes = row.text(3);
  run.state = run_state(row.text(4)).value_or(RunState::failed);
  run.reason = row.text(5);
  run.created = wall_time(row.integer(6));
  if (!row.is_null(7)) run.started = wall_time(row.integer(7));
  if (!row.is_null(8)) run.ended = wall_time(row.integer(8));
  if (!row.is_null(9)) run.trial = TrialOf{row.text(9), static_cast<int>(row.integer(10))};
  run.attempt = static_cast<int>(row.integer(11));
  run.worker = row.text(12);
  run.config = row.text(13);
  run.environment = row.text(14);
  run.summary = row.text(15);
  run.plan = row.text(16);
  if (!row.is_null(18)) run.seconds = row.real(18);
  const std::string tags = row.text(17);
  if (tags == "[]") return run;
  for (const auto& tag : nlohmann::json::parse(tags, nullptr, false))
    if (tag.is_string()) run.tags.push_back(tag.get<std::string>());
  return run;
}

Result<Run> SqliteStore::run(const std::string& id) {
  const std::scoped_lock guard(reading_);
  const auto seq = seq_of(*reader_, id);
  if (!seq) return std::unexpected(seq.error());
  auto claim = claim_of(*reader_, *seq);
  if (!claim) return pass_on(claim);
  return std::move(claim->run);
}

// Sorting moves row numbers, not whole rows: a hundred thousand of those would not fit into the sorter's memory.
Result<std::vector<Run>> SqliteStore::runs(const RunQuery& query) {
  const std::scoped_lock guard(reading_);
  if (auto begun = reader_->run("BEGIN"); !begun) return pass_on(begun);
  auto found = sorted_runs(query);
  if (auto ended = reader_->run("COMMIT"); !ended && found) return pass_on(ended);
  return found;
}

Result<std::vector<Run>> SqliteStore::sorted_runs(const RunQuery& query) {
  auto names = FieldNames::load(*reader_);
  if (!names) return pass_on(names);
  QueryText text(*names, query.aliases, *reader_);
  const auto rest = rest_of(text, query);
  if (!rest) return std::unexpected(rest.error());
  auto rows = bound(*reader_, fmt::format("SELECT seq FROM run WHERE {}", *rest), text);
  std::vector<std::int64_t> order;
  if (auto read = each_row(rows, [&](const auto& row) { order.push_back(row.integer(0)); }); !read)
    return pass_on(read);
  auto one = reader_->prepare(fmt::format("SELECT {} FROM run WHERE seq = ?", run_columns()));
  if (!one) return pass_on(one);
  std::vector<Run> found;
  found.reserve(order.size());
  for (const auto seq : order) {
    one->bind(1, seq);
    const auto more = one->next();
    if (!more) return std::unexpected(more.error());
    found.push_back(read_run(*one));
    one->reset();
  }
  return found;
}

Result<std::vector<std::vector<Cell>>> SqliteStore::table(const RunQuery& query, std::span<const std::string> columns) {
  const std::scoped_lock guard(reading_);
  auto names = FieldNames::load(*reader_);
  if (!names) return pass_on(names);
  QueryText text(*names, query.aliases, *reader_);
  std::string wanted;
  for (const auto& name : columns) {
    const auto column = text.column(name);
    if (!column) return std::unexpected(column.error());
    wanted += (wanted.empty() ? "" : ", ") + *column;
  }
  const auto rest = rest_of(text, query);
  if (!rest) return std::unexpected(rest.error());
  auto rows =
      bound(*reader_, fmt::format("SELECT {} FROM run WHERE {}", wanted.empty() ? "run.id" : wanted, *rest), text);
  std::vector<std::vector<Cell>> cells;
  const auto width = static_cast<int>(std::max<std::size_t>(columns.size(), 1));
  const auto read = each_row(rows, [&](const auto& row) {
    auto& line = cells.emplace_back();
    line.reserve(static_cast<std::size_t>(width));
    for (int i = 0; i < width; ++i) line.push_back(row.cell(i));
  });
  if (!read) return std::unexpected(read.error());
  return cells;
}

Result<std::int64_t> SqliteStore::count(const std::string& where) {
  const std::scoped_lock guard(reading_);
  auto names = FieldNames::load(*reader_);
  if (!names) return pass_on(names);
  const QueryText::Aliases none;
  QueryText text(*names, none, *reader_);
  const auto condition = text.condition(where);
  if (!condition) return std::unexpected(condition.error());
  auto rows = bound(*reader_, fmt::format("SELECT count(*) FROM run WHERE {}", *condition), text);
  std::int64_t count = 0;
  if (auto read = each_row(rows, [&](const auto& row) { count = row.integer(0); }); !read) return pass_on(read);
  return count;
}

Result<std::vector<std::string>> SqliteStore::columns() {
  const std::scoped_lock guard(reading_);
  auto fields = FieldNames::load(*reader_);
  if (!fields) return pass_on(fields);
  std::vector<std::string> names = own_columns();
  for (const auto place : kFieldPlaces)
    for (const auto& name : fields->at(place)) names.push_back(name);
  std::ranges::sort(names);
  const auto twice = std::ranges::unique(names);
  names.erase(twice.begin(), twice.end());
  return names;
}

Result<std::vector<EpochRow>> SqliteStore::history(const std::string& run, int after) {
  const std::scoped_lock guard(reading_);
  const auto seq = seq_of(*reader_, run);
  if (!seq) return std::unexpected(seq.error());
  auto rows =
      reader_->query("SELECT epoch, metrics FROM epoch WHERE run = ? AND epoch > ? ORDER BY epoch", *seq, after);
  std::vector<EpochRow> history;
  const auto read = each_row(
      rows, [&](const auto& row) { history.push_back({static_cast<int>(row.integer(0)), metrics_of(row.text(1))}); });
  if (!read) return std::unexpected(read.error());
  return history;
}

Result<std::vector<Series>> SqliteStore::series(const std::string& run, const std::string& stream) {
  const std::scoped_lock guard(reading_);
  const auto seq = seq_of(*reader_, run);
  if (!seq) return std::unexpected(seq.error());
  auto rows =
      reader_->query("SELECT names, rows FROM series WHERE run = ? AND stream = ? ORDER BY first", *seq, stream);
  std::vector<Series> blocks;
  Result<void> sound;
  const auto read = each_row(rows, [&](const auto& row) {
    auto block = series_of(stream, row.text(0), row.blob(1));
    if (block)
      blocks.push_back(*std::move(block));
    else
      sound = pass_on(block);
  });
  if (!read) return std::unexpected(read.error());
  if (!sound) return pass_on(sound);
  return blocks;
}

Result<std::vector<Artifact>> SqliteStore::artifacts(const std::string& run) {
  const std::scoped_lock guard(reading_);
  const auto seq = seq_of(*reader_, run);
  if (!seq) return std::unexpected(seq.error());
  auto rows = reader_->query("SELECT name, path, kind, bytes, sha256 FROM artifact WHERE run = ? ORDER BY name", *seq);
  std::vector<Artifact> artifacts;
  const auto read = each_row(rows, [&](const auto& row) {
    artifacts.push_back({row.text(0), row.text(1), row.text(2), row.integer(3), row.text(4)});
  });
  if (!read) return std::unexpected(read.error());
  return artifacts;
}

}  // namespace atelier
