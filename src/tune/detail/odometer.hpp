// odometer.hpp: the configurations of a finite space, one after the other.
#pragma once
#include <cstdint>
#include <vector>

#include "tune/space.hpp"

namespace atelier::detail {

/// Counts through a finite space, the last parameter fastest; parameters that take no part are stepped over. The order
/// of the parameters is `dependency_order`: by name, which is W&B's, but that one stands behind what it depends on.
class Odometer {
 public:
  /// Stands at the first configuration. `space` is sound, has no continuous dimension, and outlives this.
  explicit Odometer(const Space& space);

  /// Whether all configurations are behind it.
  bool over() const { return over_; }
  /// The configuration it stands at, unless it is over.
  const Configuration& configuration() const { return configuration_; }
  /// The level of each parameter, in the space's order; 0 of one that takes no part.
  const std::vector<std::uint64_t>& levels() const { return levels_; }
  void step();

 private:
  void begin(std::size_t at);

  const Space* space_;
  std::vector<std::size_t> order_;
  std::vector<std::uint64_t> counts_, levels_;
  Configuration configuration_;
  bool over_ = false;
};

}  // namespace atelier::detail
