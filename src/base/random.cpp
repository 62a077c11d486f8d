// random.cpp: distributions and orders on top of Philox.
#include "base/random.hpp"

#include <cmath>
#include <utility>

#include "base/math.hpp"

namespace atelier {

double Philox::normal(std::uint64_t counter) const {
  const auto x = (*this)(counter);
  const double u = (static_cast<double>((std::uint64_t{x[1]} << 32 | x[0]) >> 11) + 1) * 0x1p-53;  // (0, 1]
  const double v = static_cast<double>((std::uint64_t{x[3]} << 32 | x[2]) >> 11) * 0x1p-53;
  return std::sqrt(-2 * math::log(u)) * math::cos_turn(v);
}

void shuffle(std::span<std::uint32_t> values, const Philox& random) {
  for (std::size_t i = values.size(); i > 1; i--) {
    std::swap(values[i - 1], values[random.below(static_cast<std::uint32_t>(i), i)]);
  }
}

}  // namespace atelier
