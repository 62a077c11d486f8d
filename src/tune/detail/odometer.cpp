// odometer.cpp: levels counted up, the last fastest.
#include "tune/detail/odometer.hpp"

namespace atelier::detail {

Odometer::Odometer(const Space& space)
    : space_(&space), order_(dependency_order(space)), levels_(space.parameters.size()) {
  for (const Parameter& parameter : space.parameters) counts_.push_back(level_count(parameter).value_or(0));
  begin(0);
}

/// Sets all parameters from the at-th of the order on to their first level.
void Odometer::begin(std::size_t at) {
  for (; at < order_.size(); at++) {
    const std::size_t i = order_[at];
    const Parameter& parameter = space_->parameters[i];
    levels_[i] = 0;
    if (!is_active(parameter, configuration_))
      configuration_.erase(parameter.name);
    else if (counts_[i] == 0)
      over_ = true;
    else
      configuration_.insert_or_assign(parameter.name, level(parameter, 0));
  }
}

void Odometer::step() {
  for (std::size_t at = order_.size(); at-- > 0;) {
    const std::size_t i = order_[at];
    const Parameter& parameter = space_->parameters[i];
    const auto place = configuration_.find(parameter.name);
    if (place == configuration_.end() || levels_[i] + 1 >= counts_[i]) continue;
    place->second = level(parameter, ++levels_[i]);
    return begin(at + 1);
  }
  over_ = true;
}

}  // namespace atelier::detail
