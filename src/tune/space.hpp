// space.hpp: what a search may choose from, as a value.
#pragma once
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.hpp"

namespace atelier {

/// One value of a parameter. Numbers keep their kind: 1 and 1.0 are told apart, as in JSON.
using Value = std::variant<bool, std::int64_t, double, std::string>;

/// The distribution of a numeric parameter over [low, high], as W&B names them. `step` > 0 quantises.
struct Numeric {
  enum class Shape { uniform, log_uniform, inv_log_uniform, normal, log_normal, beta };
  Shape shape = Shape::uniform;
  double low = 0, high = 1;    ///< of the values, not of their logarithms
  double mu = 0, sigma = 1;    ///< of normal shapes; a and b of beta
  double step = 0;
  bool integer = false;
};

/// A list to choose from, with probabilities that sum to 1 (absent: all alike). `ordered`: numbers whose order means
/// something to a model, though only these are taken.
struct Choice {
  std::vector<Value> values;
  std::vector<double> probabilities;
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

nlohmann::ordered_json to_json(const Configuration& configuration);
Result<Configuration> configuration_from_json(const nlohmann::json& json);
/// Whether the parameter takes part, given the values chosen so far.
bool is_active(const Parameter& parameter, const Configuration& configuration);
/// The number of distinct configurations; absent when a dimension is continuous or the count exceeds 2^62.
std::optional<std::uint64_t> cardinality(const Space& space);
/// The parameter's value at u in [0, 1) of its distribution (the inverse distribution function).
Value at_quantile(const Parameter& parameter, double u);
/// Where a value lies in [0, 1] for a model: by order for ordered choices, by position (logarithmic for logarithmic
/// shapes) for numbers. Unordered choices have none.
std::optional<double> unit_position(const Parameter& parameter, const Value& value);

}  // namespace atelier
