// sqlite_remove.cpp: runs are deleted with their files, and the space goes back to the disk.
#include <fmt/format.h>

#include "track/detail/sqlite_store.hpp"

namespace atelier {
namespace fs = std::filesystem;
namespace {

/// Bytes of the files in a folder; links are not followed.
std::uint64_t bytes_in(const fs::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code failed;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, failed);
  for (; !failed && at != fs::recursive_directory_iterator{}; at.increment(failed)) {
    std::error_code none;
    if (at->is_regular_file(none) && !at->is_symlink(none)) bytes += at->file_size(none);
  }
  return bytes;
}

}  // namespace

/// The row of a run that may be deleted; none while it is running.
Result<std::optional<std::int64_t>> SqliteStore::removable(sqlite::Connection& connection, const std::string& id) {
  auto row = connection.query("SELECT seq, state, worker, boot, lease FROM run WHERE id = ?", id);
  if (!row) return pass_on(row);
  const auto more = row->next();
  if (!more) return std::unexpected(more.error());
  if (!*more) return fail(Trouble::usage, fmt::format("there is no run \"{}\"", id), {}, "`atelier runs` lists them");
  const bool runs = row->text(1) == "running" && !is_lost(*options_.clock, row->text(2), row->text(3), row->integer(4));
  return runs ? std::nullopt : std::optional(row->integer(0));
}

/// What deleting would take, where nothing can be written: the files alone are counted.
Result<Removal> SqliteStore::foresee_removal(std::span<const std::string> runs) {
  const std::scoped_lock guard(reading_);
  Removal removal;
  for (const auto& id : runs) {
    const auto seq = removable(*reader_, id);
    if (!seq) return std::unexpected(seq.error());
    (*seq ? removal.runs : removal.refused).push_back(id);
    if (*seq && is_id(id)) removal.bytes += bytes_in(folder_ / id);
  }
  return removal;
}

Result<void> SqliteStore::remove_row(const std::string& id, std::int64_t seq) {
  if (is_id(id)) {
    const auto noted = writer_->execute("INSERT OR IGNORE INTO doomed(folder) VALUES(?)", id);
    if (!noted) return std::unexpected(noted.error());
  }
  const auto kept = writer_->execute(
      "INSERT OR REPLACE INTO gone(id, attempt) SELECT id, attempt FROM run WHERE seq = ? AND attempt > 0", seq);
  if (!kept) return std::unexpected(kept.error());
  const auto gone = writer_->execute("DELETE FROM run WHERE seq = ?", seq);
  if (!gone) return std::unexpected(gone.error());
  return {};
}

// Rows first, with a note of the folders that have to follow: a kill in between is made good by the next opening.
Result<Removal> SqliteStore::remove(std::span<const std::string> runs, bool dry_run) {
  if (dry_run && !writer_) return foresee_removal(runs);
  Removal removal;
  const auto delete_rows = [&]() -> Result<void> {
    removal = {};
    const auto before = writer_->number("PRAGMA freelist_count");
    if (!before) return std::unexpected(before.error());
    for (const auto& id : runs) {
      const auto seq = removable(*writer_, id);
      if (!seq) return std::unexpected(seq.error());
      (*seq ? removal.runs : removal.refused).push_back(id);
      if (!*seq) continue;
      if (is_id(id)) removal.bytes += bytes_in(folder_ / id);
      if (auto removed = remove_row(id, **seq); !removed) return removed;
    }
    const auto after = writer_->number("PRAGMA freelist_count");
    if (!after) return std::unexpected(after.error());
    const auto page = writer_->number("PRAGMA page_size");
    if (!page) return std::unexpected(page.error());
    removal.bytes += static_cast<std::uint64_t>((after->value_or(0) - before->value_or(0)) * page->value_or(0));
    return {};
  };
  const auto done = dry_run ? rehearse(delete_rows) : write(delete_rows);
  if (!done) return std::unexpected(done.error());
  if (dry_run || removal.runs.empty()) return removal;
  if (auto finished = finish_removals(); !finished) return pass_on(finished);
  return removal;
}

Result<void> SqliteStore::finish_removals() {
  std::vector<std::string> folders;
  {
    const std::scoped_lock guard(writing_);
    auto rows = writer_->query("SELECT folder FROM doomed");
    if (!rows) return pass_on(rows);
    for (auto more = rows->next();; more = rows->next()) {
      if (!more) return pass_on(more);
      if (!*more) break;
      folders.push_back(rows->text(0));
    }
  }
  if (folders.empty()) return {};
  const auto done = write([&]() -> Result<void> {
    for (const auto& folder : folders) {
      // A new run may have taken the name meanwhile, and a file from elsewhere may say anything.
      const auto taken = writer_->number("SELECT 1 FROM run WHERE id = ?", folder);
      if (!taken) return std::unexpected(taken.error());
      std::error_code failed;
      if (!*taken && is_id(folder)) fs::remove_all(folder_ / folder, failed);
      if (failed) continue;  // tried again by the next opening
      const auto noted = writer_->execute("DELETE FROM doomed WHERE folder = ?", folder);
      if (!noted) return std::unexpected(noted.error());
    }
    return {};
  });
  if (!done) return done;
  if (auto shrunk = write([&] { return writer_->run("PRAGMA incremental_vacuum"); }); !shrunk) return shrunk;
  const std::scoped_lock guard(writing_);
  const auto held = lock_->hold(options_.busy_ms);
  // The file shrinks when the log goes home; a reader in the way delays that to a later checkpoint.
  if (held) sqlite3_wal_checkpoint_v2(writer_->handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  return {};
}

}  // namespace atelier
