// schema.hpp: the tables of runs.db, and how an older file becomes today's.
#pragma once
#include <filesystem>

#include "base/error.hpp"
#include "track/detail/sqlite.hpp"

namespace atelier {

/// "ATLR" in the file's header says whose file it is.
constexpr int kApplicationId = 0x41544C52;
/// The version that this program writes, in the header's user_version.
constexpr int kSchemaVersion = 3;

/// Brings the file to today's schema; call it within a write transaction. Creates the tables in an empty file;
/// refuses a file of another program or of a newer Atelier, untouched.
Result<void> migrate(sqlite::Connection& connection, const std::filesystem::path& file);
/// The file's version without touching it: 0 for an empty file; an Error for one that is not ours or too new.
Result<int> schema_version(sqlite::Connection& connection, const std::filesystem::path& file);
/// As above, and an Error for an older version: for readers, who cannot migrate.
Result<void> expect_schema(sqlite::Connection& connection, const std::filesystem::path& file);
/// Creates the tables of version 1 in an empty file: for the test of the migration.
Result<void> create_version_1(sqlite::Connection& connection);

}  // namespace atelier
