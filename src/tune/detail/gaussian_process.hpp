// gaussian_process.hpp: regression by a Gaussian process over encoded configurations.
#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace atelier::detail {

/// Rows of numbers in [0, 1], indices of lists and kInactive (see encoding.hpp).
struct GpData {
  std::size_t width = 0;
  std::vector<bool> unordered;  ///< [width]: distances are 0 or 1
  std::vector<double> x;        ///< [n, width]
  std::vector<double> y;        ///< [n], standardised
  std::vector<double> noise;    ///< [n], factors of the noise variance
};

/// What the fit learns.
struct GpParameters {
  std::vector<double> inverse_squared_lengths;  ///< [width]
  double scale = 1, noise = 0.1;
};

/// Matern 5/2 with a length for each dimension; unordered dimensions by Hamming distance; a value against none counts as
/// a distance of 1. Sums run in a fixed order, so that the same data gives the same bits everywhere.
class GaussianProcess {
 public:
  /// The parameters of the highest posterior density under Optuna's priors (_gp/prior.py): -(0.1/w + 0.1 w) for each
  /// inverse squared length w, Gamma(2, 1) for the scale, Gamma(1.1, 30) for the noise, which is at least 1e-6.
  static GpParameters fit(const GpData& data);

  GaussianProcess(const GpData& data, const GpParameters& parameters);

  struct Belief {
    double mean, variance;
  };
  /// At rows [n, width].
  std::vector<Belief> predict(std::span<const double> rows) const;
  /// At one row, with the derivatives of both by each ordered coordinate.
  Belief predict(std::span<const double> row, std::span<double> mean_slope, std::span<double> variance_slope) const;

 private:
  std::size_t count() const { return data_->y.size(); }
  const GpData* data_;
  GpParameters parameters_;
  std::vector<double> lower_inverse_, inverse_, alpha_;
};

}  // namespace atelier::detail
