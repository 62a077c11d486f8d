// sqlite.cpp: SQLite behind values and Results.
#include "track/detail/sqlite.hpp"

#include <fmt/format.h>

namespace atelier::sqlite {

Error trouble(sqlite3* connection, int code) {
  const std::string said = connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
  const int system = connection != nullptr ? sqlite3_system_errno(connection) : 0;
  const std::string detail = system == 0 ? said : fmt::format("{} (error {} of the system)", said, system);
  switch (code & 0xff) {
    case SQLITE_FULL:
      return {Trouble::file, "the disk is full", detail, "nothing written before is lost: make room, then go on"};
    case SQLITE_IOERR:
      return {Trouble::file, "the store of runs cannot be read or written", detail,
              "look whether the disk is full or a limit on file sizes is set; nothing written before is lost"};
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {Trouble::file, "the store of runs cannot be opened for this", detail,
              "look at the rights of the workspace folder and of the runs.db in it"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Trouble::file, "the store of runs is damaged, or is no store", detail,
              "put a backup of the workspace in place, or name another one"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return {Trouble::file, "the store of runs is busy", detail, "try again"};
    default: return {Trouble::data, "the store of runs refused a request", detail, {}};
  }
}

void Statement::bind(int at, std::string_view text) {
  // A view without data would be bound as NULL.
  sqlite3_bind_text64(statement_.get(), at, text.empty() ? "" : text.data(), text.size(), SQLITE_TRANSIENT,
                      SQLITE_UTF8);
}

void Statement::bind(int at, std::span<const std::uint8_t> blob) {
  if (blob.empty())
    sqlite3_bind_zeroblob(statement_.get(), at, 0);
  else
    sqlite3_bind_blob64(statement_.get(), at, blob.data(), blob.size(), SQLITE_TRANSIENT);
}

void Statement::bind(int at, const Cell& cell) {
  std::visit(
      [&](const auto& value) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, std::monostate>)
          bind(at, nullptr);
        else
          bind(at, value);
      },
      cell);
}

Result<bool> Statement::next() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return std::unexpected(trouble(connection_, code));
}

Result<int> Statement::execute() {
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) code = sqlite3_step(statement_.get());
  if (code != SQLITE_DONE) {
    auto error = trouble(connection_, code);
    sqlite3_reset(statement_.get());
    return std::unexpected(std::move(error));
  }
  const int changed = sqlite3_changes(connection_);
  sqlite3_reset(statement_.get());
  return changed;
}

std::string Statement::text(int column) const {
  const auto* begin = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (begin == nullptr) return {};
  return {begin, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::span<const std::uint8_t> Statement::blob(int column) const {
  const auto* begin = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_.get(), column));
  return {begin, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

Cell Statement::cell(int column) const {
  switch (sqlite3_column_type(statement_.get(), column)) {
    case SQLITE_INTEGER: return integer(column);
    case SQLITE_FLOAT: return real(column);
    case SQLITE_NULL: return std::monostate{};
    default: return text(column);
  }
}

Result<Connection> Connection::open(const std::string& name, int flags) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  Connection connection(raw);
  if (code != SQLITE_OK) return std::unexpected(trouble(raw, code));
  sqlite3_extended_result_codes(raw, 1);
  return connection;
}

Result<void> Connection::run(const char* sql) {
  const int code = sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return std::unexpected(trouble(connection_.get(), code));
  return {};
}

Result<Statement> Connection::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(connection_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (code != SQLITE_OK) return std::unexpected(trouble(connection_.get(), code));
  return Statement(connection_.get(), statement);
}

}  // namespace atelier::sqlite
