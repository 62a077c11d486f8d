// field_names.hpp: which names the JSON texts of a workspace's runs hold.
#pragma once
#include <array>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "track/detail/sqlite.hpp"

namespace atelier {

/// Where a bare name is looked for, in this order.
constexpr std::array<std::string_view, 4> kFieldPlaces{"config", "summary", "environment", "plan"};

/// The names in the table `field`, as known to this connection. Nested ones have dots.
class FieldNames {
 public:
  static Result<FieldNames> load(sqlite::Connection& connection);
  /// Adds what a JSON object holds, to the table too. An Error when the text is no JSON object.
  Result<void> keep(sqlite::Connection& connection, std::string_view place, std::string_view json);
  bool has(std::string_view place, std::string_view name) const;
  const std::set<std::string, std::less<>>& at(std::string_view place) const;

 private:
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> names_;
};

}  // namespace atelier
