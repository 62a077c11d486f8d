// sqlite_sweeps.cpp: sweeps, the queue of their trials, and trials whose worker is gone.
#include <fmt/format.h>

#include "track/detail/sqlite_store.hpp"

namespace atelier {
namespace {

WallTime wall_time(std::int64_t ms) { return WallTime(std::chrono::milliseconds(ms)); }

std::unexpected<Error> no_sweep(const std::string& id) {
  return fail(Trouble::usage, fmt::format("there is no sweep \"{}\"", id));
}

constexpr std::string_view kSweepColumns = "SELECT id, name, state, created, ended, config, source, memo FROM sweep";

Sweep read_sweep(const sqlite::Statement& row) {
  Sweep sweep;
  sweep.id = row.text(0);
  sweep.name = row.text(1);
  sweep.state = sweep_state(row.text(2)).value_or(SweepState::stopped);
  sweep.created = wall_time(row.integer(3));
  if (!row.is_null(4)) sweep.ended = wall_time(row.integer(4));
  sweep.config = row.text(5);
  sweep.source = row.text(6);
  sweep.memo = row.text(7);
  return sweep;
}

Result<void> count_trials(sqlite::Connection& connection, Sweep& sweep) {
  auto rows =
      connection.query(fmt::format("SELECT {}, count(*) FROM run WHERE sweep = ? GROUP BY 1", kShownState), sweep.id);
  if (!rows) return pass_on(rows);
  for (auto more = rows->next();; more = rows->next()) {
    if (!more) return pass_on(more);
    if (!*more) return {};
    if (const auto state = run_state(rows->text(0))) sweep.trials[*state] = static_cast<int>(rows->integer(1));
  }
}

}  // namespace

Result<Sweep> SqliteStore::create_sweep(const NewSweep& sweep) {
  constexpr std::size_t kLongest = 53;  // its trials' ids are longer by "-" and their number
  if (!sweep.id.empty() && (!is_id(sweep.id) || sweep.id.size() > kLongest))
    return fail(Trouble::usage, fmt::format("\"{}\" cannot be the id of a sweep", sweep.id),
                fmt::format("an id is made of up to {} letters, digits, _ and -", kLongest));
  Sweep made;
  const auto done = write([&]() -> Result<void> {
    auto id = free_id(sweep.id, Naming::sweep);
    if (!id) return pass_on(id);
    const auto now = now_ms();
    const auto added = writer_->execute(
        "INSERT INTO sweep(id, name, state, created, config, source, memo) VALUES(?, ?, 'running', ?, ?, ?, '{}')", *id,
        sweep.name, now, sweep.config, sweep.source);
    if (!added) return std::unexpected(added.error());
    made = Sweep{.id = *id,
                 .name = sweep.name,
                 .created = wall_time(now),
                 .ended = {},
                 .config = sweep.config,
                 .source = sweep.source,
                 .trials = {}};
    return {};
  });
  if (!done) return std::unexpected(done.error());
  return made;
}

Result<Sweep> SqliteStore::sweep(const std::string& id) {
  const std::scoped_lock guard(reading_);
  auto row = reader_->query(fmt::format("{} WHERE id = ?", kSweepColumns), id);
  if (!row) return pass_on(row);
  const auto more = row->next();
  if (!more) return std::unexpected(more.error());
  if (!*more) return no_sweep(id);
  Sweep sweep = read_sweep(*row);
  if (auto counted = count_trials(*reader_, sweep); !counted) return pass_on(counted);
  return sweep;
}

Result<std::vector<Sweep>> SqliteStore::sweeps() {
  const std::scoped_lock guard(reading_);
  auto rows = reader_->query(fmt::format("{} ORDER BY seq", kSweepColumns));
  if (!rows) return pass_on(rows);
  std::vector<Sweep> sweeps;
  for (auto more = rows->next();; more = rows->next()) {
    if (!more) return pass_on(more);
    if (!*more) return sweeps;
    sweeps.push_back(read_sweep(*rows));
    if (auto counted = count_trials(*reader_, sweeps.back()); !counted) return pass_on(counted);
  }
}

Result<void> SqliteStore::update_sweep(const std::string& id, const SweepChange& change) {
  return write([&]() -> Result<void> {
    const auto state = change.state ? std::optional(name_of(*change.state)) : std::nullopt;
    const bool over = change.state == SweepState::finished || change.state == SweepState::stopped;
    const auto changed = writer_->execute(
        "UPDATE sweep SET state = coalesce(?1, state), memo = coalesce(?2, memo), "
        "ended = CASE WHEN ?1 IS NULL THEN ended WHEN ?3 THEN ?4 END WHERE id = ?5",
        state, change.memo, over, now_ms(), id);
    if (!changed) return std::unexpected(changed.error());
    if (*changed == 0) return no_sweep(id);
    return {};
  });
}

Result<void> SqliteStore::remove_sweep(const std::string& id) {
  return write([&]() -> Result<void> {
    const auto trials = writer_->number("SELECT count(*) FROM run WHERE sweep = ?", id);
    if (!trials) return std::unexpected(trials.error());
    if (trials->value_or(0) > 0)
      return fail(Trouble::usage, fmt::format("sweep {} still has {} trials", id, **trials), {}, "delete them first");
    const auto removed = writer_->execute("DELETE FROM sweep WHERE id = ?", id);
    if (!removed) return std::unexpected(removed.error());
    return *removed == 0 ? no_sweep(id) : Result<void>{};
  });
}

Result<int> SqliteStore::add_trials(const std::string& sweep, std::span<const NewTrial> trials) {
  int added = 0;
  const auto done = write([&]() -> Result<void> {
    const auto known = writer_->number("SELECT 1 FROM sweep WHERE id = ?", sweep);
    if (!known) return std::unexpected(known.error());
    if (!*known) return no_sweep(sweep);
    for (const auto& trial : trials) {
      for (const auto& [place, json] : {std::pair{"config", &trial.config},
                                        std::pair{"environment", &trial.environment}, std::pair{"plan", &trial.plan}})
        if (auto kept = keep_names(place, *json); !kept) return kept;
      const auto seq = writer_->number(
          "INSERT INTO run(id, name, \"group\", notes, state, reason, created, sweep, number, attempt, losses, worker, "
          "boot, lease, summary, plan, config, environment) VALUES(?1, ?2, ?3, '', 'queued', '', ?4, ?3, ?5, "
          "coalesce((SELECT attempt FROM gone WHERE id = ?1), 0), 0, '', '', 0, '{}', ?6, ?7, ?8) "
          "ON CONFLICT(sweep, number) WHERE sweep IS NOT NULL DO NOTHING RETURNING seq",
          fmt::format("{}-{}", sweep, trial.number), trial.name, sweep, now_ms(), trial.number, trial.plan,
          trial.config, trial.environment);
      if (!seq) return std::unexpected(seq.error());
      if (!*seq) continue;
      if (auto tagged = insert_tags(**seq, trial.tags); !tagged) return tagged;
      added++;
    }
    return {};
  });
  if (!done) return std::unexpected(done.error());
  return added;
}

Result<std::optional<Claim>> SqliteStore::claim(const std::string& sweep, const std::string& worker) {
  std::optional<Claim> claim;
  const auto done = write([&]() -> Result<void> {
    const auto known = writer_->number("SELECT state = 'running' FROM sweep WHERE id = ?", sweep);
    if (!known) return std::unexpected(known.error());
    if (!*known) return no_sweep(sweep);
    if (**known == 0) return {};
    const auto seq = writer_->number(
        "UPDATE run SET state = 'running', attempt = attempt + 1, worker = ?, boot = ?, lease = ?, started = ?, "
        "ended = NULL, reason = '' WHERE seq = (SELECT seq FROM run WHERE sweep = ? AND state = 'queued' "
        "ORDER BY number LIMIT 1) RETURNING seq",
        worker, options_.clock->boot(), lease_end(), now_ms(), sweep);
    if (!seq) return std::unexpected(seq.error());
    if (!*seq) return {};
    auto found = claim_of(*writer_, **seq);
    if (!found) return pass_on(found);
    claim = *std::move(found);
    return {};
  });
  if (!done) return std::unexpected(done.error());
  return claim;
}

Result<Acceptance> SqliteStore::requeue(const std::string& run, const JsonText& plan) {
  auto verdict = Acceptance::refused;
  const auto done = write([&]() -> Result<void> {
    const auto seq = seq_of(*writer_, run);
    if (!seq) return std::unexpected(seq.error());
    if (auto kept = keep_names("plan", plan); !kept) return kept;
    const auto queued = writer_->execute(
        "UPDATE run SET state = 'queued', plan = ?, ended = NULL, reason = '', losses = 0 WHERE seq = ? "
        "AND sweep IS NOT NULL AND state IN ('paused', 'failed', 'diverged', 'killed')",
        plan, *seq);
    if (!queued) return std::unexpected(queued.error());
    if (*queued == 1) verdict = Acceptance::accepted;
    return {};
  });
  if (!done) return std::unexpected(done.error());
  return verdict;
}

Result<Acceptance> SqliteStore::close(const std::string& run, const Ending& ending) {
  if (ending.state == RunState::running) return fail(Trouble::usage, "a run cannot end as running");
  auto verdict = Acceptance::refused;
  const auto done = write([&]() -> Result<void> {
    const auto seq = seq_of(*writer_, run);
    if (!seq) return std::unexpected(seq.error());
    if (auto kept = keep_names("summary", ending.summary); !kept) return kept;
    const auto closed = writer_->execute(
        "UPDATE run SET state = ?, reason = ?, ended = coalesce(ended, ?), summary = json_patch(summary, ?) "
        "WHERE seq = ? AND sweep IS NOT NULL AND state IN ('paused', 'queued')",
        name_of(ending.state), ending.reason, now_ms(), ending.summary, *seq);
    if (!closed) return std::unexpected(closed.error());
    if (*closed == 1) verdict = Acceptance::accepted;
    return {};
  });
  if (!done) return std::unexpected(done.error());
  return verdict;
}

Result<std::vector<std::string>> SqliteStore::reap() {
  std::vector<std::string> reaped;
  const auto done = write([&]() -> Result<void> {
    auto rows = writer_->query(fmt::format("UPDATE run SET state = {0}, reason = {1}, losses = losses + 1, "
                                           "ended = CASE {0} WHEN 'queued' THEN NULL ELSE ?1 END "
                                           "WHERE state = 'running' AND lost(worker, boot, lease) RETURNING id",
                                           kShownState, kShownReason),
                               now_ms());
    if (!rows) return pass_on(rows);
    for (auto more = rows->next();; more = rows->next()) {
      if (!more) return pass_on(more);
      if (!*more) break;
      reaped.push_back(rows->text(0));
    }
    return {};
  });
  if (!done) return std::unexpected(done.error());
  return reaped;
}

}  // namespace atelier
