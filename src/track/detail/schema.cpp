// schema.cpp: the tables of runs.db, version by version. A version that was released is never changed.
#include "track/detail/schema.hpp"

#include <fmt/format.h>

#include <array>

#include "track/detail/field_names.hpp"

namespace atelier {
namespace {

// Small columns stand first: a scan for states or names then skips the pages of the long JSON texts.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE sweep(
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK(state IN ('running', 'paused', 'finished', 'stopped')),
  created INTEGER NOT NULL,
  ended INTEGER,
  config TEXT NOT NULL,
  source TEXT NOT NULL,
  memo TEXT NOT NULL
) STRICT;
CREATE TABLE run(
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  "group" TEXT NOT NULL,
  state TEXT NOT NULL CHECK(state IN
    ('queued', 'running', 'paused', 'stopped_early', 'finished', 'diverged', 'failed', 'killed')),
  reason TEXT NOT NULL,
  created INTEGER NOT NULL,
  started INTEGER,
  ended INTEGER,
  sweep TEXT REFERENCES sweep(id),
  number INTEGER,
  attempt INTEGER NOT NULL,
  losses INTEGER NOT NULL,
  worker TEXT NOT NULL,
  boot TEXT NOT NULL,
  lease INTEGER NOT NULL,
  notes TEXT NOT NULL,
  summary TEXT NOT NULL,
  plan TEXT NOT NULL,
  config TEXT NOT NULL,
  environment TEXT NOT NULL,
  CHECK((sweep IS NULL) = (number IS NULL))
) STRICT;
CREATE UNIQUE INDEX run_trial ON run(sweep, number) WHERE sweep IS NOT NULL;
CREATE INDEX run_queue ON run(sweep, state, number) WHERE sweep IS NOT NULL;
CREATE INDEX run_live ON run(state) WHERE state = 'running';
CREATE TABLE tag(
  run INTEGER NOT NULL REFERENCES run(seq) ON DELETE CASCADE,
  tag TEXT NOT NULL,
  PRIMARY KEY(run, tag)
) STRICT, WITHOUT ROWID;
CREATE TABLE epoch(
  run INTEGER NOT NULL REFERENCES run(seq) ON DELETE CASCADE,
  epoch INTEGER NOT NULL,
  metrics TEXT NOT NULL,
  PRIMARY KEY(run, epoch)
) STRICT, WITHOUT ROWID;
CREATE TABLE series(
  run INTEGER NOT NULL REFERENCES run(seq) ON DELETE CASCADE,
  stream TEXT NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  names TEXT NOT NULL,
  rows BLOB NOT NULL,
  PRIMARY KEY(run, stream, first)
) STRICT;
CREATE TABLE artifact(
  run INTEGER NOT NULL REFERENCES run(seq) ON DELETE CASCADE,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  kind TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  PRIMARY KEY(run, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE doomed(
  folder TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
)sql";

// The names that filters know, so that a misspelt one is an error and not an empty list.
constexpr const char* kVersion2 = R"sql(
CREATE TABLE field(
  place TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY(place, name)
) STRICT, WITHOUT ROWID;
)sql";

// Attempts of deleted runs: who uses such an id again counts on from there, so no ticket is ever valid twice.
constexpr const char* kVersion3 = R"sql(
CREATE TABLE gone(
  id TEXT NOT NULL PRIMARY KEY,
  attempt INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

Result<void> to_version_1(sqlite::Connection& connection) {
  auto stamped = connection.run(fmt::format("PRAGMA application_id = {};", kApplicationId).c_str());
  return stamped ? connection.run(kVersion1) : stamped;
}

Result<void> to_version_2(sqlite::Connection& connection) {
  if (auto made = connection.run(kVersion2); !made) return made;
  FieldNames names;
  auto rows = connection.query("SELECT config, summary, environment, plan FROM run");
  if (!rows) return pass_on(rows);
  for (auto more = rows->next();; more = rows->next()) {
    if (!more) return pass_on(more);
    if (!*more) return {};
    for (int column = 0; column < 4; ++column)
      if (auto kept = names.keep(connection, kFieldPlaces.at(static_cast<std::size_t>(column)), rows->text(column));
          !kept)
        return kept;
  }
}

Result<void> to_version_3(sqlite::Connection& connection) { return connection.run(kVersion3); }

using Migration = Result<void> (*)(sqlite::Connection&);
constexpr std::array<Migration, kSchemaVersion> kMigrations{to_version_1, to_version_2, to_version_3};

}  // namespace

Result<int> schema_version(sqlite::Connection& connection, const std::filesystem::path& file) {
  const auto application = connection.number("PRAGMA application_id");
  if (!application) return std::unexpected(application.error());
  const auto version = connection.number("PRAGMA user_version");
  if (!version) return std::unexpected(version.error());
  const auto tables = connection.number("SELECT count(*) FROM sqlite_schema");
  if (!tables) return std::unexpected(tables.error());
  const auto found = version->value_or(0);
  if (application->value_or(0) != kApplicationId && (tables->value_or(0) != 0 || found != 0))
    return fail(Trouble::file, "runs.db belongs to another program",
                fmt::format("{} is an SQLite database, but not one of Atelier's", file.string()),
                "move it away, or name another workspace");
  if (found > kSchemaVersion)
    return fail(Trouble::file, "runs.db was made by a newer Atelier",
                fmt::format("{} has schema {}, this program knows up to {}", file.string(), found, kSchemaVersion),
                "update Atelier, or name another workspace");
  return static_cast<int>(found);
}

Result<void> migrate(sqlite::Connection& connection, const std::filesystem::path& file) {
  const auto version = schema_version(connection, file);
  if (!version) return std::unexpected(version.error());
  if (*version == kSchemaVersion) return {};
  for (int next = *version; next < kSchemaVersion; ++next)
    if (auto moved = kMigrations.at(static_cast<std::size_t>(next))(connection); !moved) return moved;
  return connection.run(fmt::format("PRAGMA user_version = {};", kSchemaVersion).c_str());
}

Result<void> expect_schema(sqlite::Connection& connection, const std::filesystem::path& file) {
  const auto version = schema_version(connection, file);
  if (!version) return std::unexpected(version.error());
  if (*version == kSchemaVersion) return {};
  return fail(Trouble::file, "runs.db was made by an older Atelier",
              fmt::format("{} has schema {}, this program reads {}", file.string(), *version, kSchemaVersion),
              "open the workspace once with the right to write: it is brought up to date then");
}

Result<void> create_version_1(sqlite::Connection& connection) {
  if (auto made = to_version_1(connection); !made) return made;
  return connection.run("PRAGMA user_version = 1;");
}

}  // namespace atelier
