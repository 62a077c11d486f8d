// product_test.cpp: every instruction set against the specification, to the bit.
#include "kernels/product.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "base/random.hpp"
#include "kernels/isa.hpp"

namespace atelier {
namespace {

std::vector<float> noise(std::size_t n, std::uint64_t seed, double scale = 1) {
  const Philox random(seed, stream::check);
  std::vector<float> values(n);
  for (std::size_t i = 0; i < n; i++) values[i] = static_cast<float>(scale * random.normal(i));
  return values;
}

struct Case {
  std::size_t rows, cols, depth;
  bool transposed, start;
};

std::vector<float> run(const Case& c, double scale, void (*how)(const Product<float>&)) {
  const std::size_t a_stride = (c.transposed ? c.rows : c.depth) + 3, b_stride = 80, c_stride = 72;
  const auto a = noise(a_stride * std::max(c.rows, c.depth), 1, scale), b = noise(b_stride * c.depth, 2),
             start = noise(c.cols, 3);
  std::vector<float> out(c_stride * c.rows, 7.0f);
  how({.a = a.data(),
       .a_row = c.transposed ? 1 : a_stride,
       .a_depth = c.transposed ? a_stride : 1,
       .b = b.data(),
       .b_stride = b_stride,
       .c = out.data(),
       .c_stride = c_stride,
       .rows = c.rows,
       .cols = c.cols,
       .depth = c.depth,
       .start = c.start ? start.data() : nullptr});
  return out;
}

TEST(Product, EveryInstructionSetGivesTheBitsOfTheSpecification) {
  const Isa before = isa();
  for (const std::size_t rows : {1, 2, 5, 6, 7, 13, 16, 31, 32, 64}) {
    for (const std::size_t cols : {16, 32, 48, 64}) {
      for (const std::size_t depth : {1, 3, 32, 97}) {
        for (const bool flag : {false, true}) {
          const Case c{rows, cols, depth, flag, rows % 2 == 0};
          for (const double scale : {1.0, 1e-20, 1e18}) {
            const auto expected = run(c, scale, multiply_reference<float>);
            for (const Isa candidate : supported_isas()) {
              ASSERT_TRUE(use_isa(candidate));
              const auto got = run(c, scale, multiply);
              ASSERT_EQ(std::memcmp(got.data(), expected.data(), got.size() * sizeof(float)), 0)
                  << isa_name(candidate) << " " << rows << "x" << cols << "x" << depth;
            }
          }
        }
      }
    }
  }
  ASSERT_TRUE(use_isa(before));
}

TEST(Product, InfinityAndNanReachTheResult) {
  const Isa before = isa();
  for (const Isa candidate : supported_isas()) {
    ASSERT_TRUE(use_isa(candidate));
    std::vector<float> a(2, 1.0f), b(32, 1.0f), c(16);
    b[0] = INFINITY, b[1] = NAN, b[2] = INFINITY, b[18] = -INFINITY;
    multiply({.a = a.data(),
              .a_row = 2,
              .a_depth = 1,
              .b = b.data(),
              .b_stride = 16,
              .c = c.data(),
              .c_stride = 16,
              .rows = 1,
              .cols = 16,
              .depth = 2});
    EXPECT_TRUE(std::isinf(c[0]));
    EXPECT_TRUE(std::isnan(c[1]));
    EXPECT_TRUE(std::isnan(c[2]));
    EXPECT_EQ(c[3], 2.0f);
  }
  ASSERT_TRUE(use_isa(before));
}

TEST(Product, DoubleAgreesWithTheSpecification) {
  const auto a = noise(5 * 7, 1), b = noise(7 * 16, 2);
  const std::vector<double> ad(a.begin(), a.end()), bd(b.begin(), b.end());
  std::vector<double> got(5 * 16), expected(5 * 16);
  Product<double> p{.a = ad.data(),
                    .a_row = 7,
                    .a_depth = 1,
                    .b = bd.data(),
                    .b_stride = 16,
                    .c = got.data(),
                    .c_stride = 16,
                    .rows = 5,
                    .cols = 16,
                    .depth = 7};
  multiply(p);
  p.c = expected.data();
  multiply_reference(p);
  for (std::size_t i = 0; i < got.size(); i++) EXPECT_NEAR(got[i], expected[i], 1e-13);
}

TEST(Transpose, SwapsRowsAndColumns) {
  const Isa before = isa();
  for (const Isa candidate : supported_isas()) {
    ASSERT_TRUE(use_isa(candidate));
    for (const std::size_t rows : {1, 4, 7, 16, 64}) {
      for (const std::size_t cols : {1, 3, 16, 61}) {
        const auto src = noise(rows * 70, 9);
        std::vector<float> dst(cols * 80, -1.0f);
        transpose(src.data(), 70, dst.data(), 80, rows, cols);
        for (std::size_t i = 0; i < rows; i++) {
          for (std::size_t j = 0; j < cols; j++) ASSERT_EQ(dst[j * 80 + i], src[i * 70 + j]);
        }
      }
    }
  }
  ASSERT_TRUE(use_isa(before));
}

TEST(Panels, CoverEveryElementOnce) {
  for (const std::size_t cols : {1, 10, 16, 63, 64, 65, 130}) {
    const Panels panels{5, cols};
    std::vector<int> hits(panels.size());
    for (std::size_t i = 0; i < 5; i++) {
      for (std::size_t j = 0; j < cols; j++) hits.at(panels.at(i, j))++;
    }
    for (const int h : hits) EXPECT_LE(h, 1);
  }
}

}  // namespace
}  // namespace atelier
