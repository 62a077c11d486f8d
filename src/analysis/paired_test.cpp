// paired_test.cpp: intervals, sign flips and Holm against published numbers.
#include "analysis/paired.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace atelier {
namespace {

/// Darwin's plants in eighths of an inch, as Fisher 1935 has them.
const std::vector<double> kDarwin = {49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48};

TEST(Paired, StudentsIntervalOfDarwinsPlants) {
  const MeanInterval seen = mean_interval(kDarwin);
  EXPECT_NEAR(seen.mean, 20.933333333, 1e-9);
  EXPECT_NEAR(seen.mean / (seen.half_width() / 2.1447866879), 2.147987, 1e-6) << "t of statistics text books";
  EXPECT_GT(seen.low, 0) << "p is 0.0497";
  EXPECT_LT(seen.low, 0.1);
}

TEST(Paired, FewValuesAreEndlesslyDoubtful) {
  const double one[] = {3.0};
  EXPECT_EQ(mean_interval(one).mean, 3);
  EXPECT_TRUE(std::isinf(mean_interval(one).high));
  EXPECT_TRUE(std::isnan(mean_interval({}).mean));
  const double two[] = {1.0, 3.0};
  EXPECT_NEAR(mean_interval(two).high, 2 + 12.7062047362, 1e-9);
}

TEST(Paired, SignFlipsOfDarwinsPlants) { EXPECT_DOUBLE_EQ(sign_flip_p(kDarwin), 1726.0 / 32768); }

TEST(Paired, TheSmallestPOfFewPairs) {
  EXPECT_DOUBLE_EQ(sign_flip_p(std::vector<double>{1, 2, 3, 4, 5}), 2.0 / 32);
  EXPECT_DOUBLE_EQ(sign_flip_p(std::vector<double>(10, 0.1)), 2.0 / 1024);
  EXPECT_EQ(sign_flip_p(std::vector<double>{0, 0, 0}), 1);
  EXPECT_EQ(sign_flip_p({}), 1);
}

TEST(Paired, ManyPairsAreDrawn) {
  std::vector<double> differences;
  for (int i = 0; i < 40; i++) differences.push_back(std::sin(i * 7.0) + 0.25);
  const double p = sign_flip_p(differences);
  EXPECT_EQ(p, sign_flip_p(differences));
  double squares = 0, sum = 0;
  for (const double d : differences) squares += d * d, sum += d;
  EXPECT_NEAR(p, std::erfc(sum / std::sqrt(2 * squares)), 0.02) << "nearly normal";
  const SignFlips flips(40);
  std::vector<double> signs(40);
  std::set<std::vector<double>> distinct;
  double balance = 0;
  for (std::size_t draw = 0; draw < flips.draws(); draw++) {
    flips.read(draw, signs);
    distinct.insert(signs);
    for (const double sign : signs) balance += sign;
  }
  EXPECT_EQ(distinct.size(), 10'000u);
  EXPECT_LT(std::abs(balance), 4 * std::sqrt(400'000.0));
}

TEST(Paired, HolmOnTheListOfBenjaminiAndHochberg) {
  const std::vector<double> p = {.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344,
                                 .0459, .324,  .4262, .5719, .6528, .759,  1};
  const auto adjusted = holm(p);
  const double first[] = {.0015, .0056, .0247, .114};
  for (std::size_t i = 0; i < 4; i++) EXPECT_NEAR(adjusted[i], first[i], 1e-12);
  EXPECT_EQ(adjusted.back(), 1);
  const auto turned = holm(std::vector<double>{0.04, 0.01});
  EXPECT_DOUBLE_EQ(turned[0], 0.04);
  EXPECT_DOUBLE_EQ(turned[1], 0.02);
}

}  // namespace
}  // namespace atelier
