// space.hpp: what a search may choose from, as a value.
#pragma once
#include <compare>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.hpp"

namespace atelier {

/// A value that is no plain scalar (null, a list), as compact JSON text: `[64,64]`.
struct Literal {
  std::string json;
  auto operator<=>(const Literal&) const = default;
};

/// One value of a parameter. Numbers keep their kind: 1 and 1.0 are told apart, as in JSON.
using Value = std::variant<bool, std::int64_t, double, std::string, Literal>;

/// The distribution of a numeric parameter over [low, high], as W&B names them. `step` > 0 quantises: the values are the
/// multiples of the step within the limits, or what lies whole steps above `from`. An integer without a step is uniform
/// over low, low + 1, ..., high.
struct Numeric {
  enum class Shape { uniform, log_uniform, inv_log_uniform, normal, log_normal, beta };
  Shape shape = Shape::uniform;
  double low = 0, high = 1;  ///< of the values, not of their logarithms; unused by the normal shapes and beta
  double mu = 0, sigma = 1;  ///< of normal shapes; a and b of beta
  double step = 0;
  std::optional<double> from = {};  ///< where the steps are counted from; absent: 0
  bool integer = false;             ///< the values are whole numbers
};

/// A list to choose from, with probabilities that sum to 1 (absent: all alike). `ordered`: numbers whose order means
/// something to a model, though only these are taken.
struct Choice {
  std::vector<Value> values;  ///< distinct, as `same_value` tells
  std::vector<double> probabilities = {};
  bool ordered = false;
};

/// Always this.
struct Constant {
  Value value;
};

/// Active only while another parameter has one of these values.
struct Condition {
  std::string parameter;
  std::vector<Value> values;
};

/// One dimension of a search. Nested parameters have dotted names.
struct Parameter {
  std::string name;
  std::variant<Constant, Choice, Numeric> domain;
  std::optional<Condition> condition = {};
};

/// The dimensions, sorted by name.
struct Space {
  std::vector<Parameter> parameters;
};

/// A point of a space: a value for each active parameter, by name. Equal configurations are duplicates.
using Configuration = std::map<std::string, Value>;

/// Whether two values make the same run: 3 and 3.0 do, true and 1 do not.
bool same_value(const Value& a, const Value& b);
/// The value as text, the shortest that reads back the same: 0.001, relu, true, [64,64].
std::string to_text(const Value& value);
/// A text that two configurations share exactly when they make the same run.
std::string fingerprint(const Configuration& configuration);

nlohmann::ordered_json to_json(const Configuration& configuration);
Result<Configuration> configuration_from_json(const nlohmann::json& json);

/// An error when the space contradicts itself: names out of order or twice, empty ranges, bad probabilities, a condition
/// on a parameter that is not there or in a circle.
Result<void> check(const Space& space);
/// The parameters' indices in an order in which each condition's parameter comes before those that depend on it.
std::vector<std::size_t> dependency_order(const Space& space);
/// Whether the parameter takes part, given the values chosen so far.
bool is_active(const Parameter& parameter, const Configuration& configuration);
/// Whether the configuration has a value of the space for each active parameter, and nothing else.
bool contains(const Space& space, const Configuration& configuration);
/// The number of distinct configurations; absent when a dimension is continuous or the count exceeds 2^62.
std::optional<std::uint64_t> cardinality(const Space& space);

/// The finite space that a grid goes through: q_uniform counts up from min in steps of q and leaves out max, as W&B's
/// does; what is continuous or unbounded becomes the list of its 10, 30, 50, 70 and 90 % quantiles.
Space grid_of(Space space);

/// The number of values a parameter can take; absent when it is continuous or unbounded.
std::optional<std::uint64_t> level_count(const Parameter& parameter);
/// The i-th of them: in the list's order for choices, ascending for numbers.
Value level(const Parameter& parameter, std::uint64_t index);
/// Which one a value is; absent when it is none of them or the parameter is continuous.
std::optional<std::uint64_t> level_of(const Parameter& parameter, const Value& value);

/// The parameter's value at u in [0, 1) of its distribution (the inverse distribution function). Choices come in list
/// order, ordered ones by size.
Value at_quantile(const Parameter& parameter, double u);
/// Where a value lies in [0, 1] for a model: by order for ordered choices, by position (logarithmic for logarithmic
/// shapes) for numbers; `at_quantile` leads back. Unordered choices, constants and values outside have none.
std::optional<double> unit_position(const Parameter& parameter, const Value& value);
/// The part of [0, 1] whose quantiles are this value; absent for continuous parameters and values without position.
std::optional<std::pair<double, double>> unit_cell(const Parameter& parameter, const Value& value);

}  // namespace atelier
