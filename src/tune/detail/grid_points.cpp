// grid_points.cpp: the values that a grid takes of each parameter, and their combinations.
#include "tune/detail/grid_points.hpp"

#include <algorithm>
#include <cmath>

namespace atelier::detail {
namespace {

constexpr std::uint64_t kContinuousLevels = 5;
constexpr std::uint64_t kLongestList = 1 << 20;

/// The values that a grid takes of one parameter: those of a list; low, low + 1, ..., high; low, low + q, ... below high
/// (numpy.arange, as W&B does); of a continuous one a few at even quantiles.
std::vector<Value> grid_levels(const Parameter& parameter) {
  std::vector<Value> values;
  const auto* n = std::get_if<Numeric>(&parameter.domain);
  const auto count = level_count(parameter);
  if (n != nullptr && n->step > 0 && n->shape == Numeric::Shape::uniform) {
    const auto steps = static_cast<std::uint64_t>(
        std::clamp(std::ceil((n->high - n->low) / n->step), 0.0, static_cast<double>(kLongestList)));
    for (std::uint64_t i = 0; i < steps; i++) {
      const double x = n->low + static_cast<double>(i) * n->step;
      if (n->integer && std::floor(x) == x)
        values.emplace_back(static_cast<std::int64_t>(x));
      else
        values.emplace_back(x);
    }
  } else if (count && *count <= kLongestList) {
    for (std::uint64_t i = 0; i < *count; i++) values.push_back(level(parameter, i));
  } else {
    for (std::uint64_t i = 0; i < kContinuousLevels; i++) {
      const Value value = at_quantile(parameter, (static_cast<double>(i) + 0.5) / kContinuousLevels);
      if (values.empty() || !same_value(values.back(), value)) values.push_back(value);
    }
  }
  return values;
}

}  // namespace

GridPoints::GridPoints(const Space& space) : space_(space), order_(dependency_order(space)) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 62;
  for (const Parameter& parameter : space.parameters) {
    levels_.push_back(grid_levels(parameter));
    const std::uint64_t n = levels_.back().size();
    size_ = n == 0 ? 0 : size_ > kMost / n ? kMost : size_ * n;
  }
}

std::optional<std::uint64_t> GridPoints::number_of(const Configuration& configuration) const {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < levels_.size(); i++) {
    const auto at = configuration.find(space_.parameters[i].name);
    std::uint64_t digit = 0;
    if (at != configuration.end()) {
      const auto found = std::ranges::find_if(levels_[i], [&](const Value& v) { return same_value(v, at->second); });
      if (found == levels_[i].end()) return std::nullopt;
      digit = static_cast<std::uint64_t>(found - levels_[i].begin());
    }
    number = number * levels_[i].size() + digit;
  }
  return number;
}

std::optional<Configuration> GridPoints::configuration(std::uint64_t number) const {
  std::vector<std::uint64_t> digits(levels_.size());
  for (std::size_t i = levels_.size(); i-- > 0; number /= levels_[i].size()) digits[i] = number % levels_[i].size();
  Configuration configuration;
  for (const std::size_t i : order_) {
    const Parameter& parameter = space_.parameters[i];
    if (is_active(parameter, configuration))
      configuration.emplace(parameter.name, levels_[i][digits[i]]);
    else if (digits[i] != 0)
      return std::nullopt;
  }
  return configuration;
}

}  // namespace atelier::detail
