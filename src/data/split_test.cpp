// split_test.cpp: the validation split is exact, stratified, seeded and the same everywhere.
#include "data/split.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>

namespace atelier {
namespace {

/// One feature a sample: its own number.
Features numbered(std::size_t samples) {
  auto values = std::make_shared<std::vector<float>>(samples);
  std::iota(values->begin(), values->end(), 0.0f);
  return {.values = std::span<const float>(*values), .width = 1, .keeper = values};
}

/// `counts[c]` samples of each class, the classes in turn as long as they last.
Dataset classes(std::vector<int> counts) {
  auto labels = std::make_shared<std::vector<std::int32_t>>();
  std::vector<std::string> names;
  for (std::size_t c = 0; c < counts.size(); ++c) names.push_back(std::to_string(c));
  for (bool more = true; more;) {
    more = false;
    for (std::size_t c = 0; c < counts.size(); ++c)
      if (counts[c]-- > 0) {
        labels->push_back(static_cast<std::int32_t>(c));
        more = true;
      }
  }
  const std::size_t samples = labels->size();
  return Dataset::classification("set", numbered(samples), std::move(labels), {}, names);
}

Dataset numbers(std::size_t samples) {
  return Dataset::regression("set", numbered(samples), std::make_shared<Matrix<float>>(samples, 1), {});
}

std::vector<int> ids(const Dataset& set) {
  std::vector<int> all;
  for (std::size_t i = 0; i < set.size(); ++i) {
    float id;
    set.features(i, std::span(&id, 1));
    all.push_back(static_cast<int>(id));
  }
  return all;
}

std::vector<int> class_counts(const Dataset& set) {
  std::vector<int> counts(set.outputs());
  for (std::size_t i = 0; i < set.size(); ++i) ++counts[static_cast<std::size_t>(set.label(i))];
  return counts;
}

/// Every sample is on exactly one side, in the old order.
void expect_partition(const Dataset& whole, const Split& sides) {
  const auto train = ids(sides.train), validation = ids(sides.validation);
  EXPECT_TRUE(std::ranges::is_sorted(train));
  EXPECT_TRUE(std::ranges::is_sorted(validation));
  std::vector<int> both;
  std::ranges::merge(train, validation, std::back_inserter(both));
  EXPECT_EQ(both, ids(whole));
}

TEST(SplitSet, ATenthOfEachClass) {
  const Dataset set = classes({60, 60, 60, 60});
  const auto sides = split(set, 0.1, 1);
  ASSERT_TRUE(sides);
  EXPECT_EQ(class_counts(sides->validation), (std::vector{6, 6, 6, 6}));
  EXPECT_EQ(class_counts(sides->train), (std::vector{54, 54, 54, 54}));
  expect_partition(set, *sides);
}

TEST(SplitSet, TotalsAreExactForAnyCountsAndShares) {
  std::uint32_t state = 7;
  const auto random = [&](std::uint32_t bound) { return ((state = state * 1664525u + 1013904223u) >> 16) % bound; };
  for (int round = 0; round < 300; ++round) {
    std::vector<int> counts(2 + random(8));
    for (int& c : counts) c = static_cast<int>(random(90));
    counts[0] += 10;
    const double share = 0.05 + 0.009 * random(100);
    const Dataset set = classes(counts);
    const auto sides = split(set, share, static_cast<std::uint64_t>(round));
    ASSERT_TRUE(sides);
    EXPECT_EQ(sides->validation.size(),
              static_cast<std::size_t>(std::llround(share * static_cast<double>(set.size()))));
    expect_partition(set, *sides);
    const auto held_out = class_counts(sides->validation);
    for (std::size_t c = 0; c < counts.size(); ++c)
      EXPECT_LT(std::abs(held_out[c] - share * std::max(counts[c], 0)), 1);
  }
}

TEST(SplitSet, TheSeedDecidesAlone) {
  const Dataset set = classes({50, 50});
  const auto a = split(set, 0.2, 5), b = split(set, 0.2, 5), c = split(set, 0.2, 6);
  EXPECT_EQ(ids(a->validation), ids(b->validation));
  EXPECT_NE(ids(a->validation), ids(c->validation));
}

TEST(SplitSet, IsTheSameOnEveryMachine) {
  EXPECT_EQ(ids(split(classes({10, 10, 10}), 0.2, 1)->validation), (std::vector{3, 11, 12, 16, 23, 25}));
  EXPECT_EQ(ids(split(numbers(20), 0.25, 1)->validation), (std::vector{1, 4, 12, 15, 17}));
}

TEST(SplitSet, ARegressionIsShuffled) {
  const Dataset set = numbers(100);
  const auto sides = split(set, 0.25, 3);
  ASSERT_TRUE(sides);
  EXPECT_EQ(sides->validation.size(), 25u);
  expect_partition(set, *sides);
  EXPECT_NE(ids(sides->validation).back(), 24);
}

TEST(SplitSet, ASplitOfASplitKeepsItsSamples) {
  const auto outer = split(classes({40, 40}), 0.5, 1);
  const auto inner = split(outer->train, 0.5, 1);
  ASSERT_TRUE(inner);
  expect_partition(outer->train, *inner);
}

TEST(SplitSet, EverySampleIsChosenAboutEquallyOften) {
  const Dataset set = classes({10, 10});
  std::vector<int> times(20);
  for (std::uint64_t seed = 0; seed < 2000; ++seed)
    for (const int id : ids(split(set, 0.3, seed)->validation)) ++times[static_cast<std::size_t>(id)];
  for (const int t : times) EXPECT_NEAR(t, 600, 110);  // more than five standard deviations
}

TEST(SplitSet, RefusesSharesThatLeaveASideEmpty) {
  const Dataset set = classes({5, 5});
  for (const double share : {0.0, 1.0, -0.1, 1.5, std::numeric_limits<double>::quiet_NaN(), 0.04, 0.96}) {
    const auto sides = split(set, share, 1);
    ASSERT_FALSE(sides) << share;
    EXPECT_FALSE(sides.error().hint.empty());
  }
  EXPECT_FALSE(split(numbers(1), 0.5, 1));
}

}  // namespace
}  // namespace atelier
