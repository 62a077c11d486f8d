// proportion_test.cpp: Wilson's interval against published values.
#include "analysis/proportion.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace atelier {
namespace {

TEST(Proportion, WilsonReferenceValues) {
  const Proportion few = proportion(81, 263);  // Newcombe 1998, table I, method 3
  EXPECT_NEAR(few.low, 0.255289, 5e-7);
  EXPECT_NEAR(few.high, 0.366210, 5e-7);
  const Proportion test_set = proportion(8900, 10000);
  EXPECT_NEAR(test_set.low, 0.883717, 5e-7);
  EXPECT_NEAR(test_set.high, 0.895983, 5e-7);
  EXPECT_NEAR(test_set.error, 0.00312889759, 1e-10);
}

TEST(Proportion, Edges) {
  EXPECT_EQ(proportion(0, 10).low, 0);
  EXPECT_EQ(proportion(10, 10).high, 1);
  EXPECT_GT(proportion(0, 10).high, 0.2);
  const Proportion nothing = proportion(0, 0);
  EXPECT_TRUE(std::isnan(nothing.value));
  EXPECT_EQ(nothing.low, 0);
  EXPECT_EQ(nothing.high, 1);
}

TEST(Proportion, TheIntervalHoldsTheShare) {
  for (std::uint64_t n = 1; n < 200; n += 7)
    for (std::uint64_t k = 0; k <= n; ++k) {
      const Proportion p = proportion(k, n);
      EXPECT_LE(p.low, p.value);
      EXPECT_GE(p.high, p.value);
    }
}

}  // namespace
}  // namespace atelier
