// open_store.cpp: the SQLite store is opened, written to under its lock, and closed.
#include <fmt/format.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <system_error>

#include "track/detail/schema.hpp"
#include "track/detail/sqlite_store.hpp"

namespace atelier {
namespace fs = std::filesystem;
namespace {

constexpr const char* kFile = "runs.db";
constexpr int kBusyMs = 5000;            // readers hold a writer up for moments only
constexpr int kCheckpointPages = 1000;   // of the log, before its pages go home
constexpr int kImpatientPages = 16'000;  // from here on a checkpoint waits for readers, shortly

/// lost(worker, boot, lease) in SQL.
void judge_lost(sqlite3_context* context, int, sqlite3_value** values) {
  const auto text = [&](int i) {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_value_text(values[i]));
    return bytes == nullptr ? std::string() : std::string(bytes);
  };
  const auto* clock = static_cast<const Clock*>(sqlite3_user_data(context));
  sqlite3_result_int(context, is_lost(*clock, text(0), text(1), sqlite3_value_int64(values[2])));
}

void teach_lost(sqlite3* connection, const Clock& clock) {
  sqlite3_create_function_v2(connection, "lost", 3, SQLITE_UTF8 | SQLITE_DIRECTONLY, const_cast<Clock*>(&clock),
                             judge_lost, nullptr, nullptr, nullptr);
}

/// A file that somebody else made may hold triggers and views: none of them runs.
void distrust(sqlite3* connection) {
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_busy_timeout(connection, kBusyMs);
}

Result<void> refuse_network(const fs::path& folder) {
  struct statfs system{};
  if (::statfs(folder.c_str(), &system) != 0 || !is_network_file_system(system.f_type)) return {};
  return fail(Trouble::file, "a workspace cannot lie on a network file system",
              fmt::format("{} is on another machine: locks and shared memory do not hold there", folder.string()),
              "name a folder on a local disk with --workspace");
}

/// The file as an address that nobody is going to write to, for folders in which nothing can be created.
std::string immutable_address(const fs::path& file) {
  std::string address = "file:";
  for (const char c : fs::absolute(file).string())
    address +=
        c == '%' || c == '?' || c == '#' ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
  return address + "?immutable=1";
}

Result<sqlite::Connection> open_reader(const std::string& name, const fs::path& file, int flags) {
  auto connection = sqlite::Connection::open(name, SQLITE_OPEN_READONLY | flags);
  if (!connection) return connection;
  distrust(connection->handle());
  if (auto expected = expect_schema(*connection, file); !expected) return pass_on(expected);
  if (auto set = connection->run("PRAGMA temp_store = MEMORY"); !set) return pass_on(set);  // sorting, without files
  return connection;
}

}  // namespace

Result<std::unique_ptr<Store>> SqliteStore::open(const fs::path& folder, const StoreOptions& options) {
  std::unique_ptr<SqliteStore> store(new SqliteStore(folder, options));
  if (!options.read_only) {
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (failed)
      return fail(Trouble::file, "the workspace cannot be created",
                  fmt::format("{}: {}", folder.string(), failed.message()), "name another folder with --workspace");
  }
  if (auto local = refuse_network(folder); !local) return pass_on(local);
  if (!options.read_only)
    if (auto opened = store->open_to_write(); !opened) return pass_on(opened);
  if (auto opened = store->open_to_read(); !opened) return pass_on(opened);
  return std::unique_ptr<Store>(std::move(store));
}

Result<void> SqliteStore::open_to_write() {
  auto lock = WorkspaceLock::open(folder_ / "runs.lock");
  if (!lock) return pass_on(lock);
  lock_ = *std::move(lock);
  {
    const auto held = lock_->hold(options_.busy_ms);
    if (!held) return std::unexpected(held.error());
    if (auto prepared = prepare_file(); !prepared) return prepared;
  }
  return finish_removals();
}

// A file of somebody else is looked at and left as it was: the log is turned on only afterwards.
Result<void> SqliteStore::prepare_file() {
  auto connection = sqlite::Connection::open((folder_ / kFile).string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (!connection) return pass_on(connection);
  writer_ = *std::move(connection);
  distrust(writer_->handle());
  teach_lost(writer_->handle(), *options_.clock);
  const auto version = schema_version(*writer_, folder_ / kFile);
  if (!version) return std::unexpected(version.error());
  if (*version == 0)
    if (auto set = writer_->run("PRAGMA auto_vacuum = INCREMENTAL"); !set) return set;
  if (auto set = writer_->run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                              "PRAGMA wal_autocheckpoint = 0;");
      !set)
    return set;
  sqlite3_wal_hook(
      writer_->handle(),
      [](void* pages, sqlite3*, const char*, int count) {
        *static_cast<int*>(pages) = count;
        return SQLITE_OK;
      },
      &wal_pages_);
  if (auto begun = writer_->run("BEGIN IMMEDIATE"); !begun) return begun;
  auto moved = migrate(*writer_, folder_ / kFile);
  if (moved) moved = writer_->run("COMMIT");
  if (!moved) {
    if (auto undone = writer_->run("ROLLBACK"); !undone) writer_.reset();  // closing it undoes it too
    return moved;
  }
  auto names = FieldNames::load(*writer_);
  if (!names) return pass_on(names);
  names_ = *std::move(names);
  return {};
}

Result<void> SqliteStore::open_to_read() {
  const fs::path file = folder_ / kFile;
  std::error_code none;
  if (!fs::exists(file, none))
    return fail(Trouble::file, "there are no runs here yet", fmt::format("{} has no {}", folder_.string(), kFile),
                "`atelier train` makes the first one; --workspace names another folder");
  auto connection = open_reader(file.string(), file, 0);
  if (!connection && connection.error().kind == Trouble::file && ::euidaccess(folder_.c_str(), W_OK) != 0) {
    // In a folder that cannot be written the log's index has no place. Without a log none is needed.
    const auto log = fs::file_size(folder_ / "runs.db-wal", none);
    if (none || log == 0) {
      connection = open_reader(immutable_address(file), file, SQLITE_OPEN_URI);
    } else {
      connection.error().hint = "its last writer was killed: open it once where it can be written, or copy the folder";
    }
  }
  if (!connection) return pass_on(connection);
  reader_ = *std::move(connection);
  teach_lost(reader_->handle(), *options_.clock);
  return {};
}

// The last one out puts the log's pages home, so that runs.db alone is the whole store.
SqliteStore::~SqliteStore() {
  reader_.reset();
  if (!writer_) return;
  constexpr int kPatienceMs = 2000;
  const auto held = lock_->hold(kPatienceMs);
  if (held) sqlite3_db_config(writer_->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
  writer_.reset();
}

Result<void> SqliteStore::write(FunctionRef<Result<void>()> body) { return transaction(body, "COMMIT"); }
Result<void> SqliteStore::rehearse(FunctionRef<Result<void>()> body) { return transaction(body, "ROLLBACK"); }

Result<void> SqliteStore::transaction(FunctionRef<Result<void>()> body, const char* ending) {
  if (!writer_) return fail(Trouble::file, "the workspace is open for reading only", folder_.string());
  const std::scoped_lock guard(writing_);
  const auto held = lock_->hold(options_.busy_ms);
  if (!held) return std::unexpected(held.error());
  if (auto begun = writer_->run("BEGIN IMMEDIATE"); !begun) return begun;
  auto done = expect_schema(*writer_, folder_ / kFile);  // a newer Atelier may have migrated it meanwhile
  if (done) done = body();
  if (done) done = writer_->run(ending);
  if (!done && sqlite3_get_autocommit(writer_->handle()) == 0)
    if (auto undone = writer_->run("ROLLBACK"); !undone)
      done.error().detail += fmt::format("; and it cannot be undone: {}", undone.error().detail);
  if (!done || std::string_view(ending) != "COMMIT") {
    auto names = FieldNames::load(*writer_);  // forget those that were undone
    if (names) names_ = *std::move(names);
    return done;
  }
  checkpoint_when_due();
  return {};
}

// A checkpoint that fails loses nothing, the pages stay in the log; the next write tries again.
void SqliteStore::checkpoint_when_due() {
  if (wal_pages_ < kCheckpointPages) return;
  const bool impatient = wal_pages_ >= kImpatientPages;
  constexpr int kShortly = 100;
  if (impatient) sqlite3_busy_timeout(writer_->handle(), kShortly);
  sqlite3_wal_checkpoint_v2(writer_->handle(), nullptr,
                            impatient ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (impatient) sqlite3_busy_timeout(writer_->handle(), kBusyMs);
}

Result<std::vector<std::string>> SqliteStore::check() {
  const std::scoped_lock guard(reading_);
  std::vector<std::string> faults;
  for (const char* pragma : {"PRAGMA integrity_check", "PRAGMA foreign_key_check"}) {
    auto rows = reader_->query(pragma);
    if (!rows) return pass_on(rows);
    for (auto more = rows->next();; more = rows->next()) {
      if (!more) return pass_on(more);
      if (!*more) break;
      if (rows->text(0) != "ok") faults.push_back(rows->text(0));
    }
  }
  return faults;
}

bool is_id(std::string_view id) {
  constexpr std::size_t kLongest = 64;
  if (id.empty() || id.size() > kLongest || id.front() == '-') return false;
  return id.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
         std::string_view::npos;
}

Result<std::unique_ptr<Store>> open_store(const fs::path& folder, const StoreOptions& options) {
  return SqliteStore::open(folder, options);
}

}  // namespace atelier
