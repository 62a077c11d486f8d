// correlation_test.cpp: coefficients known beforehand, and where there are none.
#include "analysis/correlation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "analysis/detail/sweep_testing.hpp"

namespace atelier {
namespace {

using testing_sweeps::category;
using testing_sweeps::Kind;
using testing_sweeps::random_sweep;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

TEST(Correlation, IsPearsons) {
  // Anscombe 1973, the first of his four sets.
  const std::vector<double> x = {10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5};
  const std::vector<double> y = {8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68};
  const Correlation c = pearson(x, y);
  EXPECT_NEAR(c.r.value(), 0.81642051634484, 1e-13);
  EXPECT_EQ(c.pairs, 11u);
  std::vector<double> far = y;
  for (double& v : far) v = -1e6 - v;
  EXPECT_NEAR(pearson(x, far).r.value(), -0.81642051634484, 1e-9) << "neither scale nor place matters";
}

TEST(Correlation, TakesCompletePairsAlone) {
  const Correlation c = pearson(std::vector<double>{1, kNone, 2, 3, 9}, std::vector<double>{2, 7, 4, 6, kNone});
  EXPECT_NEAR(c.r.value(), 1, 1e-12);
  EXPECT_EQ(c.pairs, 3u);
}

TEST(Correlation, IsNotDefinedForConstantsAndFewPairs) {
  const std::vector<double> tenths(5, 0.1), rising = {1, 2, 3, 4, 5};
  EXPECT_FALSE(pearson(tenths, rising).r);
  EXPECT_FALSE(pearson(rising, tenths).r);
  EXPECT_FALSE(pearson(std::vector<double>{1, 2}, std::vector<double>{2, 1}).r) << "two points always lie on a line";
  EXPECT_FALSE(pearson({}, {}).r);
}

TEST(Correlation, BeyondChanceMindsHowManyWereLookedAt) {
  EXPECT_TRUE(beyond_chance({0.4, 30}, 1));  // tanh(1.96 / sqrt(27)) is 0.360
  EXPECT_FALSE(beyond_chance({0.35, 30}, 1));
  EXPECT_FALSE(beyond_chance({0.4, 30}, 20)) << "the largest of twenty";
  EXPECT_TRUE(beyond_chance({-0.9, 30}, 20));
  EXPECT_FALSE(beyond_chance({1.0, 3}, 1));
}

TEST(Correlation, OfASweepHasAColumnAValue) {
  auto table = random_sweep({{.name = "lr", .label = "lr", .kind = Kind::log},
                             category("act", {"relu", "tanh", "elu"}),
                             {.name = "fixed", .label = "fixed"}},
                            200, [](const auto& v) { return std::log(v[0]) + 2 * (v[1] == 1); });
  for (auto& trial : table.trials) trial.values[2] = 7, trial.others = {-*trial.metric};
  table.others = {"loss"};
  const CorrelationMatrix m = correlations(table);
  ASSERT_EQ(m.names, (std::vector<std::string>{"lr", "act = relu", "act = tanh", "act = elu", "score", "loss"}));
  EXPECT_EQ(m.parameters, 4u);
  EXPECT_GT(m.values[0][4].r.value(), 0.9) << "by its logarithm";
  EXPECT_GT(m.values[2][4].r.value(), 0.2);
  EXPECT_LT(m.values[1][2].r.value(), -0.3);
  EXPECT_NEAR(m.values[4][5].r.value(), -1, 1e-12);
  EXPECT_EQ(m.values[5][0].r, m.values[0][5].r);
}

TEST(Correlation, OfAConditionalParameterIsOverTheTrialsThatHaveIt) {
  auto table = random_sweep({{.name = "beta", .label = "beta"}, {.name = "x", .label = "x"}}, 60,
                            [](const auto& v) { return v[0]; });
  for (std::size_t t = 0; t < table.trials.size(); t += 2) {
    table.trials[t].values[0].reset();
    table.trials[t].metric = 0;
  }
  const CorrelationMatrix m = correlations(table);
  EXPECT_NEAR(m.values[0][2].r.value(), 1, 1e-12);
  EXPECT_EQ(m.values[0][2].pairs, 30u);
}

TEST(Correlation, OfNothingIsEmpty) {
  const CorrelationMatrix none = correlations({.metric = {.label = "score"}});
  EXPECT_EQ(none.parameters, 0u);
  EXPECT_FALSE(none.values[0][0].r);
  auto failed = random_sweep({{.name = "x", .label = "x"}}, 10, [](const auto& v) { return v[0]; });
  for (auto& trial : failed.trials) trial.state = RunState::diverged;
  EXPECT_EQ(correlations(failed).parameters, 0u);
}

}  // namespace
}  // namespace atelier
