// likeness_test.cpp: like stands beside like.
#include "analysis/likeness.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace atelier {
namespace {

using Order = std::vector<std::size_t>;

TEST(Likeness, SmallSets) {
  const auto none = [](std::size_t, std::size_t) { return 0.0; };
  EXPECT_EQ(order_by_likeness(0, none), Order{});
  EXPECT_EQ(order_by_likeness(1, none), Order{0});
  EXPECT_EQ(order_by_likeness(4, none), (Order{0, 1, 2, 3})) << "nothing alike: the order stays";
}

TEST(Likeness, FindsAHiddenLine) {
  // Places on a line, named in another order; likeness falls with distance.
  const std::vector<double> place{5, 1, 4, 0, 3, 2};
  const Order order =
      order_by_likeness(6, [&](std::size_t i, std::size_t j) { return std::exp(-std::abs(place[i] - place[j])); });
  EXPECT_EQ(order, (Order{0, 2, 4, 5, 1, 3}));
}

TEST(Likeness, JoinsGroupsByTheirMeanAtTheEndsThatAreMostAlike) {
  // 0 and 1 join first. 2 is more like 0 than like 3, but less like 0 and 1 together; 0 must then come to stand by 2.
  const double alike[4][4] = {{0, 10, 6, 1}, {10, 0, 0, 5}, {6, 0, 0, 4}, {1, 5, 4, 0}};
  EXPECT_EQ(order_by_likeness(4, [&](std::size_t i, std::size_t j) { return alike[i][j]; }), (Order{1, 0, 2, 3}));
}

TEST(Likeness, KeepsGroupsTogether) {
  const auto alike = [](std::size_t i, std::size_t j) { return i % 3 == j % 3 ? 1.0 : 0.01; };
  const Order order = order_by_likeness(12, alike);
  for (std::size_t i = 0; i < 12; ++i) EXPECT_EQ(order[i] % 3, order[i / 4 * 4] % 3);
  Order sorted = order;
  std::ranges::sort(sorted);
  for (std::size_t i = 0; i < 12; ++i) EXPECT_EQ(sorted[i], i);
}

}  // namespace
}  // namespace atelier
