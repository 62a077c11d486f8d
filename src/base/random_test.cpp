// random_test.cpp: Philox against Random123, and the distributions' moments.
#include "base/random.hpp"

#include <Random123/philox.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace atelier {
namespace {

TEST(Philox, EqualsRandom123) {
  for (const std::uint64_t seed : {0ull, 1ull, 0x0123456789abcdefull, ~0ull}) {
    for (const std::uint64_t counter : {0ull, 1ull, 0xffffffffull, 0x100000000ull, ~0ull}) {
      const std::uint64_t stream = seed * 31 + counter;
      const auto lo = [](std::uint64_t v) { return static_cast<std::uint32_t>(v); };
      const auto hi = [](std::uint64_t v) { return static_cast<std::uint32_t>(v >> 32); };
      const r123::Philox4x32::ctr_type c = {{lo(counter), hi(counter), lo(stream), hi(stream)}};
      const r123::Philox4x32::key_type k = {{lo(seed), hi(seed)}};
      const auto expected = r123::Philox4x32()(c, k);
      const auto got = Philox(seed, stream)(counter);
      for (std::size_t i = 0; i < 4; i++) EXPECT_EQ(got[i], expected[i]);
    }
  }
}

TEST(Philox, SixteenAtOnceAreTheSameNumbers) {
  const Philox random(0x1234567890abcdefull, 77);
  std::uint32_t out[64];
  for (const std::uint64_t first : {0ull, 5ull, 0xfffffffaull, ~0ull - 7}) {
    random.sixteen(first, out);
    for (std::uint64_t i = 0; i < 16; i++) {
      for (std::size_t k = 0; k < 4; k++) EXPECT_EQ(out[16 * k + i], random(first + i)[k]);
    }
  }
}

TEST(Philox, NormalHasMeanZeroAndVarianceOne) {
  const Philox random(7, 1);
  double sum = 0, squares = 0;
  constexpr int n = 100000;
  for (int i = 0; i < n; i++) {
    const double x = random.normal(static_cast<std::uint64_t>(i));
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / n, 0, 0.015);
  EXPECT_NEAR(squares / n, 1, 0.02);
}

TEST(Philox, BelowCoversItsRangeEvenly) {
  const Philox random(3, 2);
  std::vector<int> count(10);
  for (std::uint64_t i = 0; i < 100000; i++) count[random.below(10, i)]++;
  for (const int c : count) EXPECT_NEAR(c, 10000, 400);
}

TEST(Shuffle, IsAPermutationDecidedBySeedAndStream) {
  std::vector<std::uint32_t> a(1000);
  std::iota(a.begin(), a.end(), 0u);
  auto b = a, c = a;
  shuffle(a, Philox(1, 1));
  shuffle(b, Philox(1, 1));
  shuffle(c, Philox(1, 2));
  EXPECT_EQ(a, b);
  EXPECT_NE(a, c);
  std::sort(a.begin(), a.end());
  for (std::uint32_t i = 0; i < 1000; i++) EXPECT_EQ(a[i], i);
}

}  // namespace
}  // namespace atelier
