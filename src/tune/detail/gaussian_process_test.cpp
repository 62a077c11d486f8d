// gaussian_process_test.cpp: the process, its slopes, its acquisition and the minimiser under them.
#include "tune/detail/gaussian_process.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "base/random.hpp"
#include "tune/detail/acquisition.hpp"
#include "tune/detail/minimize.hpp"

namespace atelier::detail {
namespace {

/// Two ordered dimensions, of which only the first matters, a list, and a dimension that half the rows lack.
GpData wavy(std::size_t n, double noise) {
  const Philox random(5, 5);
  GpData data;
  data.width = 4;
  data.unordered = {false, false, true, false};
  for (std::size_t i = 0; i < n; i++) {
    const double x = random.uniform(4 * i), list = static_cast<double>(random.below(3, 4 * i + 1));
    data.x.insert(data.x.end(),
                  {x, random.uniform(4 * i + 2), list, i % 2 == 0 ? kInactive : random.uniform(4 * i + 3)});
    data.y.push_back(std::sin(6 * x) + 0.5 * list + noise * random.normal(1000 + i));
    data.noise.push_back(1);
  }
  return data;
}

TEST(GaussianProcess, LearnsWhichDimensionsMatterAndHowNoisyItIs) {
  const GpParameters quiet = GaussianProcess::fit(wavy(60, 0)), loud = GaussianProcess::fit(wavy(60, 0.3));
  EXPECT_GT(quiet.inverse_squared_lengths[0], 20 * quiet.inverse_squared_lengths[1]);
  EXPECT_LT(quiet.noise, 1e-3);
  EXPECT_GT(loud.noise, 0.02);
}

TEST(GaussianProcess, GoesThroughItsDataAndDoubtsElsewhere) {
  const GpData data = wavy(40, 0);
  const GaussianProcess process(data, GaussianProcess::fit(data));
  const auto beliefs = process.predict(data.x);
  for (std::size_t i = 0; i < beliefs.size(); i++) EXPECT_NEAR(beliefs[i].mean, data.y[i], 0.05);
  const std::array far = {3.0, 3.0, 7.0, 3.0};
  EXPECT_GT(process.predict(far)[0].variance, 10 * beliefs[0].variance);
}

TEST(GaussianProcess, SlopesAgreeWithDifferences) {
  const GpData data = wavy(40, 0.1);
  const GaussianProcess process(data, GaussianProcess::fit(data));
  std::array row = {0.37, 0.61, 1.0, 0.2};
  std::array<double, 4> mean{}, variance{};
  const auto one = process.predict(row, mean, variance);
  const auto many = process.predict(row);
  EXPECT_NEAR(one.mean, many[0].mean, 1e-9);
  EXPECT_NEAR(one.variance, many[0].variance, 1e-9);
  for (const std::size_t d : {0, 1, 3}) {
    constexpr double h = 1e-5;
    auto low = row, high = row;
    low[d] -= h, high[d] += h;
    const auto a = process.predict(low)[0], b = process.predict(high)[0];
    EXPECT_NEAR(mean[d], (b.mean - a.mean) / (2 * h), 1e-5) << d;
    EXPECT_NEAR(variance[d], (b.variance - a.variance) / (2 * h), 1e-5) << d;
  }
}

TEST(LogExpectedImprovement, IsTheLogarithmOfTheIntegralAndNeverBreaksOff) {
  for (const double mean : {-2.0, -0.3, 0.0, 0.8, 0.99, 1.01, 2.0, 4.0}) {
    double integral = 0;
    constexpr double h = 1e-3;
    for (double y = -12; y < 0; y += h)
      integral +=
          h * -(y + h / 2) * std::exp(-0.5 * (y + h / 2 - mean) * (y + h / 2 - mean)) / std::sqrt(2 * std::acos(-1.0));
    EXPECT_NEAR(log_expected_improvement(mean, 1, 0), std::log(integral), 1e-5) << mean;
  }
  double last = log_expected_improvement(0, 1, 0);
  for (double mean = 0.05; mean < 60; mean += 0.05) {
    const double now = log_expected_improvement(mean, 1, 0);
    ASSERT_TRUE(std::isfinite(now));
    ASSERT_LT(now, last) << mean;
    ASSERT_GT(now, last - 0.06 * (mean + 2)) << "a jump at " << mean;
    last = now;
  }
}

TEST(Minimize, FindsTheFloorOfRosenbrocksValleyAndStopsAtWalls) {
  const auto valley = [](std::span<const double> x, std::span<double> g) {
    const double a = 1 - x[0], b = x[1] - x[0] * x[0];
    g[0] = -2 * a - 400 * x[0] * b, g[1] = 200 * b;
    return a * a + 100 * b * b;
  };
  std::array x = {-1.2, 1.0};
  EXPECT_LT(minimize(valley, x, {{-2, -2}, {2, 2}}, 1e-6, 300), 1e-10);
  EXPECT_NEAR(x[0], 1, 1e-5);
  x = {-1.2, 0.1};
  minimize(valley, x, {{-2, -2}, {0.5, 2}}, 1e-6, 300);
  EXPECT_DOUBLE_EQ(x[0], 0.5);
  EXPECT_NEAR(x[1], 0.25, 1e-5);
}

}  // namespace
}  // namespace atelier::detail
