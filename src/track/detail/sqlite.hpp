// sqlite.hpp: SQLite as the store uses it: statements with bound values, failures as values.
#pragma once
#include <sqlite3.h>

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "track/run.hpp"

namespace atelier::sqlite {

/// What the connection complains of, told for people.
Error trouble(sqlite3* connection, int code);

/// A prepared statement, and its current row. Values are bound in order from 1.
class Statement {
 public:
  Statement(sqlite3* connection, sqlite3_stmt* statement) : connection_(connection), statement_(statement) {}

  template <std::integral T>
  void bind(int at, T value) {
    sqlite3_bind_int64(statement_.get(), at, static_cast<std::int64_t>(value));
  }
  void bind(int at, double value) { sqlite3_bind_double(statement_.get(), at, value); }
  void bind(int at, std::string_view text);
  void bind(int at, const std::string& text) { bind(at, std::string_view(text)); }
  void bind(int at, const char* text) { bind(at, std::string_view(text)); }
  void bind(int at, std::nullptr_t) { sqlite3_bind_null(statement_.get(), at); }
  void bind(int at, std::span<const std::uint8_t> blob);
  void bind(int at, const Cell& cell);
  template <class T>
  void bind(int at, const std::optional<T>& value) {
    if (value)
      bind(at, *value);
    else
      bind(at, nullptr);
  }

  template <class... Values>
  void bind_all(const Values&... values) {
    if constexpr (sizeof...(values) > 0) {
      int at = 0;
      (bind(++at, values), ...);
    }
  }

  /// Moves to the next row; false at the end.
  Result<bool> next();
  /// Ready to be bound and stepped anew.
  void reset() { sqlite3_reset(statement_.get()); }
  /// Runs to the end and is ready to be bound again; the number of rows changed.
  Result<int> execute();
  /// Binds all values and executes: for statements used many times.
  template <class... Values>
  Result<int> execute_with(const Values&... values) {
    bind_all(values...);
    return execute();
  }

  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  double real(int column) const { return sqlite3_column_double(statement_.get(), column); }
  std::string text(int column) const;
  bool is_null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }
  std::span<const std::uint8_t> blob(int column) const;
  Cell cell(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  sqlite3* connection_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// One connection; used by one thread at a time.
class Connection {
 public:
  /// `name` is a file name, or a file: address.
  static Result<Connection> open(const std::string& name, int flags);

  /// Runs SQL text of our own, of any number of statements.
  Result<void> run(const char* sql);
  template <class... Values>
  Result<Statement> query(std::string_view sql, const Values&... values) {
    auto statement = prepare(sql);
    if (statement) statement->bind_all(values...);
    return statement;
  }
  /// Prepares, binds, runs to the end; the number of rows changed.
  template <class... Values>
  Result<int> execute(std::string_view sql, const Values&... values) {
    auto statement = query(sql, values...);
    if (!statement) return pass_on(statement);
    return statement->execute();
  }
  /// The first value of the first row; an absent row gives none.
  template <class... Values>
  Result<std::optional<std::int64_t>> number(std::string_view sql, const Values&... values) {
    auto statement = query(sql, values...);
    if (!statement) return pass_on(statement);
    const auto row = statement->next();
    if (!row) return std::unexpected(row.error());
    if (!*row || statement->is_null(0)) return std::optional<std::int64_t>{};
    return std::optional(statement->integer(0));
  }
  Result<Statement> prepare(std::string_view sql);
  sqlite3* handle() const { return connection_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
  };
  explicit Connection(sqlite3* connection) : connection_(connection) {}
  std::unique_ptr<sqlite3, Close> connection_;
};

}  // namespace atelier::sqlite
