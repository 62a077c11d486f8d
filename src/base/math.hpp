// math.hpp: exp, log, tanh and friends from additions and multiplications only.
//
// The library's functions differ between C libraries and processors in the last bit; these give the same bits
// on every machine. Written without branches where a loop may be vectorised. No fused operation is used: the
// numeric flags of the build forbid the compiler to fuse on its own.
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace atelier::math {

namespace detail {

template <class Real>
struct Bits;
template <>
struct Bits<float> {
  using Int = std::int32_t;
  static constexpr int mantissa = 23, bias = 127, taylor = 7, atanh = 5;
  static constexpr float round = 0x1.8p23f, log2e = 0x1.715476p+0f, ln2_high = 0x1.62e4p-1f, ln2_low = 0x1.7f7d1cp-20f;
  static constexpr float lowest = -87.0f, highest = 88.0f;
};
template <>
struct Bits<double> {
  using Int = std::int64_t;
  static constexpr int mantissa = 52, bias = 1023, taylor = 13, atanh = 11;
  static constexpr double round = 0x1.8p52, log2e = 0x1.71547652b82fep+0, ln2_high = 0x1.62e42fefap-1,
                          ln2_low = 0x1.cf79abc9e3b3ap-40;
  static constexpr double lowest = -708.0, highest = 709.0;
};

template <class Real>
constexpr Real inverse_factorial(int n) {
  double f = 1;
  for (int i = 2; i <= n; i++) f *= i;
  return static_cast<Real>(1 / f);
}

/// 1/n! + r/(n+1)! + ... by Horner's rule. A recursion, since the vectoriser takes no loop within a loop.
template <class Real, int n>
constexpr Real exp_tail(Real r) {
  constexpr Real coefficient = inverse_factorial<Real>(n);
  if constexpr (n == Bits<Real>::taylor)
    return coefficient;
  else
    return exp_tail<Real, n + 1>(r) * r + coefficient;
}

/// 1/(2n+1) + z/(2n+3) + ..., the tail of atanh's series.
template <class Real, int n>
constexpr Real atanh_tail(Real z) {
  constexpr Real coefficient = Real(1) / Real(2 * n + 1);
  if constexpr (n == Bits<Real>::atanh)
    return coefficient;
  else
    return atanh_tail<Real, n + 1>(z) * z + coefficient;
}

template <class Real>
constexpr Real limit(Real x, Real low, Real high) {
  const Real y = x < low ? low : x;  // NaN fails both comparisons and passes through
  return y > high ? high : y;
}

/// x = k ln 2 + r with |r| <= ln(2)/2; returns (e^r - 1) by Taylor's series and 2^k.
template <class Real>
constexpr Real expm1_reduced(Real x, Real& scale) {
  using B = Bits<Real>;
  const Real shifted = x * B::log2e + B::round;
  const Real k = shifted - B::round;
  const Real r = (x - k * B::ln2_high) - k * B::ln2_low;
  const auto exponent = std::bit_cast<typename B::Int>(shifted) - std::bit_cast<typename B::Int>(B::round);
  scale = std::bit_cast<Real>(static_cast<typename B::Int>((exponent + B::bias) << B::mantissa));
  return r + r * r * exp_tail<Real, 2>(r);
}

}  // namespace detail

/// e^x, within 2 ulp; arguments are limited to the range whose result is a normal number; NaN stays NaN.
template <class Real>
constexpr Real exp(Real x) {
  Real scale;
  const Real p =
      detail::expm1_reduced(detail::limit(x, detail::Bits<Real>::lowest, detail::Bits<Real>::highest), scale);
  return scale * (1 + p);
}

/// e^x - 1, accurate near 0; limits as exp.
template <class Real>
constexpr Real expm1(Real x) {
  Real scale;
  const Real p =
      detail::expm1_reduced(detail::limit(x, detail::Bits<Real>::lowest, detail::Bits<Real>::highest), scale);
  return scale * p + (scale - 1);
}

/// Natural logarithm of a positive normal number, by the series of 2 atanh((m - 1) / (m + 1)); 0 gives about
/// -88 (float) or -709 (double), negative numbers nothing of use, NaN stays NaN.
template <class Real>
constexpr Real log(Real x) {
  using B = detail::Bits<Real>;
  using Int = typename B::Int;
  const Int bits = std::bit_cast<Int>(x);
  using Unsigned = std::make_unsigned_t<Int>;
  constexpr auto half_bits = std::bit_cast<Unsigned>(static_cast<Real>(0.70710678118654752));
  const Int k =
      static_cast<Int>(static_cast<Unsigned>(bits) - half_bits) >> B::mantissa;  // x = m 2^k, m in [sqrt(1/2), sqrt(2))
  const Real m = std::bit_cast<Real>(static_cast<Unsigned>(bits) - (static_cast<Unsigned>(k) << B::mantissa));
  const Real s = (m - 1) / (m + 1), z = s * s;
  const Real p = detail::atanh_tail<Real, 1>(z);
  const Real kr = static_cast<Real>(k);
  const Real result = kr * B::ln2_high + (2 * s + (2 * s * z * p + kr * B::ln2_low));
  return x == x ? result : x;
}

/// log(1 + x) for x in (-1, 1e30), accurate near 0 (Kahan's correction).
template <class Real>
constexpr Real log1p(Real x) {
  const Real u = 1 + x;
  const Real correction = (x - (u - 1)) / u;
  return log(u) + correction;
}

template <class Real>
constexpr Real tanh(Real x) {
  const Real e = expm1(2 * detail::limit(x, Real(-22), Real(22)));
  return e / (e + 2);
}

/// 1 / (1 + e^-x).
template <class Real>
constexpr Real sigmoid(Real x) {
  return 1 / (1 + exp(-x));
}

/// cos(2 pi t) for t in [0, 1], by Taylor's series on an eighth of a turn; absolute error below 1e-15.
double cos_turn(double t);

/// The Gauss error function in double, absolute error below 1e-15 (Taylor's series below 3, continued
/// fraction above).
double erf(double x);

/// base^n for n >= 0 by squaring.
constexpr double power(double base, std::int64_t n) {
  double result = 1;
  for (; n > 0; n >>= 1, base *= base) {
    if (n & 1) result *= base;
  }
  return result;
}

/// base^x for base > 0: exp(x log(base)).
constexpr double power(double base, double x) { return exp(x * log(base)); }

/// Square root, correctly rounded.
inline float sqrt(float x) { return __builtin_sqrtf(x); }
inline double sqrt(double x) { return __builtin_sqrt(x); }

/// -1, 0 or 1.
template <class Real>
constexpr Real sign(Real x) {
  return Real((x > 0) - (x < 0));
}

}  // namespace atelier::math
