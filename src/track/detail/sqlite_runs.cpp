// sqlite_runs.cpp: runs are begun, written to and ended.
#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <random>

#include "track/detail/series_rows.hpp"
#include "track/detail/sqlite_store.hpp"

namespace atelier {
namespace fs = std::filesystem;
namespace {

std::unexpected<Error> no_run(const std::string& id) {
  return fail(Trouble::usage, fmt::format("there is no run \"{}\"", id), {}, "`atelier runs` lists them");
}

}  // namespace

Result<std::int64_t> SqliteStore::seq_of(sqlite::Connection& connection, const std::string& run) {
  const auto seq = connection.number("SELECT seq FROM run WHERE id = ?", run);
  if (!seq) return std::unexpected(seq.error());
  if (!*seq) return no_run(run);
  return **seq;
}

Result<std::optional<std::int64_t>> SqliteStore::row_of(const Ticket& ticket) {
  return writer_->number("SELECT seq FROM run WHERE id = ? AND attempt = ? AND state = 'running'", ticket.run,
                         ticket.attempt);
}

Result<Claim> SqliteStore::claim_of(sqlite::Connection& connection, std::int64_t seq) {
  auto row = connection.query(fmt::format("SELECT {} FROM run WHERE seq = ?", run_columns()), seq);
  if (!row) return pass_on(row);
  const auto more = row->next();
  if (!more) return std::unexpected(more.error());
  Claim claim{read_run(*row), {}};
  claim.ticket = {claim.run.id, claim.run.attempt};
  return claim;
}

/// Whether an id belongs to a run, a sweep, or a trial that a sweep may come to.
Result<bool> SqliteStore::is_taken(const std::string& id, Naming what) {
  const std::size_t number = id.find_last_not_of("0123456789");
  const bool as_trial = number != std::string::npos && number + 1 < id.size() && id[number] == '-';
  const auto taken = writer_->number(
      "SELECT EXISTS(SELECT 1 FROM run WHERE id = ?1) OR EXISTS(SELECT 1 FROM sweep WHERE id IN (?1, ?2)) OR "
      "(?3 AND EXISTS(SELECT 1 FROM run WHERE id > ?1 || '-' AND id < ?1 || '.' AND "
      "substr(id, length(?1) + 2) NOT GLOB '*[^0-9]*'))",
      id, as_trial ? id.substr(0, number) : id, what == Naming::sweep);
  if (!taken) return std::unexpected(taken.error());
  return taken->value_or(0) != 0;
}

/// The id that is wished for, when it is free; without a wish four letters that are, also of folders, and more when these
/// run short.
Result<std::string> SqliteStore::free_id(const std::string& wish, Naming what) {
  if (!wish.empty()) {
    const auto taken = is_taken(wish, what);
    if (!taken) return std::unexpected(taken.error());
    if (!*taken) return wish;
    return fail(Trouble::usage, fmt::format("the id \"{}\" is taken", wish),
                "a run or a sweep has it, or the trials of one would have");
  }
  constexpr std::string_view kLetters = "abcdefghijkmnpqrstuvwxyz23456789";  // none that look alike
  std::random_device chance;
  for (int attempt = 0;; ++attempt) {
    std::string id(static_cast<std::size_t>(4 + attempt / 8), ' ');
    for (char& letter : id) letter = kLetters[chance() % kLetters.size()];
    const auto taken = is_taken(id, what);
    if (!taken) return std::unexpected(taken.error());
    std::error_code none;
    if (!*taken && !fs::exists(fs::symlink_status(folder_ / id, none))) return id;
  }
}

Result<void> SqliteStore::insert_tags(std::int64_t seq, std::span<const std::string> tags) {
  for (const auto& tag : tags) {
    const auto added = writer_->execute("INSERT OR IGNORE INTO tag(run, tag) VALUES(?, ?)", seq, tag);
    if (!added) return std::unexpected(added.error());
  }
  return {};
}

Result<Claim> SqliteStore::begin_run(const NewRun& run, const std::string& worker) {
  if (!run.id.empty() && !is_id(run.id))
    return fail(Trouble::usage, fmt::format("\"{}\" cannot be the id of a run", run.id),
                "an id is made of up to 64 letters, digits, _ and -");
  Result<Claim> claim;
  const auto done = write([&]() -> Result<void> {
    auto id = free_id(run.id, Naming::run);
    if (!id) return pass_on(id);
    for (const auto& [place, json] : {std::pair{"config", &run.config}, std::pair{"environment", &run.environment}})
      if (auto kept = keep_names(place, *json); !kept) return kept;
    const auto seq = writer_->number(
        "INSERT INTO run(id, name, \"group\", notes, state, reason, created, started, attempt, losses, worker, boot, "
        "lease, summary, plan, config, environment) VALUES(?, ?, ?, ?, 'running', '', ?5, ?5, "
        "coalesce((SELECT attempt FROM gone WHERE id = ?1), 0) + 1, 0, ?, ?, ?, '{}', '{}', ?, ?) RETURNING seq",
        *id, run.name, run.group, run.notes, now_ms(), worker, options_.clock->boot(), lease_end(), run.config,
        run.environment);
    if (!seq) return std::unexpected(seq.error());
    if (auto tagged = insert_tags(**seq, run.tags); !tagged) return tagged;
    claim = claim_of(*writer_, **seq);
    return claim ? Result<void>{} : pass_on(claim);
  });
  if (!done) return std::unexpected(done.error());
  return claim;
}

Result<Claim> SqliteStore::take_over(const std::string& run, const std::string& worker) {
  Result<Claim> claim;
  const auto done = write([&]() -> Result<void> {
    const auto seq = seq_of(*writer_, run);
    if (!seq) return std::unexpected(seq.error());
    auto row = writer_->query("SELECT state, worker, boot, lease FROM run WHERE seq = ?", *seq);
    if (!row) return pass_on(row);
    if (auto more = row->next(); !more) return pass_on(more);
    if (row->text(0) == "running" && !is_lost(*options_.clock, row->text(1), row->text(2), row->integer(3)))
      return fail(Trouble::usage, fmt::format("run {} is running", run), fmt::format("worker {}", row->text(1)),
                  "stop it first; one whose worker died is free at once, or when its lease has run out");
    const auto taken = writer_->execute(
        "UPDATE run SET state = 'running', reason = '', started = ?, ended = NULL, attempt = attempt + 1, worker = ?, "
        "boot = ?, lease = ? WHERE seq = ?",
        now_ms(), worker, options_.clock->boot(), lease_end(), *seq);
    if (!taken) return std::unexpected(taken.error());
    claim = claim_of(*writer_, *seq);
    return claim ? Result<void>{} : pass_on(claim);
  });
  if (!done) return std::unexpected(done.error());
  return claim;
}

Result<Acceptance> SqliteStore::if_ours(const Ticket& ticket, FunctionRef<Result<void>(std::int64_t)> deed) {
  auto verdict = Acceptance::refused;
  const auto done = write([&]() -> Result<void> {
    const auto seq = row_of(ticket);
    if (!seq) return std::unexpected(seq.error());
    if (!*seq) return {};
    verdict = Acceptance::accepted;
    return deed(**seq);
  });
  if (!done) return std::unexpected(done.error());
  return verdict;
}

Result<Acceptance> SqliteStore::rewind(const Ticket& ticket, int epoch, std::int64_t step) {
  return if_ours(ticket, [&](std::int64_t seq) -> Result<void> {
    const auto cut = writer_->execute("DELETE FROM epoch WHERE run = ? AND epoch > ?", seq, epoch);
    if (!cut) return std::unexpected(cut.error());
    if (epoch == 0)  // nothing stays that it could tell of; a later epoch's rows bring theirs again
      if (const auto bare = writer_->execute("UPDATE run SET summary = '{}' WHERE seq = ?", seq); !bare)
        return std::unexpected(bare.error());
    const auto unseen = writer_->execute(
        "DELETE FROM series WHERE run = ? AND stream IN ('layers', 'weights') AND first > ?", seq, epoch);
    if (!unseen) return std::unexpected(unseen.error());
    return cut_series(seq, step);
  });
}

Result<void> SqliteStore::cut_series(std::int64_t seq, std::int64_t step) {
  const auto cut = writer_->execute("DELETE FROM series WHERE run = ? AND stream = 'step' AND first > ?", seq, step);
  if (!cut) return std::unexpected(cut.error());
  auto row =
      writer_->query("SELECT first, names, rows FROM series WHERE run = ? AND stream = 'step' AND last > ?", seq, step);
  if (!row) return pass_on(row);
  const auto more = row->next();
  if (!more) return std::unexpected(more.error());
  if (!*more) return {};
  auto block = series_of("step", row->text(1), row->blob(2));
  if (!block) return pass_on(block);
  while (!block->at.empty() && block->at.back() > step) block->at.pop_back();
  block->values.resize(block->at.size() * block->names.size());
  const auto kept =
      writer_->execute("UPDATE series SET last = ?, rows = ? WHERE run = ? AND stream = 'step' AND first = ?",
                       block->at.back(), std::span<const std::uint8_t>(series_rows(*block)), seq, row->integer(0));
  if (!kept) return std::unexpected(kept.error());
  return {};
}

Result<std::vector<Acceptance>> SqliteStore::record(std::span<const Progress> news) {
  std::vector<Acceptance> verdicts;
  const auto done = write([&]() -> Result<void> {
    for (const auto& progress : news) {
      const auto seq = row_of(progress.ticket);
      if (!seq) return std::unexpected(seq.error());
      verdicts.push_back(*seq ? Acceptance::accepted : Acceptance::refused);
      if (!*seq) continue;
      if (auto recorded = record_one(**seq, progress); !recorded) return recorded;
    }
    return {};
  });
  if (!done) return std::unexpected(done.error());
  return verdicts;
}

Result<void> SqliteStore::record_one(std::int64_t seq, const Progress& progress) {
  const auto beaten = writer_->execute(  // an epoch that came through is progress: earlier losses are forgotten
      "UPDATE run SET boot = ?, lease = ?, losses = losses * ? WHERE seq = ?", options_.clock->boot(), lease_end(),
      progress.epochs.empty() ? 1 : 0, seq);
  if (!beaten) return std::unexpected(beaten.error());
  if (progress.summary != "{}") {
    if (auto kept = keep_names("summary", progress.summary); !kept) return kept;
    const auto laid =
        writer_->execute("UPDATE run SET summary = json_patch(summary, ?) WHERE seq = ?", progress.summary, seq);
    if (!laid) return std::unexpected(laid.error());
  }
  for (const auto& row : progress.epochs) {
    const auto added = writer_->execute("INSERT OR REPLACE INTO epoch(run, epoch, metrics) VALUES(?, ?, ?)", seq,
                                        row.epoch, metrics_text(row.metrics));
    if (!added) return std::unexpected(added.error());
  }
  for (const auto& block : progress.series) {
    if (auto fits = check_series(block); !fits) return fits;
    if (block.at.empty()) continue;
    const auto added = writer_->execute(
        "INSERT OR REPLACE INTO series(run, stream, first, last, names, rows) VALUES(?, ?, ?, ?, ?, ?)", seq,
        block.stream, block.at.front(), block.at.back(), series_names(block),
        std::span<const std::uint8_t>(series_rows(block)));
    if (!added) return std::unexpected(added.error());
  }
  return {};
}

Result<Acceptance> SqliteStore::end(const Ticket& ticket, const Ending& ending) {
  if (ending.state == RunState::running) return fail(Trouble::usage, "a run cannot end as running");
  return if_ours(ticket, [&](std::int64_t seq) -> Result<void> {
    if (auto kept = keep_names("summary", ending.summary); !kept) return kept;
    const auto ended = writer_->execute(
        "UPDATE run SET state = ?, reason = ?, ended = ?, summary = json_patch(summary, ?) WHERE seq = ?",
        name_of(ending.state), ending.reason, now_ms(), ending.summary, seq);
    if (!ended) return std::unexpected(ended.error());
    return {};
  });
}

Result<Acceptance> SqliteStore::add_artifact(const Ticket& ticket, const Artifact& artifact) {
  return if_ours(ticket, [&](std::int64_t seq) -> Result<void> {
    const auto added = writer_->execute(
        "INSERT OR REPLACE INTO artifact(run, name, path, kind, bytes, sha256) VALUES(?, ?, ?, ?, ?, ?)", seq,
        artifact.name, artifact.path, artifact.kind, artifact.bytes, artifact.sha256);
    if (!added) return std::unexpected(added.error());
    return {};
  });
}

Result<Acceptance> SqliteStore::while_ours(const Ticket& ticket, FunctionRef<Result<void>()> deed) {
  return if_ours(ticket, [&](std::int64_t) { return deed(); });
}

Result<void> SqliteStore::annotate(const std::string& run, const Notes& notes) {
  return write([&]() -> Result<void> {
    const auto seq = seq_of(*writer_, run);
    if (!seq) return std::unexpected(seq.error());
    const auto changed = writer_->execute(
        "UPDATE run SET name = coalesce(?, name), \"group\" = coalesce(?, \"group\"), notes = coalesce(?, notes) "
        "WHERE seq = ?",
        notes.name, notes.group, notes.notes, *seq);
    if (!changed) return std::unexpected(changed.error());
    for (const auto& tag : notes.remove_tags) {
      const auto gone = writer_->execute("DELETE FROM tag WHERE run = ? AND tag = ?", *seq, tag);
      if (!gone) return std::unexpected(gone.error());
    }
    return insert_tags(*seq, notes.add_tags);
  });
}

}  // namespace atelier
