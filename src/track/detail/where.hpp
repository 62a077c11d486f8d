// where.hpp: filters and columns, from a person's words to SQL with bound values.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "track/detail/field_names.hpp"

namespace atelier {

/// SQL about the table `run`, in the making. No text of the user's ever stands in it: values are bound.
class QueryText {
 public:
  explicit QueryText(const FieldNames& names) : names_(&names) {}

  /// The expression of a column; an Error that names the nearest when there is none of that name.
  Result<std::string> column(std::string_view name);
  /// The condition of a filter; of an empty one "1".
  Result<std::string> condition(std::string_view where);
  /// A place in the SQL for a value.
  std::string value(Cell cell);
  const std::vector<Cell>& values() const { return values_; }

 private:
  std::string json_value(std::string_view place, std::string_view name);

  const FieldNames* names_;
  std::vector<Cell> values_;
};

/// The names of a run's own columns.
std::vector<std::string> own_columns();

}  // namespace atelier
