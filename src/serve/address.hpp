// address.hpp: what a request's target names: a path, piece by piece, and a query.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace atelier {

/// A path and a query, decoded once.
struct Address {
  std::vector<std::string> path = {};  ///< pieces between the slashes; "/" has none
  std::vector<std::pair<std::string, std::string>> query = {};

  std::optional<std::string_view> find(std::string_view name) const;
};

/// Takes a target apart. An Error: not beginning with "/", a broken %XX, a piece that is empty or "." or "..", any
/// control character, backslash or encoded slash in the path, text that is no UTF-8, a query name given twice.
Result<Address> parse_address(std::string_view target);

}  // namespace atelier
