// trainer_test.cpp: the same bits for any number of threads, instruction set and interruption; and learning.
#include "train/trainer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/isa.hpp"
#include "nn/catalog.hpp"
#include "optim/catalog.hpp"
#include "train/evaluate.hpp"

/// What the program has allocated so far; see allocations_test.cpp.
long allocations_so_far();

namespace atelier {
namespace {

/// Three noisy blobs of bytes: learnable, not trivial.
Dataset blobs(std::size_t samples, std::size_t width) {
  auto pixels = std::make_shared<std::vector<std::uint8_t>>(samples * width);
  auto labels = std::make_shared<std::vector<std::int32_t>>(samples);
  const Philox random(5, 1);
  for (std::size_t i = 0; i < samples; i++) {
    (*labels)[i] = static_cast<std::int32_t>(random.below(3, i));
    for (std::size_t j = 0; j < width; j++) {
      const double center = j % 3 == static_cast<std::size_t>((*labels)[i]) ? 150 : 100;
      const double value = center + 40 * random.normal(samples + i * width + j);
      (*pixels)[i * width + j] = static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0));
    }
  }
  return Dataset::classification("blobs", {std::span<const std::uint8_t>(*pixels), width, pixels}, labels, {},
                                 {"a", "b", "c"});
}

/// y = a fixed linear map of x, for regression.
Dataset line(std::size_t samples) {
  auto values = std::make_shared<std::vector<float>>(samples * 4);
  auto targets = std::make_shared<Matrix<float>>(samples, 2);
  const Philox random(6, 1);
  for (std::size_t i = 0; i < samples; i++) {
    for (std::size_t j = 0; j < 4; j++) {
      const auto x = static_cast<float>(random.normal(i * 4 + j));
      (*values)[i * 4 + j] = x;
      (*targets)[i, 0] += x * static_cast<float>(j);
      (*targets)[i, 1] -= x;
    }
  }
  return Dataset::regression("line", {std::span<const float>(*values), 4, values}, targets, {});
}

/// With everything that could depend on threads or order: slices, panels, norms, dropout, a skip.
Architecture rich(std::size_t inputs, std::size_t outputs) {
  return {inputs,
          {Dropout{0.1}, Dense{70}, BatchNorm{}, Activate{Relu{}}, Dense{70}, LayerNorm{}, Activate{Tanh{}},
           Dropout{0.2}, Residual{4}, Dense{outputs}}};
}

Trainer trainer(const Dataset& data, const Architecture& a, std::string_view rule, TrainerOptions options,
                int threads = 1) {
  auto network = Network<float>::build(a, *initialiser("he_normal"), options.seed);
  EXPECT_TRUE(network);
  Loss loss = CrossEntropy{0.05};
  if (!data.is_classification()) loss = MeanSquaredError{};
  auto made = Trainer::create(std::move(*network), data, *update_rule(rule), loss, options,
                              std::make_shared<ThreadPool>(threads));
  EXPECT_TRUE(made) << made.error().summary;
  return std::move(*made);
}

bool same_bits(const Snapshot& a, const Snapshot& b) {
  const auto same = [](const auto& x, const auto& y) {
    return x.size() == y.size() && (x.empty() || std::memcmp(x.data(), y.data(), x.size() * sizeof(x[0])) == 0);
  };
  return a.step == b.step && same(a.parameters, b.parameters) && same(a.state, b.state) && same(a.average, b.average) &&
         same(a.running, b.running) && same(a.scalars, b.scalars) && a.totals.loss_sum == b.totals.loss_sum &&
         a.totals.correct == b.totals.correct;
}

void take(Trainer& t, int steps) {
  for (int i = 0; i < steps; i++) {
    const auto report = t.step();
    ASSERT_TRUE(report) << report.error().detail;
  }
}

TEST(Trainer, GivesTheSameBitsForAnyNumberOfThreads) {
  const Dataset data = blobs(330, 90);
  for (const double clip : {0.0, 0.5}) {
    const TrainerOptions options{.batch_size = 100,
                                 .epochs = 3,
                                 .l2 = 1e-4,
                                 .clip_norm = clip,
                                 .averaging = 0.99,
                                 .schedule = {.name = "cosine"}};
    Trainer one = trainer(data, rich(90, 3), "nadam", options, 1);
    take(one, 10);
    for (const int threads : {2, 5, 16}) {
      Trainer many = trainer(data, rich(90, 3), "nadam", options, threads);
      take(many, 10);
      EXPECT_TRUE(same_bits(one.snapshot(), many.snapshot())) << threads << " threads, clip " << clip;
    }
  }
}

TEST(Trainer, GivesTheSameBitsOnEveryInstructionSet) {
  const Isa before = isa();
  const Dataset data = blobs(200, 90);
  for (const AnyRule& rule : update_rules()) {
    std::optional<Snapshot> expected;
    for (const Isa candidate : supported_isas()) {
      ASSERT_TRUE(use_isa(candidate));
      Trainer t = trainer(data, rich(90, 3), rule.name(), {.batch_size = 64, .seed = 3});
      take(t, 5);
      const Snapshot got = t.snapshot();
      EXPECT_TRUE(!expected || same_bits(*expected, got)) << rule.name() << " on " << isa_name(candidate);
      expected = got;
    }
  }
  ASSERT_TRUE(use_isa(before));
}

TEST(Trainer, GivesTheSameBitsWithEveryActivationOnEveryInstructionSet) {
  const Isa before = isa();
  const Dataset data = blobs(200, 40);
  for (const Activation& function : activations()) {
    std::optional<Snapshot> expected;
    for (const Isa candidate : supported_isas()) {
      ASSERT_TRUE(use_isa(candidate));
      const Architecture a{40, {Dense{20}, Activate{function}, Dense{3}}};
      Trainer t = trainer(data, a, "adam", {.batch_size = 50});
      take(t, 4);
      const Snapshot got = t.snapshot();
      EXPECT_TRUE(!expected || same_bits(*expected, got)) << name_of(function) << " on " << isa_name(candidate);
      expected = got;
    }
  }
  ASSERT_TRUE(use_isa(before));
}

TEST(Trainer, GoesOnWithTheSameBitsFromAnyStep) {
  const Dataset data = blobs(330, 90);
  for (const AnyRule& rule : update_rules()) {
    const TrainerOptions options{.batch_size = 100, .epochs = 3, .averaging = 0.9, .schedule = {.name = "one_cycle"}};
    Trainer whole = trainer(data, rich(90, 3), rule.name(), options);
    std::vector<Snapshot> at;
    for (int s = 0; s < 9; s++) {
      at.push_back(whole.snapshot());
      take(whole, 1);
    }
    for (const int stop : {0, 1, 3, 4, 6, 8}) {  // the epoch has four steps
      Trainer resumed = trainer(data, rich(90, 3), rule.name(), options, 2);
      ASSERT_TRUE(resumed.restore(at[static_cast<std::size_t>(stop)]));
      take(resumed, 9 - stop);
      EXPECT_TRUE(same_bits(whole.snapshot(), resumed.snapshot())) << rule.name() << " from step " << stop;
    }
  }
}

TEST(Trainer, EveryRuleLearnsTheBlobs) {
  const Dataset data = blobs(900, 30);
  for (const AnyRule& rule : update_rules()) {
    Trainer t =
        trainer(data, {30, {Dense{32}, Activate{Relu{}}, Dense{3}}}, rule.name(), {.batch_size = 32, .epochs = 40});
    const double start = evaluate(t.network(), t.loss(), data, t.pool()).loss;
    take(t, static_cast<int>(40 * t.steps_per_epoch()));
    const Evaluation end = evaluate(t.network(), t.loss(), data, t.pool());
    EXPECT_LT(end.loss, 0.8 * start) << rule.name();
    EXPECT_GT(*end.accuracy, 0.85) << rule.name();
  }
}

TEST(Trainer, LearnsARegression) {
  const Dataset data = line(500);
  Trainer t = trainer(data, {4, {Dense{2}}}, "adam", {.batch_size = 50, .epochs = 60, .learning_rate = 0.05});
  take(t, static_cast<int>(60 * t.steps_per_epoch()));
  const Evaluation end = evaluate(t.network(), t.loss(), data, t.pool());
  EXPECT_LT(end.loss, 1e-4);
  EXPECT_FALSE(end.accuracy);
  const Matrix<float> out = predict(t.network(), data, t.pool());
  EXPECT_NEAR((out[0, 1]), data.target(0)[1], 0.05);
}

TEST(Trainer, ThePartialBatchCountsExactly) {
  const Dataset data = blobs(330, 30);
  Trainer t = trainer(data, {30, {Dense{3}}}, "sgd", {.batch_size = 100});
  EXPECT_EQ(t.steps_per_epoch(), 4);
  take(t, 3);
  const auto last = t.step();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->rows, 30u);
  EXPECT_EQ(t.totals().samples, 330u);
  EXPECT_EQ(t.epochs_done(), 1);
}

TEST(Trainer, ALastBatchOfOneRowLeavesRunningStatisticsAlone) {
  const Dataset data = blobs(101, 30);
  Trainer t = trainer(data, {30, {Dense{8}, BatchNorm{}, Activate{Relu{}}, Dense{3}}}, "sgd", {.batch_size = 100});
  take(t, 1);
  const std::vector<double> before = t.snapshot().running;
  const auto last = t.step();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->rows, 1u);
  EXPECT_EQ(t.snapshot().running, before);
}

TEST(Trainer, StopsAtTheStepThatDiverges) {
  const Dataset data = line(200);
  Trainer t =
      trainer(data, {4, {Dense{16}, Activate{Relu{}}, Dense{2}}}, "sgd", {.batch_size = 50, .learning_rate = 1e6});
  Result<StepReport> report = t.step();
  for (int i = 0; i < 100 && report; i++) report = t.step();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, Trouble::diverged);
  EXPECT_NE(report.error().summary.find("at step"), std::string::npos);
  EXPECT_NE(report.error().detail.find("layer"), std::string::npos);
  EXPECT_FALSE(t.step());
}

TEST(Trainer, AStepAllocatesNothing) {
  const Dataset data = blobs(640, 90);
  Trainer t = trainer(data, rich(90, 3), "adam", {.batch_size = 64, .clip_norm = 1, .averaging = 0.9}, 2);
  take(t, 10);
  const long before = allocations_so_far();
  for (int i = 0; i < 5; i++) static_cast<void>(t.step());
  EXPECT_EQ(allocations_so_far(), before);
}

TEST(Trainer, ClippingLimitsTheStep) {
  const Dataset data = blobs(100, 30);
  const auto moved = [&](TrainerOptions options) {
    options.batch_size = 100, options.learning_rate = 1;
    Trainer t = trainer(data, {30, {Dense{3}}}, "sgd", options);
    const Snapshot before = t.snapshot();
    take(t, 1);
    const Snapshot after = t.snapshot();
    std::pair<double, double> norm_and_largest;
    for (std::size_t i = 0; i < before.parameters.size(); i++) {
      const double d = std::fabs(static_cast<double>(after.parameters[i]) - before.parameters[i]);
      norm_and_largest.first += d * d;
      norm_and_largest.second = std::max(norm_and_largest.second, d);
    }
    norm_and_largest.first = std::sqrt(norm_and_largest.first);
    return norm_and_largest;
  };
  ASSERT_GT(moved({}).first, 0.05);
  EXPECT_NEAR(moved({.clip_norm = 0.05}).first, 0.05, 1e-5);
  EXPECT_NEAR(moved({.clip_value = 0.01}).second, 0.01, 1e-6);
}

TEST(Trainer, DecaysWeightsAndNothingElse) {
  const Dataset data = blobs(100, 30);
  Trainer t = trainer(data, {30, {Dense{3}}}, "sgd", {.batch_size = 100, .learning_rate = 0.5, .decoupled_decay = 0.1});
  Trainer plain = trainer(data, {30, {Dense{3}}}, "sgd", {.batch_size = 100, .learning_rate = 0.5});
  const std::vector<float> before = t.network().block_values(0);
  take(t, 1);
  take(plain, 1);
  EXPECT_EQ(t.network().block_values(1), plain.network().block_values(1));
  const auto with = t.network().block_values(0), without = plain.network().block_values(0);
  for (std::size_t i = 0; i < with.size(); i++) EXPECT_NEAR(with[i], without[i] - 0.05f * before[i], 1e-6f);
}

TEST(Trainer, RefusesWhatDoesNotFit) {
  const Dataset data = blobs(100, 30);
  const auto refused = [&](const Architecture& a, const Loss& loss, const TrainerOptions& options) {
    auto network = Network<float>::build(a, *initialiser("he_normal"), 1);
    const auto made =
        Trainer::create(std::move(*network), data, *update_rule("sgd"), loss, options, std::make_shared<ThreadPool>(1));
    return made ? std::string("made") : made.error().summary + ": " + made.error().detail;
  };
  EXPECT_NE(refused({31, {Dense{3}}}, CrossEntropy{}, {}).find("30 features"), std::string::npos);
  EXPECT_NE(refused({30, {Dense{4}}}, CrossEntropy{}, {}).find("3 classes"), std::string::npos);
  EXPECT_NE(refused({30, {Dense{3}}}, MeanSquaredError{}, {}).find("loss"), std::string::npos);
  EXPECT_NE(refused({30, {Dense{3}}}, CrossEntropy{}, {.batch_size = 101}).find("100 samples"), std::string::npos);
  EXPECT_NE(refused({30, {Dense{3}}}, CrossEntropy{}, {.batch_size = 0}).find("batch"), std::string::npos);
  EXPECT_NE(refused({30, {Dense{3}}}, CrossEntropy{}, {.learning_rate = NAN}).find("learning rate"), std::string::npos);
  EXPECT_NE(refused({30, {Dense{3}}}, CrossEntropy{7}, {}).find("label_smoothing"), std::string::npos);
  EXPECT_NE(refused({30, {Dense{3}}}, CrossEntropy{}, {.schedule = {.name = "cosin"}}).find("schedule"),
            std::string::npos);
  EXPECT_NE(refused({30, {Dense{3}}}, CrossEntropy{}, {.learning_rate = 1e-46}).find("learning rate"),
            std::string::npos);
  EXPECT_NE(refused({30, {Dense{3}}}, CrossEntropy{}, {.decoupled_decay = -5}).find("decay"), std::string::npos);
  EXPECT_NE(refused({30, {Dense{3}}}, CrossEntropy{}, {.warmup_epochs = NAN}).find("schedule"), std::string::npos);
  EXPECT_NE(refused({30, {Dense{3}, BatchNorm{}}}, CrossEntropy{}, {.batch_size = 1}).find("BatchNorm"),
            std::string::npos);
  EXPECT_EQ(refused({30, {Dense{3}}}, CrossEntropy{}, {}), "made");
}

TEST(Evaluate, AveragedWeightsAreAnotherNetwork) {
  const Dataset data = blobs(300, 30);
  Trainer t = trainer(data, {30, {Dense{3}}}, "adam", {.batch_size = 50, .averaging = 0.99});
  take(t, 12);
  EXPECT_NE(t.result().block_values(0), t.network().block_values(0));
}

}  // namespace
}  // namespace atelier
