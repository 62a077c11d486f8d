// probe_test.cpp: a network worked out by hand; units broken on purpose.
#include "train/probe.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/catalog.hpp"

namespace atelier {
namespace {

Dataset numbers(const std::vector<float>& features, std::size_t width, const std::vector<float>& targets) {
  auto values = std::make_shared<std::vector<float>>(features);
  auto wanted = std::make_shared<Matrix<float>>(targets.size(), 1);
  for (std::size_t i = 0; i < targets.size(); i++) (*wanted)[i, 0] = targets[i];
  return Dataset::regression("numbers", {std::span<const float>(*values), width, values}, wanted, {});
}

/// 300 rows of 6 normal numbers.
Dataset noise() {
  std::vector<float> features, targets;
  const Philox random(3, 1);
  for (std::uint64_t i = 0; i < 1800; i++) features.push_back(static_cast<float>(random.normal(i)));
  for (std::uint64_t i = 0; i < 300; i++) targets.push_back(static_cast<float>(random.normal(1800 + i)));
  return numbers(features, 6, targets);
}

Network<float> network(std::size_t inputs, std::vector<Layer> layers) {
  return Network<float>::build({inputs, std::move(layers)}, *initialiser("he_normal"), 1).value();
}

/// Six inputs, eight units with this activation, one output; nothing is known of the layers before it.
Network<float> eight(const Activation& activation) { return network(6, {Dense{8}, Activate{activation}, Dense{1}}); }

/// Puts the first units' weights to `weight` and their bias to `bias`.
void push_units(Network<float>& net, std::size_t units, float weight, float bias) {
  std::vector<float> weights = net.block_values(0), biases = net.block_values(1);
  for (std::size_t j = 0; j < units; j++) {
    for (std::size_t i = 0; i < 6; i++) weights[i * 8 + j] *= weight;
    biases[j] = bias;
  }
  net.set_block(0, weights);
  net.set_block(1, biases);
}

TEST(Probe, ByHand) {
  // Rows (1, 2) and (3, -1) give hidden values (2, -4) and (2.5, -9), outputs 4 and 5; 3 and 7 were wanted.
  auto net = network(2, {Dense{2}, Activate{Relu{}}, Dense{1}});
  net.set_block(0, std::vector<float>{0, -1, 0.5f, 1});
  net.set_block(1, std::vector<float>{0, -5});
  net.set_block(2, std::vector<float>{2, 1});
  const std::vector<float> before(net.parameters().begin(), net.parameters().end());
  net.set_block(0, std::vector<float>{1, -1, 0.5f, 1});
  Prober prober(net.clone(), numbers({1, 2, 3, -1}, 2, {3, 7}), MeanSquaredError{});
  const auto seen = prober.look(net.parameters(), net.running(), before);

  ASSERT_EQ(seen.size(), 2u);
  EXPECT_NEAR(seen[0].gradient, std::sqrt(25 + 16), 1e-5);  // by the first unit's weights: -5 and 4
  EXPECT_NEAR(seen[1].gradient, 1.5, 1e-6);                 // 2 / 2 - 2 * 2.5 / 2
  EXPECT_NEAR(seen[0].norm, std::sqrt(3.25), 1e-6);
  EXPECT_NEAR(seen[0].update.value(), 1 / 1.5, 1e-6);
  EXPECT_EQ(seen[1].update.value(), 0);
  EXPECT_NEAR(seen[0].mean, 1.125, 1e-6);
  EXPECT_NEAR(seen[0].deviation, std::sqrt(1.296875), 1e-6);
  EXPECT_NEAR(seen[1].mean, 4.5, 1e-6);
  EXPECT_NEAR(seen[1].deviation, 0.5, 1e-6);
  EXPECT_EQ(seen[0].dead, 0.5);
  EXPECT_FALSE(seen[0].saturated || seen[1].dead || seen[1].saturated);
  EXPECT_EQ(seen[0].weights.low, -1);
  EXPECT_EQ(seen[0].weights.high, 1);
  EXPECT_EQ(seen[0].weights.counts[0], 1);
  EXPECT_EQ(seen[0].weights.counts[24], 1);
  EXPECT_EQ(seen[0].weights.counts[31], 2);
}

TEST(Probe, DeadUnitsAreSilentOnEverySample) {
  auto net = eight(Relu{});
  EXPECT_EQ(Prober(net.clone(), noise(), MeanSquaredError{}).look()[0].dead, 0) << "half of the samples is not all";
  push_units(net, 3, 1, -100);
  EXPECT_EQ(Prober(net.clone(), noise(), MeanSquaredError{}).look()[0].dead, 3.0 / 8);
  push_units(net, 8, 1, -100);
  const auto seen = Prober(net.clone(), noise(), MeanSquaredError{}).look();
  EXPECT_EQ(seen[0].dead, 1);
  EXPECT_EQ(seen[0].gradient, 0) << "nothing comes through";
}

TEST(Probe, OnlyWhatIsFlatAtOneEndCanDie) {
  for (const Activation& f : {Activation{Elu{}}, Activation{Gelu{}}, Activation{Silu{}}, Activation{Softplus{}}}) {
    auto net = eight(f);
    push_units(net, 2, 1, -100);
    const auto seen = Prober(net.clone(), noise(), MeanSquaredError{}).look();
    EXPECT_EQ(seen[0].dead, 0.25);
    EXPECT_FALSE(seen[0].saturated);
  }
  for (const Activation& f : {Activation{Identity{}}, Activation{LeakyRelu{}}}) {
    auto net = eight(f);
    push_units(net, 2, 1, -100);
    const auto seen = Prober(net.clone(), noise(), MeanSquaredError{}).look();
    EXPECT_FALSE(seen[0].dead || seen[0].saturated);
  }
}

TEST(Probe, SaturatedUnitsAreAtAnEndOnNearlyEverySample) {
  for (const Activation& f : {Activation{Sigmoid{}}, Activation{Tanh{}}}) {
    auto net = eight(f);
    EXPECT_EQ(Prober(net.clone(), noise(), MeanSquaredError{}).look()[0].saturated, 0);
    push_units(net, 4, 1000, 0);  // both ends, by the sample
    const auto seen = Prober(net.clone(), noise(), MeanSquaredError{}).look();
    EXPECT_EQ(seen[0].saturated, 0.5);
    EXPECT_FALSE(seen[0].dead);
  }
}

TEST(Probe, IsAFunctionOfTheWeights) {
  auto net = network(6, {Dropout{0.2}, Dense{8}, BatchNorm{}, Activate{Relu{}}, Dropout{0.3}, Dense{8}, LayerNorm{},
                         Activate{Tanh{}}, Residual{4}, Dense{1}});
  Prober prober(net.clone(), noise(), MeanSquaredError{});
  const auto first = prober.look();
  const auto again = prober.look(net.parameters(), net.running(), {});
  ASSERT_EQ(first.size(), 3u);
  for (std::size_t i = 0; i < first.size(); i++) {
    EXPECT_GT(first[i].gradient, 0);
    EXPECT_EQ(first[i].gradient, again[i].gradient);
    EXPECT_EQ(first[i].mean, again[i].mean) << "running statistics were moved";
    EXPECT_EQ(first[i].deviation, again[i].deviation);
    EXPECT_FALSE(again[i].update);
  }
  EXPECT_TRUE(first[0].dead && first[1].saturated);
}

TEST(Probe, WeightsAllAlikeAreInOneBin) {
  auto net = eight(Relu{});
  net.set_block(0, std::vector<float>(48, 0.5f));
  const auto seen = Prober(net.clone(), noise(), MeanSquaredError{}).look();
  EXPECT_EQ(seen[0].weights.counts[0], 48);
}

}  // namespace
}  // namespace atelier
