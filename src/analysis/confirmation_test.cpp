// confirmation_test.cpp: best sets, luck and their words.
#include "analysis/confirmation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/random.hpp"

namespace atelier {
namespace {

using Rows = std::vector<std::vector<double>>;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
const std::vector<double> kDarwin = {49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48};

/// Normal scores around their true values, seeds with an effect of their own.
Rows simulated(const std::vector<double>& truth, std::size_t seeds, std::uint64_t world) {
  const Philox random(world, stream::check);
  Rows rows(truth.size(), std::vector<double>(seeds));
  for (std::size_t s = 0; s < seeds; s++)
    for (std::size_t i = 0; i < truth.size(); i++)
      rows[i][s] = 5 * random.normal(s) + truth[i] + random.normal(1000 + s * truth.size() + i);
  return rows;
}

TEST(Confirmation, TwoConfigurationsAreAPairedTest) {
  Rows rows(2);
  for (const double d : kDarwin) rows[0].push_back(0.8 + 0.001 * d), rows[1].push_back(0.8);
  const std::vector<double> first = {0.83, 0.81};
  const Confirmation c = confirm_winners(rows, first, {});
  EXPECT_EQ(c.best, 0u);
  EXPECT_FALSE(c.scores[0].behind.has_value());
  EXPECT_NEAR(c.scores[1].behind->mean, 0.020933333, 1e-9);
  EXPECT_NEAR(c.scores[1].p, 1726.0 / 32768, 1e-12);
  EXPECT_EQ(c.scores[1].p, c.scores[1].p_holm);
  EXPECT_NEAR(c.scores[1].p_best, 863.0 / 32768, 1e-12) << "better is one-sided";
  EXPECT_EQ(c.scores[1].worse, 13u);
  EXPECT_TRUE(c.scores[0].in_best_set);
  EXPECT_FALSE(c.scores[1].in_best_set);
  EXPECT_NEAR(c.luck.mean, 0.03 - 0.020933333, 1e-9);
  EXPECT_NEAR(c.lead->first, 0.02, 1e-12);
  EXPECT_NEAR(c.lead->again.mean, 0.020933333, 1e-9);
}

TEST(Confirmation, LossesAreTurned) {
  Rows rows(2);
  for (const double d : kDarwin) rows[0].push_back(1 - 0.001 * d), rows[1].push_back(1);
  const std::vector<double> first = {0.95, 0.99};
  const Confirmation c = confirm_winners(rows, first, {.maximize = false, .share = false});
  EXPECT_EQ(c.best, 0u);
  EXPECT_NEAR(c.scores[0].score.mean, 0.979066667, 1e-9);
  EXPECT_NEAR(c.scores[1].behind->mean, 0.020933333, 1e-9);
  EXPECT_NEAR(c.luck.mean, 0.029066667, 1e-9) << "a first loss that is too low is luck";
  EXPECT_LT(c.luck.low, c.luck.high);
  const std::string names[] = {"#0", "#1"};
  EXPECT_EQ(in_words(c, names)[1],
            "The winner's first score, 0.950, was 0.029 (0.008 to 0.050) below what it repeats with 15 seeds.");
}

TEST(Confirmation, EqualConfigurationsStayTogether) {
  // All five are alike: any one may be left out in at most 5 % of worlds.
  constexpr int kWorlds = 2000;
  std::vector<int> left_out(5);
  const std::vector<double> first(5, 0.0);
  for (int world = 0; world < kWorlds; world++) {
    const Confirmation c = confirm_winners(simulated({0, 0, 0, 0, 0}, 8, static_cast<std::uint64_t>(world)), first, {});
    for (std::size_t i = 0; i < 5; i++) left_out[i] += !c.scores[i].in_best_set;
  }
  for (const int count : left_out) {
    EXPECT_LT(count, kWorlds * 0.05 + 3 * std::sqrt(kWorlds * 0.05));
    EXPECT_GT(count, kWorlds * 0.02) << "nor is the rule far too careful";
  }
}

TEST(Confirmation, ClearDifferencesAreFound) {
  int found = 0, kept = 0;
  const std::vector<double> first(4, 0.0);
  for (std::uint64_t world = 0; world < 300; world++) {
    const Confirmation c = confirm_winners(simulated({2, 2, 0, -1}, 10, world), first, {});
    found += !c.scores[2].in_best_set && !c.scores[3].in_best_set;
    kept += c.scores[0].in_best_set && c.scores[1].in_best_set;
  }
  EXPECT_GT(found, 270);
  EXPECT_GT(kept, 255);
}

TEST(Confirmation, BelowFiveSeedsNothingIsToldApart) {
  Rows rows{{2, 2.1, 2.2, 2.3}, {1, 1, 1.1, 1.2}};
  const std::vector<double> first = {2, 1};
  const std::string names[] = {"#0", "#1"};
  const Confirmation four = confirm_winners(rows, first, {.share = false});
  EXPECT_EQ(four.scores[1].p_best, 1.0 / 16);
  EXPECT_TRUE(four.scores[1].in_best_set);
  EXPECT_EQ(in_words(four, names)[0],
            "Both of them cannot be told apart with 4 seeds; it takes five seeds to tell any apart.");
  rows[0].push_back(2.2), rows[1].push_back(1.3);
  EXPECT_FALSE(confirm_winners(rows, first, {.share = false}).scores[1].in_best_set);
}

TEST(Confirmation, IdenticalBitsCannotBeToldApart) {
  const Rows rows{{0.5, 0.6, 0.5, 0.5, 0.4}, {0.5, 0.6, 0.5, 0.5, 0.4}};
  const std::vector<double> first = {0.6, 0.6};
  const Confirmation c = confirm_winners(rows, first, {});
  EXPECT_TRUE(c.scores[0].in_best_set && c.scores[1].in_best_set);
  EXPECT_EQ(c.scores[1].p, 1);
}

TEST(Confirmation, AMissingValueTakesOutOfTheComparison) {
  const Rows rows{{0.9, kNone, 0.91, 0.9, 0.92}, {0.8, 0.81, 0.8, 0.82, 0.8}, {0.7, 0.7, 0.71, 0.7, 0.72}};
  const std::vector<double> first = {0.95, 0.82, 0.8};
  const std::string names[] = {"#4", "#1", "#9"};
  const Confirmation c = confirm_winners(rows, first, {});
  EXPECT_EQ(c.best, 1u);
  EXPECT_EQ(c.scores[0].trained, 4u);
  EXPECT_FALSE(c.scores[0].in_best_set);
  EXPECT_FALSE(c.lead.has_value());
  const auto words = in_words(c, names);
  EXPECT_EQ(words[0], "#1 is the best of 2: 10.0 points (8.0 to 12.0) better than #9, the next, with 5 of 5 seeds.");
  EXPECT_EQ(words[1],
            "The winner's first score, 95.0 %, was 4.2 points (2.7 to 5.8) above what it repeats with 4 seeds.");
  EXPECT_EQ(words[2], "#4 gave no value with 1 of 5 seeds, so it is not compared.");
  const Rows none{{kNone, kNone}};
  EXPECT_FALSE(confirm_winners(none, {first.data(), 1}, {}).best.has_value());
}

TEST(Confirmation, ACollapseIsSpokenOf) {
  int told = 0;
  for (std::uint64_t world = 0; world < 200; world++) {
    Rows rows = simulated({0, 0, 0}, 10, world);
    const std::vector<double> first = {1, 1, 1};
    const std::string names[] = {"#0", "#1", "#2"};
    const auto tells = [&] {
      const auto words = in_words(confirm_winners(rows, first, {.share = false}), names);
      return std::ranges::any_of(words, [](auto& w) { return w.find("one seed lies far out") != w.npos; });
    };
    told += tells();
    rows[1][3] -= 20;
    EXPECT_TRUE(tells()) << world;
  }
  EXPECT_LT(told, 200 * 0.05) << "two comparisons, 1 % each";
}

TEST(Confirmation, Words) {
  const Rows rows{{0.896, 0.895, 0.897, 0.896, 0.894, 0.897},
                  {0.895, 0.897, 0.896, 0.896, 0.895, 0.896},
                  {0.880, 0.881, 0.879, 0.882, 0.880, 0.881}};
  const std::string names[] = {"#12", "#30", "#41"};
  const std::vector<double> lucky = {0.899, 0.898, 0.897};
  auto words = in_words(confirm_winners(rows, lucky, {}), names);
  ASSERT_EQ(words.size(), 3u);
  EXPECT_EQ(words[0], "2 of 3 cannot be told apart: #12 and #30. The rest are worse than the best of these.");
  EXPECT_EQ(words[1],
            "The winner's first score, 89.90 %, was 0.32 points (0.19 to 0.44) above what it repeats with 6 seeds.");
  EXPECT_EQ(words[2],
            "Its lead over #30, 0.10 points at first, is 0.00 points (-0.13 to 0.13) when repeated: within noise.");
  const std::vector<double> unlucky = {0.8955, 0.898, 0.897};
  words = in_words(confirm_winners(rows, unlucky, {}), names);
  EXPECT_EQ(words[1],
            "The winner's first score, 89.55 %, is within noise of what it repeats with 6 seeds: 0.03 points "
            "(-0.09 to 0.16) below.");
}

}  // namespace
}  // namespace atelier
