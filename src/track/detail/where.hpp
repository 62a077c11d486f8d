// where.hpp: filters and columns, from a person's words to SQL with bound values.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "track/detail/field_names.hpp"

namespace atelier {

/// SQL about the table `run`, in the making. No text of the user's ever stands in it: values are bound.
class QueryText {
 public:
  using Aliases = std::map<std::string, std::string>;
  /// Everything outlives this. `data` is looked into where the kind of a column's values matters.
  QueryText(const FieldNames& names, const Aliases& aliases, sqlite::Connection& data)
      : names_(&names), aliases_(&aliases), data_(&data) {}

  /// The expression of a column; an Error that names the nearest when there is none of that name.
  Result<std::string> column(std::string_view name);
  /// Whether the name is one of a run's own columns, not a value of its JSON texts.
  static bool is_own(std::string_view name);
  /// The text as a column's values can be compared with it: a number where the column holds numbers and no texts. An Error
  /// when it is none.
  Result<Cell> fitting(std::string_view name, const std::string& column, const std::string& text);
  /// The condition of a filter; of an empty one "1".
  Result<std::string> condition(std::string_view where);
  /// A place in the SQL for a value.
  std::string value(Cell cell);
  const std::vector<Cell>& values() const { return values_; }

 private:
  std::string json_value(std::string_view place, std::string_view name, std::string_view within = {});

  const FieldNames* names_;
  const Aliases* aliases_;
  sqlite::Connection* data_;
  std::vector<Cell> values_;
};

/// What a run's state and reason are to a reader: a run whose worker is gone shows as what the next `reap` will make of it.
/// For connections that know `lost`.
/// A trial is failed once its tenth worker is lost over one epoch.
extern const char* const kShownState;
extern const char* const kShownReason;
/// Seconds that a run was trained, over all its attempts; where it does not tell, those of the last one.
extern const char* const kSeconds;

/// The names of a run's own columns.
std::vector<std::string> own_columns();

}  // namespace atelier
