// math.cpp: scalar functions too long for a header.
#include "base/math.hpp"

#include <numbers>

namespace atelier::math {
namespace {

constexpr double kTau = 2 * std::numbers::pi;

double cos_series(double x) {  // |x| <= pi/4
  const double z = x * x;
  double p = 0;
  for (int n = 16; n >= 2; n -= 2) p = (p + detail::inverse_factorial<double>(n) * (n % 4 == 0 ? 1 : -1)) * z;
  return 1 + p;
}

double sin_series(double x) {
  const double z = x * x;
  double p = 0;
  for (int n = 17; n >= 3; n -= 2) p = (p + detail::inverse_factorial<double>(n) * (n % 4 == 1 ? 1 : -1)) * z;
  return x * (1 + p);
}

}  // namespace

double cos_turn(double t) {
  const double folded = t > 0.5 ? 1 - t : t;  // cos is even about half a turn
  if (folded <= 0.125) return cos_series(kTau * folded);
  if (folded <= 0.375) return sin_series(kTau * (0.25 - folded));
  return -cos_series(kTau * (0.5 - folded));
}

double erf(double x) {
  const double a = x < 0 ? -x : x;
  if (a != a) return x;
  double value = 1;
  if (a < 3) {  // erf(x) = 2/sqrt(pi) e^(-x^2) sum of 2^n x^(2n+1) / (2n+1)!!: all terms positive
    double term = a, sum = a;
    for (int n = 1; n < 80; n++) sum += term *= 2 * a * a / (2 * n + 1);
    value = 2 * std::numbers::inv_sqrtpi * exp(-a * a) * sum;
  } else if (a < 6) {  // erfc by Lentz's continued fraction, evaluated from its tail
    double tail = a;
    for (int n = 60; n >= 1; n--) tail = a + 0.5 * n / tail;
    value = 1 - exp(-a * a) * std::numbers::inv_sqrtpi / tail;
  }
  return x < 0 ? -value : value;
}

}  // namespace atelier::math
