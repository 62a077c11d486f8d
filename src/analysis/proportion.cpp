// proportion.cpp: Wilson's interval.
#include "analysis/proportion.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace atelier {

Proportion proportion(std::uint64_t hits, std::uint64_t total) {
  if (total == 0) return {std::numeric_limits<double>::quiet_NaN(), 0, 1, std::numeric_limits<double>::infinity()};
  constexpr double z = 1.959963984540054;  // the 0.975 quantile of the normal distribution
  const double n = static_cast<double>(total), p = static_cast<double>(hits) / n;
  const double scale = 1 + z * z / n, centre = (p + z * z / (2 * n)) / scale;
  const double reach = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / scale;
  return {p, hits == 0 ? 0.0 : std::max(0.0, centre - reach), hits == total ? 1.0 : std::min(1.0, centre + reach),
          std::sqrt(p * (1 - p) / n)};
}

}  // namespace atelier
