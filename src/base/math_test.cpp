// math_test.cpp: our functions against the C library's, in units of the last place.
#include "base/math.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/thread_pool.hpp"

namespace atelier {
namespace {

template <class Real>
double ulps(Real got, long double expected) {
  const auto exact = static_cast<Real>(expected);
  const Real gap = std::nextafter(std::fabs(exact), std::numeric_limits<Real>::infinity()) - std::fabs(exact);
  return static_cast<double>(std::fabs(static_cast<long double>(got) - expected) / gap);
}

template <class Real, class F, class G>
double worst(Real from, Real to, F ours, G exact) {
  double worst_ulps = 0;
  constexpr int n = 200001;
  for (int i = 0; i < n; i++) {
    const Real x = from + (to - from) * static_cast<Real>(i) / static_cast<Real>(n - 1);
    worst_ulps = std::max(worst_ulps, ulps(ours(x), exact(static_cast<long double>(x))));
  }
  return worst_ulps;
}

template <class Real>
class Math : public testing::Test {};
using Reals = testing::Types<float, double>;
TYPED_TEST_SUITE(Math, Reals);

TYPED_TEST(Math, AgreesWithTheCLibrary) {
  using R = TypeParam;
  EXPECT_LT((worst<R>(-80, 80, math::exp<R>, [](long double x) { return std::exp(x); })), 2);
  EXPECT_LT((worst<R>(-1, 1, math::expm1<R>, [](long double x) { return std::expm1(x); })), 4);
  EXPECT_LT((worst<R>(R(1e-3), 1000, math::log<R>, [](long double x) { return std::log(x); })), 3);
  EXPECT_LT((worst<R>(R(0), 10, math::log1p<R>, [](long double x) { return std::log1p(x); })), 4);
  EXPECT_LT((worst<R>(-10, 10, math::tanh<R>, [](long double x) { return std::tanh(x); })), 6);
  EXPECT_LT((worst<R>(-30, 30, math::sigmoid<R>, [](long double x) { return 1 / (1 + std::exp(-x)); })), 4);
}

TYPED_TEST(Math, ExpHoldsWhereDenormalsAreFlushed) {
  using R = TypeParam;
  const FlushDenormals flush;
  for (R x = -87; x < 80; x += R(0.01)) {
    const long double exact = std::exp(static_cast<long double>(x));
    EXPECT_LT(std::fabs(static_cast<long double>(math::exp(x)) / exact - 1), 2 * std::numeric_limits<R>::epsilon())
        << x;
  }
}

TYPED_TEST(Math, NotANumberStaysSo) {
  const TypeParam nan = std::numeric_limits<TypeParam>::quiet_NaN();
  EXPECT_TRUE(std::isnan(math::exp(nan)));
  EXPECT_TRUE(std::isnan(math::log(nan)));
  EXPECT_TRUE(std::isnan(math::tanh(nan)));
  EXPECT_TRUE(std::isnan(math::sigmoid(nan)));
}

TEST(MathDouble, CosineErfAndPowers) {
  for (int i = 0; i <= 1000; i++) {
    const double t = i / 1000.0, x = i / 100.0 - 5;
    EXPECT_NEAR(math::cos_turn(t), std::cos(2 * std::acos(-1.0) * t), 2e-15);
    EXPECT_NEAR(math::erf(x), std::erf(x), 1e-15);
    EXPECT_NEAR(math::power(0.999, std::int64_t{i}), std::pow(0.999, i), 1e-13);
    EXPECT_NEAR(math::power(0.96, i * 0.004), std::pow(0.96, i * 0.004), 1e-15);
  }
}

}  // namespace
}  // namespace atelier
