// stopping_test.cpp: the early stopping rules on small hands of trials, decisions and reasons.
#include "tune/stopping/stopping.hpp"

#include <gtest/gtest.h>

namespace atelier {
namespace {

using enum Curve::State;
using Kind = Verdict::Kind;

TEST(HyperbandRule, BandsAreThoseOfWandb) {
  EXPECT_EQ(bands({.max_iter = 27, .s = 2}), (std::vector<std::int64_t>{3, 9}));
  EXPECT_EQ(bands({.max_iter = 27, .s = 9}), (std::vector<std::int64_t>{1, 3, 9}));
  EXPECT_EQ(bands({.max_iter = 5, .s = 2, .eta = 2}), (std::vector<std::int64_t>{1, 2}));
  const auto rising = bands({.min_iter = 3, .eta = 1.5});
  EXPECT_EQ(std::vector(rising.begin(), rising.begin() + 5), (std::vector<std::int64_t>{3, 4, 6, 10, 15}));
  EXPECT_TRUE(bands({.max_iter = 2, .s = 3}).empty());
}

/// The example in the documentation of W&B's own function: b stops at band 1, c at band 2, d goes on.
std::vector<Curve> documented() {
  return {{0, finished, {10, 9}},
          {1, running, {10, 10}},
          {2, running, {10, 8, 8}},
          {3, running, {10, 7, 7}},
          {4, finished, {10, 6, 6}}};
}

TEST(HyperbandRule, DecidesAsWandbsOwnExample) {
  const Hyperband rule{.max_iter = 5, .s = 2, .eta = 2};
  const auto curves = documented();
  const Kind expected[] = {Kind::proceed, Kind::stop, Kind::stop, Kind::proceed, Kind::proceed};
  for (std::size_t i = 0; i < curves.size(); i++) EXPECT_EQ(judge(rule, curves, i).kind, expected[i]) << i;
  EXPECT_EQ(judge(rule, curves, 2).reason,
            "hyperband: loss 8 is above the threshold 7 of band 2, which the best 2 of 3 trials met (eta 2)");
}

TEST(HyperbandRule, StrictLooksAtTheBandAndLenientAtTheBest) {
  std::vector<Curve> curves = {{0, finished, {5, 3}}, {1, finished, {5, 4}}, {2, running, {2, 9}}};
  const Hyperband strict{.min_iter = 1, .eta = 3};
  EXPECT_EQ(judge(strict, curves, 2).kind, Kind::stop);
  Hyperband lenient = strict;
  lenient.strict = false;
  EXPECT_EQ(judge(lenient, curves, 2).kind, Kind::proceed);
}

TEST(HyperbandRule, WaitsForTheFirstBand) {
  const std::vector<Curve> curves = {{0, running, {9}}, {1, finished, {1, 1, 1}}};
  EXPECT_EQ(judge(Hyperband{.min_iter = 1}, curves, 0).kind, Kind::proceed);
}

TEST(AshaRule, RungsStopShortOfTheEnd) {
  EXPECT_EQ(rungs({.min_epochs = 1, .max_epochs = 10, .eta = 3}), (std::vector<std::int64_t>{1, 3, 9}));
  EXPECT_EQ(rungs({.min_epochs = 1, .max_epochs = 9, .eta = 3}), (std::vector<std::int64_t>{1, 3}));
  EXPECT_EQ(rungs({.min_epochs = 2, .max_epochs = 5, .eta = 1.3}), (std::vector<std::int64_t>{2, 3, 4}));
  EXPECT_TRUE(rungs({.min_epochs = 5, .max_epochs = 5}).empty());
}

TEST(AshaRule, PausesAtARungOnly) {
  const Asha rule{.min_epochs = 2, .max_epochs = 8, .eta = 2};
  EXPECT_EQ(judge(rule, std::vector<Curve>{{0, running, {1}}}, 0).kind, Kind::proceed);
  const Verdict held = judge(rule, std::vector<Curve>{{0, running, {1, 1}}}, 0);
  EXPECT_EQ(held.kind, Kind::pause);
  EXPECT_EQ(judge(rule, std::vector<Curve>{{0, running, {1, 1, 1}}}, 0).kind, Kind::proceed);
}

TEST(AshaRule, PromotesTheBestOfTheHighestRung) {
  const Asha rule{.min_epochs = 1, .max_epochs = 4, .eta = 2};
  std::vector<Curve> curves = {{0, paused, {5}}, {1, paused, {3}}, {2, paused, {4}}};
  auto next = promotion(rule, curves);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->trial, 1u);
  EXPECT_EQ(next->reason, "asha: loss 3 is the best of 3 at epoch 1, and the best 1 go on (eta 2)");
  curves[1] = {1, running, {3}};
  EXPECT_FALSE(promotion(rule, curves)) << "its place at the rung stays taken";
  curves.push_back({3, paused, {3.5}});
  next = promotion(rule, curves);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->trial, 3u);
  curves[1] = {1, paused, {3, 3}};
  curves[3] = {3, paused, {3.5, 2}};
  next = promotion(rule, curves);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->trial, 3u);
  EXPECT_EQ(standing(rule, curves, 0), "asha: loss 5 is 4th of 4 at epoch 1, and the best 2 go on (eta 2)");
}

TEST(MedianStopping, StopsBehindTheMedianOnceEnoughHaveFinished) {
  std::vector<Curve> curves = {{0, running, {6, 5}}};
  for (std::uint64_t i = 1; i <= 5; i++) curves.push_back({i, finished, {9, static_cast<double>(i)}});
  const Verdict verdict = judge(MedianRule{}, curves, 0);
  EXPECT_EQ(verdict.kind, Kind::stop);
  EXPECT_EQ(verdict.reason, "median: best loss 5 is above the median 3 of 5 finished trials at epoch 2");
  EXPECT_EQ(judge(MedianRule{.startup_trials = 6}, curves, 0).kind, Kind::proceed);
  EXPECT_EQ(judge(MedianRule{.warmup_epochs = 2}, curves, 0).kind, Kind::proceed);
  curves[0].losses = {2, 5};
  EXPECT_EQ(judge(MedianRule{}, curves, 0).kind, Kind::proceed) << "its best counts, not its last";
}

constexpr double kTop = -0.9, kMiddle = -0.5, kLow = -0.1;
const MetricWords kAccuracy{"val_accuracy", true};

TEST(ReasonsOfRules, SpeakOfTheMetricItself) {
  const std::vector<Curve> rung = {{0, paused, {kTop}}, {1, paused, {kMiddle}}, {2, running, {kLow}}};
  const Asha asha{.min_epochs = 1, .max_epochs = 9, .eta = 3};
  EXPECT_EQ(judge(asha, rung, 2, kAccuracy).reason,
            "asha: val_accuracy 0.1000 is 3rd of 3 at epoch 1, and the best 1 go on (eta 3)");
  EXPECT_EQ(standing(asha, rung, 1, kAccuracy),
            "asha: val_accuracy 0.5000 is 2nd of 3 at epoch 1, and the best 1 go on (eta 3)");
  const auto next = promotion(asha, rung, kAccuracy);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->reason, "asha: val_accuracy 0.9000 is the best of 3 at epoch 1, and the best 1 go on (eta 3)");

  const std::vector<Curve> band = {
      {0, finished, {kTop, kTop}}, {1, finished, {kTop, kMiddle}}, {2, running, {kTop, kLow}}};
  EXPECT_EQ(judge(Hyperband{.min_iter = 1, .eta = 3}, band, 2, kAccuracy).reason,
            "hyperband: val_accuracy 0.1000 is below the threshold 0.5000 of band 1, which the best 2 of 3 trials met "
            "(eta 3)");
  const std::vector<Curve> lenient = {
      {0, finished, {kTop, kTop}}, {1, finished, {kTop, kMiddle}}, {2, running, {kLow, kLow}}};
  EXPECT_EQ(judge(Hyperband{.min_iter = 1, .eta = 3, .strict = false}, lenient, 2, kAccuracy).reason,
            "hyperband: best val_accuracy 0.1000 is below the threshold 0.5000 of band 1, which the best 2 of 3 trials "
            "met (eta 3)");

  const std::vector<Curve> done = {{0, finished, {kTop}}, {1, running, {kLow}}};
  const MedianRule median{.startup_trials = 1};
  EXPECT_EQ(judge(median, done, 1, {"best_val_accuracy", true}).reason,
            "median: best_val_accuracy 0.1000 is below the median 0.9000 of 1 finished trials at epoch 1");
  EXPECT_EQ(judge(median, done, 1, {"val_loss", false}).reason,
            "median: best val_loss -0.1 is above the median -0.9 of 1 finished trials at epoch 1");
}

}  // namespace
}  // namespace atelier
