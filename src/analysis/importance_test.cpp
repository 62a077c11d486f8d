// importance_test.cpp: importances that were planted, and none where there is nothing.
#include "analysis/importance.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analysis/detail/sweep_testing.hpp"

namespace atelier {
namespace {

using testing_sweeps::category;
using testing_sweeps::Kind;
using testing_sweeps::random_sweep;

SweepTable::Parameter number(std::string name) { return {.name = name, .label = name}; }

/// What is said of the parameter at this position of the table.
const Importance::Parameter& of(const Importance& importance, std::size_t parameter) {
  return *std::ranges::find(importance.parameters, parameter, &Importance::Parameter::parameter);
}

double share(const Importance& importance, std::size_t parameter) { return of(importance, parameter).share.value(); }

TEST(Importance, FindsPlantedShares) {
  // Variances of 10 a, 5 b and 2 times one of three values: 100 / 12, 25 / 12 and 4 * 2 / 9.
  const auto table = random_sweep(
      {number("a"), number("b"), category("c", {"x", "y", "z"}), number("dead")}, 600,
      [](const auto& v) { return 10 * v[0] + 5 * v[1] + 2 * (v[2] == 1); }, 0.3);
  const Importance found = forest_importance(table);
  const double all = 100.0 / 12 + 25.0 / 12 + 8.0 / 9;
  EXPECT_NEAR(share(found, 0), 100 / 12.0 / all, 0.05);
  EXPECT_NEAR(share(found, 1), 25 / 12.0 / all, 0.05);
  EXPECT_NEAR(share(found, 2), 8 / 9.0 / all, 0.03);
  EXPECT_LT(share(found, 3), 0.005);
  EXPECT_GT(found.explained.value(), 0.9);
  EXPECT_EQ(found.trials, 600u);
  EXPECT_EQ(found.parameters.front().parameter, 0u) << "most important first";
  EXPECT_EQ(found.parameters.back().parameter, 3u);
  EXPECT_GT(of(found, 0).correlation.r.value(), 0.8);
  EXPECT_FALSE(of(found, 2).correlation.r);
  for (const auto& one : found.parameters) {
    EXPECT_LE(one.low.value(), one.share.value());
    EXPECT_GE(one.high.value(), one.share.value());
  }
  EXPECT_GT(of(found, 0).low.value(), of(found, 1).high.value());
}

TEST(Importance, IntervalsCoverTheTruth) {
  const double all = 9.0 / 12 + 4.0 / 12;
  int covered = 0;
  for (std::uint64_t world = 1; world <= 40; world++) {
    const auto table =
        random_sweep({number("a"), number("b")}, 60, [](const auto& v) { return 3 * v[0] + 2 * v[1]; }, 0.2, world);
    const Importance found = forest_importance(table);
    covered += of(found, 0).low.value() <= 9 / 12.0 / all && 9 / 12.0 / all <= of(found, 0).high.value();
  }
  EXPECT_GE(covered, 34) << "of 40, at 95 %";
}

TEST(Importance, NoiseExplainsNothing) {
  int silent = 0;
  for (std::uint64_t world = 1; world <= 20; world++) {
    const auto table =
        random_sweep({number("a"), category("b", {"x", "y"})}, 80, [](const auto&) { return 0.0; }, 1, world);
    const Importance found = forest_importance(table);
    EXPECT_LT(found.explained.value(), 0.15);
    silent += !found.parameters.front().share;
  }
  EXPECT_GE(silent, 16) << "of 20";
}

TEST(Importance, ManyValuesAloneEarnNothing) {
  const auto table =
      random_sweep({number("many"), category("two", {"x", "y"})}, 200, [](const auto& v) { return v[1]; }, 0.5);
  EXPECT_LT(share(forest_importance(table), 0), 0.06);
}

TEST(Importance, DuplicatesShare) {
  auto table =
      random_sweep({number("a"), number("b"), number("same as a")}, 300, [](const auto& v) { return 3 * v[0] + v[1]; });
  for (auto& trial : table.trials) trial.values[2] = trial.values[0];
  const Importance found = forest_importance(table);
  EXPECT_NEAR(share(found, 0), 0.45, 0.1);
  EXPECT_NEAR(share(found, 2), 0.45, 0.1);
  EXPECT_NEAR(share(found, 1), 0.1, 0.03);
}

TEST(Importance, TrialsRunTwiceGiveNoFalseCertainty) {
  auto table = random_sweep({number("a"), number("b")}, 40, [](const auto&) { return 0.0; }, 1);
  const auto once = table.trials;
  table.trials.insert(table.trials.end(), once.begin(), once.end());
  for (std::size_t t = 0; t < once.size(); t++) table.trials[t].metric = -*once[t].metric;
  const Importance found = forest_importance(table);
  EXPECT_LT(found.explained.value(), 0.05) << "the same settings come out differently each time";
}

TEST(Importance, OfAConditionalParameterIsNotThatOfItsCondition) {
  auto table = random_sweep(
      {category("optimizer", {"sgd", "adam"}), number("momentum")}, 300, [](const auto& v) { return 3 * v[0]; }, 0.1);
  for (auto& trial : table.trials)
    if (trial.values[0] == 1) trial.values[1].reset();
  EXPECT_LT(share(forest_importance(table), 1), 0.02);
}

TEST(Importance, IsTheSameForTheSameTable) {
  const auto table = random_sweep({number("a"), number("b")}, 50, [](const auto& v) { return v[0] * v[1]; }, 0.1);
  const Importance a = forest_importance(table), b = forest_importance(table);
  for (std::size_t i = 0; i < a.parameters.size(); i++) {
    EXPECT_EQ(a.parameters[i].share, b.parameters[i].share);
    EXPECT_EQ(a.parameters[i].low, b.parameters[i].low);
  }
}

TEST(Importance, OfTooLittleIsNone) {
  const auto linear = [](const auto& v) { return v[0]; };
  for (const std::size_t trials : {0u, 1u, 9u}) {
    const Importance found = forest_importance(random_sweep({number("a")}, trials, linear));
    EXPECT_FALSE(found.explained);
    for (const auto& one : found.parameters) EXPECT_FALSE(one.share);
  }
  EXPECT_TRUE(forest_importance(random_sweep({number("a")}, 10, linear)).explained);
  const Importance flat = forest_importance(random_sweep({number("a")}, 30, [](const auto&) { return 0.1; }));
  EXPECT_FALSE(flat.explained) << "every trial came out the same";
  EXPECT_TRUE(forest_importance(random_sweep({}, 30, [](const auto&) { return 0.1; })).parameters.empty());
}

TEST(Importance, TakesTwoThousandTrials) {
  std::vector<SweepTable::Parameter> parameters{category("c", {"x", "y", "z", "w"})};
  while (parameters.size() < 12) parameters.push_back(number("p" + std::to_string(parameters.size())));
  const auto table = random_sweep(parameters, 2000, [](const auto& v) { return v[0] + 2 * v[1] * v[2]; }, 0.3);
  EXPECT_EQ(forest_importance(table).parameters.size(), 12u);
}

}  // namespace
}  // namespace atelier
