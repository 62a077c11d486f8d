// activations.hpp: the activation functions. A new one is one struct here and one line in the catalog below it.
#pragma once
#include <numbers>
#include <string_view>
#include <tuple>
#include <variant>

#include "base/catalog.hpp"
#include "base/math.hpp"

namespace atelier {

// Each gives its value at z, and its slope from z and y = value(z); both pure and without branches that a loop
// could not vectorise.

/// y = z.
struct Identity {
  static constexpr std::string_view name = "identity", summary = "y = z";
  static constexpr auto knobs() { return std::tuple{}; }
  template <class Real>
  Real value(Real z) const {
    return z;
  }
  template <class Real>
  Real slope(Real, Real) const {
    return 1;
  }
};

/// y = 1 / (1 + e^-z).
struct Sigmoid {
  static constexpr std::string_view name = "sigmoid", summary = "y = 1 / (1 + e^-z)";
  static constexpr auto knobs() { return std::tuple{}; }
  template <class Real>
  Real value(Real z) const {
    return math::sigmoid(z);
  }
  template <class Real>
  Real slope(Real, Real y) const {
    return y * (1 - y);
  }
};

/// y = tanh z.
struct Tanh {
  static constexpr std::string_view name = "tanh", summary = "y = tanh z";
  static constexpr auto knobs() { return std::tuple{}; }
  template <class Real>
  Real value(Real z) const {
    return math::tanh(z);
  }
  template <class Real>
  Real slope(Real, Real y) const {
    return 1 - y * y;
  }
};

/// y = max(0, z). The slope at 0 is 0.
struct Relu {
  static constexpr std::string_view name = "relu", summary = "y = max(0, z)";
  static constexpr auto knobs() { return std::tuple{}; }
  template <class Real>
  Real value(Real z) const {
    return z < 0 ? Real(0) : z;  // NaN stays NaN
  }
  template <class Real>
  Real slope(Real z, Real) const {
    return z > 0 ? Real(1) : Real(0);
  }
};

/// y = z for z > 0, else slope * z. Maas et al. 2013.
struct LeakyRelu {
  static constexpr std::string_view name = "leaky_relu", summary = "y = z above 0, slope * z below (Maas et al. 2013)";
  double negative_slope = 0.01;
  static constexpr auto knobs() { return std::tuple{Knob{"slope", &LeakyRelu::negative_slope, 0, 1}}; }
  template <class Real>
  Real value(Real z) const {
    return z > 0 ? z : Real(negative_slope) * z;
  }
  template <class Real>
  Real slope(Real z, Real) const {
    return z > 0 ? Real(1) : Real(negative_slope);
  }
};

/// y = z for z > 0, else alpha (e^z - 1). Clevert et al. 2016 (arXiv:1511.07289).
struct Elu {
  static constexpr std::string_view name = "elu",
                                    summary = "y = z above 0, alpha (e^z - 1) below (Clevert et al. 2016)";
  double alpha = 1;
  static constexpr auto knobs() { return std::tuple{Knob{"alpha", &Elu::alpha, 0, 100}}; }
  template <class Real>
  Real value(Real z) const {
    const Real below = Real(alpha) * math::expm1(z > 0 ? Real(0) : z);
    return z > 0 ? z : below;
  }
  template <class Real>
  Real slope(Real z, Real y) const {
    return z > 0 ? Real(1) : y + Real(alpha);
  }
};

/// y = z Phi(z), Phi the normal distribution function. Hendrycks and Gimpel 2016 (arXiv:1606.08415), the exact
/// form. In float Phi comes from Abramowitz and Stegun 7.1.26, absolute error 1.5e-7.
struct Gelu {
  static constexpr std::string_view name = "gelu", summary = "y = z Phi(z), exact (Hendrycks and Gimpel 2016)";
  static constexpr auto knobs() { return std::tuple{}; }
  static double phi(double z) { return 0.5 * (1 + math::erf(z * std::numbers::sqrt2 / 2)); }
  static float phi(float z) {
    const float x = (z < 0 ? -z : z) * 0.70710678f, t = 1 / (1 + 0.3275911f * x);
    const float series =
        t * (0.254829592f + t * (-0.284496736f + t * (1.421413741f + t * (-1.453152027f + t * 1.061405429f))));
    const float tail = 0.5f * series * math::exp(-x * x);  // 1 - Phi(|z|)
    return z < 0 ? tail : 1 - tail;
  }
  template <class Real>
  Real value(Real z) const {
    return z * phi(z);
  }
  template <class Real>
  Real slope(Real z, Real) const {
    constexpr auto density_at_0 = static_cast<Real>(0.3989422804014327);  // 1 / sqrt(2 pi)
    return phi(z) + z * density_at_0 * math::exp(Real(-0.5) * z * z);
  }
};

/// y = z / (1 + e^-z), also called swish. Elfwing et al. 2018 (arXiv:1702.03118).
struct Silu {
  static constexpr std::string_view name = "silu",
                                    summary = "y = z / (1 + e^-z), also called swish (Elfwing et al. 2018)";
  static constexpr auto knobs() { return std::tuple{}; }
  template <class Real>
  Real value(Real z) const {
    return z * math::sigmoid(z);
  }
  template <class Real>
  Real slope(Real z, Real y) const {
    const Real s = math::sigmoid(z);
    return s + y * (1 - s);
  }
};

/// y = log(1 + e^z), computed as max(z, 0) + log(1 + e^-|z|).
struct Softplus {
  static constexpr std::string_view name = "softplus", summary = "y = log(1 + e^z)";
  static constexpr auto knobs() { return std::tuple{}; }
  template <class Real>
  Real value(Real z) const {
    return (z > 0 ? z : Real(0)) + math::log1p(math::exp(z > 0 ? -z : z));
  }
  template <class Real>
  Real slope(Real z, Real) const {
    return math::sigmoid(z);
  }
};

/// The catalog.
using Activation = std::variant<Identity, Sigmoid, Tanh, Relu, LeakyRelu, Elu, Gelu, Silu, Softplus>;

}  // namespace atelier
