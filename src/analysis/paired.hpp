// paired.hpp: means over seeds with their doubt, and tests on differences that are paired seed by seed.
#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace atelier {

/// A mean and its 95 % interval.
struct MeanInterval {
  double mean = 0, low = 0, high = 0;
  double half_width() const { return (high - low) / 2; }
};

/// The mean of the values with Student's t interval, 95 % wide: mean ± t s / sqrt(n), n - 1 degrees of freedom.
/// A single value has an infinite interval, no value a mean that is not a number.
MeanInterval mean_interval(std::span<const double> values);

/// All ways to flip the signs of `count` differences: each of the 2^count up to 16, beyond that 9,999 drawn at random,
/// the same ones each time. The first draw leaves every sign as it is.
class SignFlips {
 public:
  explicit SignFlips(std::size_t count);
  std::size_t draws() const { return draws_; }
  /// Writes the draw's signs, 1 or -1, one a difference.
  void read(std::size_t draw, std::span<double> signs) const;

 private:
  std::size_t count_, draws_;
};

/// The two-sided p value of differences that are symmetric about zero where nothing is different: the share of sign
/// flips whose sum is at least as far from zero (Fisher 1935, section 21). 1 without a difference.
double sign_flip_p(std::span<const double> differences);

/// Whether one of the values lies further from their mean than one of as many normal values would, but for 1 % of cases
/// (Grubbs 1950, two-sided). Three values are needed.
bool has_outlier(std::span<const double> values);

/// p values adjusted for their number, in the order given (Holm 1979).
std::vector<double> holm(std::span<const double> p);

}  // namespace atelier
