// sqlite_watch.cpp: what a page looks at: series in buckets, and what has changed.
#include "track/detail/series_rows.hpp"
#include "track/detail/sqlite_store.hpp"

namespace atelier {

// Blocks are folded as they lie in the page cache; their names are read once as long as they stay the same.
Result<Bucketed> SqliteStore::buckets(const std::string& run, const BucketQuery& query) {
  const std::scoped_lock guard(reading_);
  const auto seq = seq_of(*reader_, run);
  if (!seq) return std::unexpected(seq.error());
  const auto first = reader_->number("SELECT min(first) FROM series WHERE run = ? AND stream = ?", *seq, query.stream);
  if (!first) return std::unexpected(first.error());
  const auto last = reader_->number("SELECT last FROM series WHERE run = ? AND stream = ? ORDER BY first DESC LIMIT 1",
                                    *seq, query.stream);
  if (!last) return std::unexpected(last.error());
  Bucketing bucketing(query, first->value_or(0), last->value_or(-1));
  auto rows = reader_->query(
      "SELECT names, rows FROM series WHERE run = ? AND stream = ? AND last >= ? AND first <= ? ORDER BY first", *seq,
      query.stream, query.from, query.to);
  if (!rows) return pass_on(rows);
  std::string known;
  std::vector<std::string> names;
  for (auto more = rows->next();; more = rows->next()) {
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
    if (auto text = rows->text(0); text != known || names.empty()) {
      const auto empty = series_of(query.stream, text, {});
      if (!empty) return std::unexpected(empty.error());
      names = empty->names;
      known = std::move(text);
    }
    bucketing.add(names, rows->blob(1));
  }
  return std::move(bucketing).take();
}

Result<Pulse> SqliteStore::pulse() {
  const std::scoped_lock guard(reading_);
  Pulse pulse;
  const std::pair<const char*, std::int64_t*> numbers[] = {{"PRAGMA data_version", &pulse.version},
                                                           {"SELECT count(*) FROM run", &pulse.runs},
                                                           {"SELECT max(seq) FROM run", &pulse.newest}};
  for (const auto& [sql, into] : numbers) {
    const auto number = reader_->number(sql);
    if (!number) return std::unexpected(number.error());
    *into = number->value_or(0);
  }
  auto rows = reader_->query(
      "SELECT id, attempt, coalesce((SELECT max(epoch) FROM epoch WHERE epoch.run = run.seq), 0) FROM run "
      "WHERE state = 'running'");
  if (!rows) return pass_on(rows);
  for (auto more = rows->next();; more = rows->next()) {
    if (!more) return std::unexpected(more.error());
    if (!*more) return pulse;
    pulse.running.push_back({rows->text(0), static_cast<int>(rows->integer(1)), static_cast<int>(rows->integer(2))});
  }
}

}  // namespace atelier
