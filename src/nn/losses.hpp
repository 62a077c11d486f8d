// losses.hpp: the losses. A new one is one struct here and one line in the catalog below it.
#pragma once
#include <string_view>
#include <tuple>
#include <variant>

#include "base/catalog.hpp"
#include "base/math.hpp"
#include "kernels/product.hpp"
#include "nn/layer.hpp"

namespace atelier {

/// What a row should have given: a class, or values [outputs].
template <class Real>
struct Target {
  int label = -1;
  const Real* values = nullptr;

  Real operator[](std::size_t j) const { return values ? values[j] : Real(static_cast<int>(j) == label); }
};

/// p[j] = e^z[j] / sum of e^z, shifted by the largest z; returns log(sum of e^z). p may be z.
template <class Real>
[[gnu::always_inline]] inline double softmax(const Real* z, std::size_t n, Real* p) {
  Real largest = z[0];
  for (std::size_t j = 1; j < n; j++) largest = z[j] > largest ? z[j] : largest;
  for (std::size_t j = 0; j < n; j++) p[j] = math::exp(z[j] - largest);
  const Real sum = lane_sum<Real>(n, [&](std::size_t j) { return p[j]; });
  for (std::size_t j = 0; j < n; j++) p[j] /= sum;
  return static_cast<double>(largest) + math::log(static_cast<double>(sum));
}

// Each loss takes one row of outputs z [n] and its target, writes scale * dL/dz to d [n] and returns L. With
// scale = 1 / batch the gradients of a batch add up to that of its mean.

/// L = -sum of q log p, p = softmax(z), q the target, of which `smoothing` is spread evenly over all classes
/// (Szegedy et al. 2016, arXiv:1512.00567). dL/dz = p - q.
struct CrossEntropy {
  static constexpr std::string_view name = "cross_entropy", summary = "-sum of q log p, p = softmax of the outputs";
  static constexpr bool regression = false;
  double smoothing = 0;
  static constexpr auto knobs() { return std::tuple{Knob{"label_smoothing", &CrossEntropy::smoothing, 0, 1}}; }

  template <class Real>
  double row(const Real* z, std::size_t n, const Target<Real>& target, Real scale, Real* d) const {
    const auto spread = static_cast<Real>(smoothing / static_cast<double>(n));
    const auto rest = static_cast<Real>(1 - smoothing);
    const double log_sum = softmax(z, n, d);
    double loss = 0;
    for (std::size_t j = 0; j < n; j++) {
      const Real q = rest * target[j] + spread;
      if (q > 0) loss += static_cast<double>(q) * (log_sum - static_cast<double>(z[j]));
      d[j] = (d[j] - q) * scale;
    }
    return loss;
  }
};

/// L = 1/2 sum of (p - y)^2, p = softmax(z). With the full Jacobian of the softmax:
/// dL/dz_i = p_i [(p_i - y_i) - sum over j of p_j (p_j - y_j)].
struct SquaredError {
  static constexpr std::string_view name = "squared_error",
                                    summary = "1/2 sum of (p - y)^2, p = softmax of the outputs";
  static constexpr bool regression = false;
  static constexpr auto knobs() { return std::tuple{}; }

  template <class Real>
  double row(const Real* z, std::size_t n, const Target<Real>& target, Real scale, Real* d) const {
    softmax(z, n, d);
    double loss = 0, along = 0;
    for (std::size_t j = 0; j < n; j++) {
      const double p = static_cast<double>(d[j]), error = p - static_cast<double>(target[j]);
      loss += 0.5 * error * error;
      along += p * error;
    }
    for (std::size_t j = 0; j < n; j++) d[j] = d[j] * ((d[j] - target[j]) - static_cast<Real>(along)) * scale;
    return loss;
  }
};

/// L = 1/2 sum of (z - y)^2 on the raw outputs. dL/dz = z - y.
struct HalfSquares {
  template <class Real>
  double row(const Real* z, std::size_t n, const Target<Real>& target, Real scale, Real* d) const {
    double loss = 0;
    for (std::size_t j = 0; j < n; j++) {
      const Real error = z[j] - target[j];
      loss += 0.5 * static_cast<double>(error) * static_cast<double>(error);
      d[j] = error * scale;
    }
    return loss;
  }
};

/// Squared error on the raw outputs against one-hot targets. Hui and Belkin 2021 (arXiv:2006.07322).
struct SquaredErrorRaw : HalfSquares {
  static constexpr std::string_view name = "squared_error_raw",
                                    summary = "1/2 sum of (z - y)^2 on the raw outputs, y one-hot";
  static constexpr bool regression = false;
  static constexpr auto knobs() { return std::tuple{}; }
};

/// For regression: squared error on linear outputs.
struct MeanSquaredError : HalfSquares {
  static constexpr std::string_view name = "mean_squared_error",
                                    summary = "regression: 1/2 sum of (z - y)^2, linear outputs";
  static constexpr bool regression = true;
  static constexpr auto knobs() { return std::tuple{}; }
};

/// The catalog.
using Loss = std::variant<CrossEntropy, SquaredError, SquaredErrorRaw, MeanSquaredError>;

}  // namespace atelier
