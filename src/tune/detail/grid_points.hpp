// grid_points.hpp: the points of a grid, by number.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "tune/space.hpp"

namespace atelier::detail {

/// A grid over a space as numbers in mixed radix: digit i counts the values of parameter i, the last one fastest. That is
/// W&B's order.
class GridPoints {
 public:
  /// `space` outlives this.
  explicit GridPoints(const Space& space);

  /// 2^62 where there are more.
  std::uint64_t size() const { return size_; }
  /// The number of a configuration; none when it lies beside the grid.
  std::optional<std::uint64_t> number_of(const Configuration& configuration) const;
  /// The configuration of a number; none when a parameter that takes no part has another digit than 0.
  std::optional<Configuration> configuration(std::uint64_t number) const;

 private:
  const Space& space_;
  std::vector<std::size_t> order_;
  std::vector<std::vector<Value>> levels_;
  std::uint64_t size_ = 1;
};

}  // namespace atelier::detail
