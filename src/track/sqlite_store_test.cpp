// sqlite_store_test.cpp: the file itself: damaged, foreign, old, read-only, on a full disk.
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>

#include "base/files.hpp"
#include "track/detail/schema.hpp"
#include "track/detail/testing.hpp"
#include "track/detail/workspace_lock.hpp"

namespace atelier {
namespace {

using namespace testing;
namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  const auto bytes = read_file(path, 1 << 30);
  return bytes ? std::string(bytes->begin(), bytes->end()) : "(unreadable)";
}

/// What `open_store` says of a folder; empty when it opens.
std::string complaint(const fs::path& folder, bool read_only = false) {
  const auto store = open_store(folder, {.read_only = read_only});
  return store ? "" : describe(store.error());
}

sqlite::Connection raw(const fs::path& file) {
  return std::move(*sqlite::Connection::open(file.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
}

Ticket add_run(Store& store, const std::string& id, int epochs = 1) {
  const auto ticket = value(store.begin_run({.id = id, .config = R"({"optimizer":"adam"})"}, "w")).ticket;
  Progress news{ticket};
  for (int i = 1; i <= epochs; ++i) news.epochs.push_back({i, {{"loss", 1.0 / i}}});
  value(store.record({&news, 1}));
  return ticket;
}

TEST(SqliteStore, OneFileIsLeftWhenAllHaveGone) {
  const Folder folder;
  {
    const auto first = opened(folder.path), second = opened(folder.path / ".");
    const auto reader = opened(folder.path, {.read_only = true});
    add_run(*first, "a");
    add_run(*second, "b");
    EXPECT_EQ(value(reader->runs({})).size(), 2u);
    EXPECT_FALSE(reader->begin_run({}, "w"));
  }
  EXPECT_FALSE(fs::exists(folder.path / "runs.db-wal"));
  const Folder copy;
  fs::copy_file(folder.path / "runs.db", copy.path / "runs.db");
  EXPECT_EQ(ids(value(opened(copy.path)->runs({}))), (std::vector<std::string>{"a", "b"}));
}

TEST(SqliteStore, AReaderCreatesNothing) {
  const Folder folder;
  EXPECT_NE(complaint(folder.path, true).find("no runs here yet"), std::string::npos);
  EXPECT_TRUE(fs::is_empty(folder.path));
  EXPECT_NE(complaint(folder.path / "nowhere", true), "");
  EXPECT_FALSE(fs::exists(folder.path / "nowhere"));
}

TEST(SqliteStore, FilesOfOthersAreRefusedAndLeftAlone) {
  const Folder folder;
  const auto file = folder.path / "runs.db";
  const std::vector<std::pair<std::string, std::string>> cases{{"text", "damaged"}, {"short", "damaged"}};
  for (const auto& [words, expected] : cases) {
    std::string wanted = "this is a diary, not a database. ";
    while (words == "text" && wanted.size() < 5000) wanted += wanted;
    std::ofstream(file, std::ios::trunc) << wanted;
    EXPECT_NE(complaint(folder.path).find(expected), std::string::npos) << complaint(folder.path);
    EXPECT_NE(complaint(folder.path, true), "");
    EXPECT_EQ(content(file), wanted);
  }
  fs::remove(file);
  ok(raw(file).run("CREATE TABLE song(name); INSERT INTO song VALUES('x')"));
  const std::string before = content(file);
  EXPECT_NE(complaint(folder.path).find("another program"), std::string::npos);
  EXPECT_NE(complaint(folder.path, true).find("another program"), std::string::npos);
  EXPECT_EQ(content(file), before);
}

TEST(SqliteStore, AFolderInPlaceOfTheFileIsAnError) {
  const Folder folder;
  fs::create_directory(folder.path / "runs.db");
  EXPECT_NE(complaint(folder.path), "");
  std::ofstream(folder.path / "file") << "x";
  EXPECT_NE(complaint(folder.path / "file"), "");
  EXPECT_NE(complaint(folder.path / "file" / "deeper"), "");
}

TEST(SqliteStore, ANewerSchemaIsLeftAlone) {
  const Folder folder;
  add_run(*opened(folder.path), "a");
  ok(raw(folder.path / "runs.db").run("PRAGMA user_version = 99"));
  EXPECT_NE(complaint(folder.path).find("newer Atelier"), std::string::npos);
  EXPECT_NE(complaint(folder.path, true).find("newer Atelier"), std::string::npos);
}

TEST(SqliteStore, AStoreThatIsOpenWritesIntoNoNewerSchema) {
  const Folder folder;
  const auto store = opened(folder.path);
  const auto ticket = add_run(*store, "a");
  ok(raw(folder.path / "runs.db").run("PRAGMA user_version = 99"));
  const auto refused = store->begin_run({.id = "b"}, "w");
  ASSERT_FALSE(refused);
  EXPECT_NE(describe(refused.error()).find("newer Atelier"), std::string::npos);
  EXPECT_FALSE(store->end(ticket, {}));
  ok(raw(folder.path / "runs.db").run(fmt::format("PRAGMA user_version = {}", kSchemaVersion).c_str()));
  EXPECT_EQ(value(store->end(ticket, {})), Acceptance::accepted);
}

TEST(SqliteStore, AnOlderSchemaIsBroughtUpToDateWithItsRuns) {
  const Folder folder;
  {
    auto old = raw(folder.path / "runs.db");
    ok(create_version_1(old));
    ok(
        old.run("INSERT INTO run(id, name, \"group\", notes, state, reason, created, attempt, losses, worker, boot, "
                "lease, summary, plan, config, environment) VALUES('old', '', '', '', 'finished', '', 0, 1, 0, '', '', "
                "0, '{\"acc\":0.9}', '{}', '{\"optimizer\":\"adam\",\"a\":{\"b\":1}}', '{}')"));
  }
  EXPECT_NE(complaint(folder.path, true).find("older Atelier"), std::string::npos);
  std::vector<pid_t> openers;
  for (int i = 0; i < 4; ++i) openers.push_back(start_child([&] { return open_store(folder.path) ? 0 : 1; }));
  for (const pid_t child : openers) EXPECT_EQ(exit_code(child), 0);
  const auto store = opened(folder.path);
  EXPECT_EQ(ids(value(store->runs({.where = "optimizer = 'adam' and acc > 0.8 and a.b = 1"}))),
            std::vector<std::string>{"old"});
  EXPECT_TRUE(value(store->check()).empty());
}

TEST(SqliteStore, DamageInsideIsToldNotHidden) {
  const Folder folder;
  {
    const auto store = opened(folder.path);
    for (int i = 0; i < 200; ++i) add_run(*store, fmt::format("r{}", i), 20);
  }
  {
    std::fstream file(folder.path / "runs.db", std::ios::in | std::ios::out | std::ios::binary);
    const auto size = static_cast<std::streamoff>(fs::file_size(folder.path / "runs.db"));
    for (std::streamoff at = 4096; at < size; at += 4096) {
      file.seekp(at);
      file << std::string(64, '\x5a');
    }
  }
  auto store = open_store(folder.path);
  if (!store) return;  // noticed at once
  const auto found = (*store)->check();
  EXPECT_TRUE(!found || !found->empty());
  const auto listed = (*store)->runs({});
  EXPECT_TRUE(!listed || listed->size() < 200);
}

TEST(SqliteStore, TriggersOfAForeignHandDoNotRun) {
  const Folder folder;
  add_run(*opened(folder.path), "a");
  ok(raw(folder.path / "runs.db").run("CREATE TRIGGER t AFTER UPDATE ON run BEGIN DELETE FROM epoch; END"));
  const auto store = opened(folder.path);
  ok(store->annotate("a", {.notes = "x"}));
  EXPECT_EQ(value(store->history("a")).size(), 1u);
}

TEST(SqliteStore, DeletedFoldersNeverLieOutside) {
  const Folder folder, other;
  std::ofstream(other.path / "precious") << "x";
  add_run(*opened(folder.path), "a");
  ok(raw(folder.path / "runs.db")
         .run(fmt::format("INSERT INTO doomed VALUES('../{}'), ('..'), ('')", other.path.filename().string()).c_str()));
  fs::create_directory_symlink(other.path, folder.path / "link");
  ok(raw(folder.path / "runs.db").run("INSERT INTO doomed VALUES('link'), ('a')"));
  fs::create_directory(folder.path / "a");
  const auto store = opened(folder.path);
  EXPECT_TRUE(fs::exists(other.path / "precious"));
  EXPECT_TRUE(fs::exists(folder.path / "a")) << "a run has that folder";
  EXPECT_FALSE(fs::exists(fs::symlink_status(folder.path / "link")));
}

TEST(SqliteStore, DeletingShrinksTheFile) {
  const Folder folder;
  const auto store = opened(folder.path, {.lease_ms = -1});
  std::vector<std::string> all;
  for (int i = 0; i < 50; ++i) {
    all.push_back(fmt::format("r{}", i));
    add_run(*store, all.back(), 300);
  }
  const auto keep = opened(folder.path, {.read_only = true});
  value(store->run("r1"));
  const auto log_home = [&] {
    return fs::file_size(folder.path / "runs.db") + fs::file_size(folder.path / "runs.db-wal");
  };
  const auto before = log_home();
  const auto removal = value(store->remove(all, false));
  EXPECT_GT(removal.bytes, 500'000u);
  EXPECT_LT(log_home() + 400'000, before);
  EXPECT_TRUE(value(store->check()).empty());
}

TEST(SqliteStore, AReadOnlyFolderCanBeReadAndSaysThatItCannotBeWritten) {
  const Folder folder;
  const auto inner = folder.path / "ws";
  fs::create_directory(inner);
  add_run(*opened(inner), "a");
  fs::permissions(inner, fs::perms(0555));
  fs::permissions(inner / "runs.db", fs::perms(0444));
  fs::permissions(inner / "runs.lock", fs::perms(0444));
  const auto nobody = [&] {
    constexpr uid_t kNobody = 65534;
    if (::geteuid() == 0 && (::setegid(kNobody) != 0 || ::seteuid(kNobody) != 0)) return 77;
    const auto reader = open_store(inner, {.read_only = true});
    if (!reader) return 1;
    const auto runs = (*reader)->runs({});
    if (!runs || runs->size() != 1) return 2;
    const auto writer = open_store(inner);
    if (writer || describe(writer.error()).find("cannot be written") == std::string::npos) return 3;
    return 0;
  };
  EXPECT_EQ(exit_code(start_child(nobody)), 0);
  fs::permissions(inner, fs::perms(0755));
}

TEST(SqliteStore, AFullDiskLosesNothingAndSaysSo) {
  const Folder folder;
  const auto child = [&] {
    ::signal(SIGXFSZ, SIG_IGN);
    auto store = open_store(folder.path, {.lease_ms = -1});
    if (!store) return 1;
    const auto claim = (*store)->begin_run({.id = "a"}, "w");
    if (!claim) return 2;
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    const rlimit tiny{600'000, limit.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &tiny);
    int kept = 0;
    Result<std::vector<Acceptance>> written;
    for (; kept < 10'000; ++kept) {
      Progress news{claim->ticket, {{kept + 1, {{std::string(3000, 'x'), 1}}}}};
      written = (*store)->record({&news, 1});
      if (!written) break;
    }
    if (written || written.error().kind != Trouble::file || written.error().hint.empty()) return 3;
    const auto seen = (*store)->history("a");
    if (!seen || static_cast<int>(seen->size()) != kept || kept < 10) return 4;
    ::setrlimit(RLIMIT_FSIZE, &limit);
    Progress news{claim->ticket, {{kept + 1, {}}}};
    if (!(*store)->record({&news, 1})) return 5;
    const auto faults = (*store)->check();
    if (!faults || !faults->empty()) return 6;
    const auto after = (*store)->history("a");
    return after && static_cast<int>(after->size()) == kept + 1 ? 0 : 7;
  };
  EXPECT_EQ(exit_code(start_child(child)), 0);
}

TEST(SqliteStore, WaitsForAnotherWriterOnlySoLong) {
  const Folder folder;
  const auto store = opened(folder.path, {.busy_ms = 50});
  const auto lock = WorkspaceLock::open(folder.path / "runs.lock");
  ASSERT_TRUE(lock);
  const auto held = lock->hold(0);
  ASSERT_TRUE(held);
  const auto refused = store->begin_run({}, "w");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().summary.find("another process"), std::string::npos);
  EXPECT_TRUE(value(store->runs({})).empty()) << "reading goes on";
}

TEST(SqliteStore, NetworkFileSystemsAreKnown) {
  EXPECT_TRUE(is_network_file_system(0x6969));
  EXPECT_TRUE(is_network_file_system(static_cast<std::int32_t>(0xFF534D42)));
  EXPECT_TRUE(is_network_file_system(0x01021997)) << "a folder of the host in its virtual machine";
  EXPECT_FALSE(is_network_file_system(0xEF53));
  EXPECT_FALSE(is_network_file_system(0x01021994));
}

/// Every table and column of a schema, a line each: "run.config TEXT".
std::vector<std::string> shape(sqlite::Connection& connection) {
  auto rows = connection.query(
      "SELECT t.name || '.' || c.name || ' ' || c.type FROM sqlite_schema t, pragma_table_info(t.name) c "
      "WHERE t.type = 'table' ORDER BY 1");
  std::vector<std::string> lines;
  while (rows && value(rows->next())) lines.push_back(rows->text(0));
  return lines;
}

TEST(SqliteStore, TheWrittenFormatIsTheFormat) {
  const Folder folder;
  opened(folder.path);
  const std::string page = content(fs::path(ATELIER_SOURCE_DIR) / "docs/formats/workspace.md");
  const std::string open = "```sql\n";
  const auto begin = page.find(open), end = page.find("```", begin + open.size());
  ASSERT_NE(begin, std::string::npos) << "docs/formats/workspace.md has no sql block";
  auto documented = raw(folder.path / "documented.db"), real = raw(folder.path / "runs.db");
  ok(documented.run(page.substr(begin + open.size(), end - begin - open.size()).c_str()));
  const auto lines = shape(real);
  EXPECT_GT(lines.size(), 40u);
  EXPECT_EQ(shape(documented), lines);
  EXPECT_NE(page.find(fmt::format("`user_version` is {}", kSchemaVersion)), std::string::npos);
  EXPECT_NE(page.find(fmt::format("0x{:X}", kApplicationId)), std::string::npos);
}

}  // namespace
}  // namespace atelier
