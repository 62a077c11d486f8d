// sobol_points.hpp: scrambled Sobol points, low-discrepancy and random at once.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/random.hpp"

namespace atelier::detail {

/// Sobol's sequence with Owen's nested scrambling, keyed by Philox: each 2^k successive points from a multiple of 2^k
/// fall one into each of 2^k equal strips of every axis. Beyond 53 dimensions the numbers are plain random ones.
class SobolPoints {
 public:
  static constexpr std::size_t most_dimensions = 53;
  SobolPoints(std::size_t dimensions, const Philox& key);
  /// Coordinate `dimension` of point `index`, in [0, 1).
  double operator()(std::uint32_t index, std::size_t dimension) const;

 private:
  Philox key_;
  std::vector<std::array<std::uint32_t, 32>> directions_;
  std::vector<std::uint32_t> seeds_;
};

}  // namespace atelier::detail
