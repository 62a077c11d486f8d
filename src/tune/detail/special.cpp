// special.cpp: normal and beta distributions.
#include "tune/detail/special.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "base/math.hpp"

namespace atelier::special {
namespace {

constexpr double kInvSqrtTau = 0.39894228040143267794;  // 1 / sqrt(2 pi)
constexpr double kLogSqrtTau = 0.91893853320467274178;

template <std::size_t n>
double polynomial(const std::array<double, n>& c, double x) {
  double value = c[0];
  for (std::size_t i = 1; i < n; i++) value = value * x + c[i];
  return value;
}

/// P. J. Acklam, "An algorithm for computing the inverse normal cumulative distribution function" (2003).
double acklam(double p) {
  static constexpr std::array a = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                                   1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
  static constexpr std::array b = {-5.447609879822406e+01, 1.615858368580409e+02,  -1.556989798598866e+02,
                                   6.680131188771972e+01,  -1.328068155288572e+01, 1.0};
  static constexpr std::array c = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                                   -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
  static constexpr std::array d = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                                   3.754408661907416e+00, 1.0};
  if (p < 0.02425) {
    const double q = math::sqrt(-2 * math::log(p));
    return polynomial(c, q) / polynomial(d, q);
  }
  const double q = p - 0.5, r = q * q;
  return polynomial(a, r) * q / polynomial(b, r);
}

struct NormalTable {
  static constexpr int per_unit = 64, reach = 9;
  static constexpr std::size_t points = 2 * per_unit * reach + 1;
  std::array<double, points> cdf, slope;
  NormalTable() {
    for (std::size_t i = 0; i < points; i++) {
      const double z = static_cast<double>(i) / per_unit - reach;
      cdf[i] = normal_cdf(z);
      slope[i] = normal_pdf(z) / per_unit;
    }
  }
};

double beta_fraction(double x, double a, double b) {
  constexpr double tiny = 1e-300;
  double c = 1, d = 1 - (a + b) * x / (a + 1);
  if (std::abs(d) < tiny) d = tiny;
  d = 1 / d;
  double h = d;
  for (int m = 1; m < 300; m++) {
    for (const bool even : {true, false}) {
      const double t = even ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
                            : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
      d = 1 + t * d;
      c = 1 + t / c;
      if (std::abs(d) < tiny) d = tiny;
      if (std::abs(c) < tiny) c = tiny;
      d = 1 / d;
      h *= d * c;
    }
    if (std::abs(d * c - 1) < 1e-15) break;
  }
  return h;
}

}  // namespace

double normal_pdf(double z) { return std::abs(z) > 37 ? 0 : kInvSqrtTau * math::exp(-0.5 * z * z); }

double mills_ratio(double z) {
  const double x = -z;
  if (x > 3) {  // Laplace's continued fraction, from its tail
    double tail = x;
    for (int n = x > 6 ? 30 : 80; n >= 1; n--) tail = x + n / tail;
    return 1 / tail;
  }
  return 0.5 * (1 - math::erf(x * std::numbers::sqrt2 / 2)) / (kInvSqrtTau * math::exp(-0.5 * x * x));
}

double normal_cdf(double z) {
  if (z > 0) return 1 - normal_cdf(-z);
  return z < -37 ? 0 : mills_ratio(z) * normal_pdf(z);
}

double normal_quantile(double p) {
  const double bounded = std::clamp(p, 0x1p-54, 1 - 0x1p-53);
  if (bounded > 0.5) return -normal_quantile(1 - bounded);
  const double z = acklam(bounded);
  const double error = (normal_cdf(z) - bounded) / normal_pdf(z);
  return z - error / (1 + z * error / 2);
}

double quick_normal_quantile(double p) {
  const double bounded = std::clamp(p, 0x1p-54, 1 - 0x1p-53);
  return bounded > 0.5 ? -acklam(1 - bounded) : acklam(bounded);
}

double quick_normal_cdf(double z) {
  static const NormalTable table;
  const double at = (z + NormalTable::reach) * NormalTable::per_unit;
  if (!(at > 0)) return 0;
  if (at >= static_cast<double>(NormalTable::points - 1)) return 1;
  const auto i = static_cast<std::size_t>(at);
  const double t = at - static_cast<double>(i), y0 = table.cdf[i], y1 = table.cdf[i + 1];
  const double m0 = table.slope[i], m1 = table.slope[i + 1], rise = y1 - y0;
  return y0 + t * (m0 + t * (3 * rise - 2 * m0 - m1 + t * (m0 + m1 - 2 * rise)));
}

double log_gamma(double x) {
  double shift = 0;
  while (x < 12) shift -= math::log(x++);
  const double z = 1 / (x * x);
  const double series =
      (1.0 / 12 - z * (1.0 / 360 - z * (1.0 / 1260 - z * (1.0 / 1680 - z * (1.0 / 1188 - z * 691.0 / 360360))))) / x;
  return shift + (x - 0.5) * math::log(x) - x + kLogSqrtTau + series;
}

double beta_cdf(double x, double a, double b) {
  if (!(x > 0)) return 0;
  if (x >= 1) return 1;
  const double front =
      math::exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * math::log(x) + b * math::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return std::min(1.0, front * beta_fraction(x, a, b) / a);
  return std::max(0.0, 1 - front * beta_fraction(1 - x, b, a) / b);
}

double beta_quantile(double p, double a, double b) {
  double low = 0, high = 1;
  for (int i = 0; i < 60; i++) {
    const double middle = 0.5 * (low + high);
    (beta_cdf(middle, a, b) < p ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

}  // namespace atelier::special
