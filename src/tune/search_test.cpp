// search_test.cpp: the adaptive samplers find better points than chance does, in the median of a few seeds.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "tune/sampler.hpp"

namespace atelier {
namespace {

struct Problem {
  const char* name;
  Space space;
  double (*loss)(const Configuration&);
  double optimum;
};

double real(const Configuration& c, const std::string& name) { return std::get<double>(c.at(name)); }

double branin(const Configuration& c) {
  constexpr double pi = std::numbers::pi;
  const double x = real(c, "x"), y = real(c, "y");
  const double bowl = y - 5.1 / (4 * pi * pi) * x * x + 5 / pi * x - 6;
  return bowl * bowl + 10 * (1 - 1 / (8 * pi)) * std::cos(x) + 10;
}

double hartmann6(const Configuration& c) {
  static constexpr double a[4][6] = {
      {10, 3, 17, 3.5, 1.7, 8}, {0.05, 10, 17, 0.1, 8, 14}, {3, 3.5, 1.7, 10, 17, 8}, {17, 8, 0.05, 10, 0.1, 14}};
  static constexpr double p[4][6] = {{0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886},
                                     {0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991},
                                     {0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650},
                                     {0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381}};
  static constexpr double alpha[4] = {1.0, 1.2, 3.0, 3.2};
  double sum = 0;
  for (int i = 0; i < 4; i++) {
    double distance = 0;
    for (int j = 0; j < 6; j++) {
      const double gap = real(c, std::string(1, static_cast<char>('a' + j))) - p[i][j];
      distance += a[i][j] * gap * gap;
    }
    sum -= alpha[i] * std::exp(-distance);
  }
  return sum;
}

/// Course-like: the rate matters on its logarithm, one list matters much, one little, one not at all.
double mixed(const Configuration& c) {
  const double rate = std::log10(real(c, "rate")) + 2.7;
  const auto& optimizer = std::get<std::string>(c.at("optimizer"));
  const double penalty = optimizer == "adam" ? 0 : optimizer == "nadam" ? 0.02 : 0.3;
  const double width = static_cast<double>(std::get<std::int64_t>(c.at("width")));
  return rate * rate + penalty + std::abs(width - 96) / 500;
}

std::vector<Problem> problems() {
  std::vector<Problem> all;
  all.push_back(
      {"branin", {{{"x", Numeric{.low = -5, .high = 10}}, {"y", Numeric{.low = 0, .high = 15}}}}, &branin, 0.397887});
  Space six;
  for (char c = 'a'; c <= 'f'; c++) six.parameters.push_back({std::string(1, c), Numeric{}});
  all.push_back({"hartmann6", six, &hartmann6, -3.32237});
  all.push_back(
      {"mixed",
       {{{"dummy", Choice{{true, false}}},
         {"optimizer", Choice{{std::string("sgd"), std::string("adam"), std::string("nadam"), std::string("rmsprop")}}},
         {"rate", Numeric{.shape = Numeric::Shape::log_uniform, .low = 1e-5, .high = 1}},
         {"width", Numeric{.low = 16, .high = 256, .step = 16, .integer = true}}}},
       &mixed,
       0});
  return all;
}

double regret(const Problem& problem, const Sampler& by, std::uint64_t seed, std::size_t budget) {
  std::vector<Observation> history;
  double best = 1e300;
  for (std::size_t t = 0; t < budget; t++) {
    const auto proposal = by.propose({problem.space, history, seed, t, budget}, 0);
    const double loss = problem.loss(*proposal);
    best = std::min(best, loss);
    history.push_back({*proposal, Observation::State::finished, loss, 1, 1});
  }
  return best - problem.optimum;
}

double median_regret(const Problem& problem, const char* name, std::size_t budget) {
  std::array<double, 7> regrets;
  for (std::size_t seed = 0; seed < regrets.size(); seed++)
    regrets[seed] = regret(problem, *sampler(name), seed, budget);
  std::ranges::sort(regrets);
  return regrets[regrets.size() / 2];
}

class Adaptive : public testing::TestWithParam<const char*> {};

TEST_P(Adaptive, BeatsChance) {
  for (const Problem& problem : problems()) {
    const double chance = median_regret(problem, "random", 60), own = median_regret(problem, GetParam(), 60);
    EXPECT_LT(own, 0.7 * chance) << problem.name;
    RecordProperty(std::string(problem.name) + "_random", std::to_string(chance));
    RecordProperty(std::string(problem.name) + "_own", std::to_string(own));
  }
}

INSTANTIATE_TEST_SUITE_P(Samplers, Adaptive, testing::Values("tpe", "gp"),
                         [](const auto& one) { return std::string(one.param); });

std::vector<Observation> branin_history(std::size_t trials, Observation::State state) {
  const Problem problem = problems()[0];
  std::vector<Observation> history;
  while (history.size() < trials) {
    const auto next = sampler("sobol")->propose({problem.space, history, 1, history.size(), 0}, 0);
    history.push_back({*next, state, problem.loss(*next), 5, 10});
  }
  return history;
}

double apart(const Configuration& a, const Configuration& b) {
  return std::hypot(real(a, "x") - real(b, "x"), real(a, "y") - real(b, "y"));
}

TEST(GaussianProcessSampler, KeepsClearOfPendingTrials) {
  const Space space = problems()[0].space;
  auto history = branin_history(20, Observation::State::finished);
  for (int worker = 0; worker < 6; worker++) {
    const auto next = sampler("gp")->propose({space, history, 1, history.size(), 0}, 0);
    ASSERT_TRUE(next);
    for (const Observation& other : history) EXPECT_GT(apart(*next, other.configuration), 0.02);
    history.push_back({*next});
  }
}

TEST(GaussianProcessSampler, LearnsFromStoppedTrialsToo) {
  const Problem problem = problems()[0];
  const auto history = branin_history(40, Observation::State::stopped);
  const auto next = sampler("gp")->propose({problem.space, history, 1, history.size(), 0}, 0);
  ASSERT_TRUE(next);
  EXPECT_LT(problem.loss(*next), 10) << "chance gives 54 in the mean";
}

}  // namespace
}  // namespace atelier
