// error.hpp: what went wrong, told as a value.
#pragma once
#include <expected>
#include <string>
#include <utility>

namespace atelier {

/// What kind of trouble an Error tells of; the command line maps each kind to an exit code (docs/reference).
enum class Trouble { usage, data, file, model, diverged, interrupted };

/// What was tried, what was found, what to do. The library never prints, exits or aborts: it returns one of
/// these.
struct Error {
  Trouble kind = Trouble::data;
  std::string summary;  ///< one line, lower case, no full stop: "labels do not fit the images"
  std::string detail;   ///< what was found, with names and numbers; may be empty
  std::string hint;     ///< what to do next; may be empty
};

template <class T>
using Result = std::expected<T, Error>;

/// The failed half of a Result: `return fail(Trouble::data, "...", "...", "...");`
inline std::unexpected<Error> fail(Trouble kind, std::string summary, std::string detail = {}, std::string hint = {}) {
  return std::unexpected(Error{kind, std::move(summary), std::move(detail), std::move(hint)});
}

/// Hands a failure on to the caller's own Result type: `if (!x) return pass_on(x);`
template <class T>
std::unexpected<Error> pass_on(Result<T>& result) {
  return std::unexpected(std::move(result.error()));
}
template <class T>
std::unexpected<Error> pass_on(const Result<T>& result) {
  return std::unexpected(result.error());
}

/// The error as the terminal shows it: "error: ...", an indented line of detail, "hint: ...".
std::string describe(const Error& error);

}  // namespace atelier
