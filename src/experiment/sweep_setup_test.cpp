// sweep_setup_test.cpp: the course's words, and those of others, become settings; what cannot be is refused by line.
#include "experiment/sweep_setup.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "experiment/settings.hpp"

namespace atelier {
namespace {

Result<SweepSetup> setup_of(const std::string& text, std::map<std::string, std::string> map = {}) {
  auto file = parse_sweep(text, "sweep.yaml");
  if (!file) return pass_on(file);
  return set_up(*std::move(file), {}, std::move(map));
}

std::string refusal(const std::string& text, std::map<std::string, std::string> map = {}) {
  const auto setup = setup_of(text, std::move(map));
  return setup ? "accepted" : describe(setup.error());
}

constexpr const char* kCourse = R"(
method: random
metric: {name: val_acc, goal: maximize}
parameters:
  epochs: {values: [5, 10]}
  hidden_layers: {values: [3, 4, 5]}
  hidden_size: {values: [32, 64, 128]}
  weight_decay: {values: [0, 0.0005, 0.5]}
  learning_rate: {values: [1e-3, 1e-4]}
  optimizer: {values: [sgd, momentum, nag, rmsprop, adam, nadam]}
  batch_size: {values: [16, 32, 64]}
  weight_init: {values: [random, Xavier]}
  activation: {values: [sigmoid, tanh, ReLU]}
)";

TEST(SweepSetup, TheCoursesSpaceIsUnderstoodAsItIs) {
  const auto setup = setup_of(kCourse);
  ASSERT_TRUE(setup) << describe(setup.error());
  EXPECT_EQ(setup->objective.metric, "val_accuracy");
  EXPECT_TRUE(setup->objective.maximize);
  EXPECT_EQ(cardinality(setup->file.space), 11'664u);
  Configuration c;
  for (const Parameter& parameter : setup->file.space.parameters) c[parameter.name] = level(parameter, 1);
  c["optimizer"] = std::string("nag");
  const auto recipe = recipe_of(*setup, c);
  ASSERT_TRUE(recipe) << describe(recipe.error());
  EXPECT_EQ(recipe->layers, (std::vector<int>{64, 64, 64, 64}));
  EXPECT_EQ(recipe->optimizer, "nesterov");
  EXPECT_EQ(recipe->epochs, 10);
  EXPECT_EQ(recipe->weight_decay, 0.0005);
  EXPECT_EQ(recipe->init, "xavier_uniform");
  EXPECT_EQ(recipe->activation, "tanh");
  EXPECT_EQ(trial_name(setup->file.space, c), "ac_tanh_bs_32_ep_10_hl_4_hs_64_lr_0.0001_op_nag_wd_0.0005_wi_Xavier");
}

TEST(SweepSetup, EachParameterHasAWordOfItsOwnInNames) {
  const auto file = parse_sweep(
      "program: x\nmethod: grid\nparameters:\n  opt: {parameters: {name: {values: [a, b]}, nesterov: {values: [true, "
      "false]}}}\n"
      "  option: {values: [1, 2]}\n",
      "sweep.yaml");
  ASSERT_TRUE(file) << describe(file.error());
  EXPECT_EQ(
      trial_name(file->space, {{"opt.name", std::string("a")}, {"opt.nesterov", true}, {"option", std::int64_t{1}}}),
      "on_a_opt_true_op_1");
}

TEST(SweepSetup, SingleLayersHaveWidthsOfTheirOwn) {
  const auto setup = setup_of(R"(
method: tpe
metric: {name: val_loss}
parameters:
  num_layers: {values: [1, 2, 3]}
  width_1: {values: [32, 64]}
  width_2: {values: [16, 48], when: {num_layers: [2, 3]}}
  width_3: {values: [8], when: {num_layers: 3}}
)");
  ASSERT_TRUE(setup) << describe(setup.error());
  const auto layers = [&](const Configuration& c) { return recipe_of(*setup, c)->layers; };
  const auto number = [](std::int64_t n) { return Value(n); };
  EXPECT_EQ(layers({{"num_layers", number(1)}, {"width_1", number(64)}}), (std::vector<int>{64}));
  EXPECT_EQ(layers({{"num_layers", number(2)}, {"width_1", number(64)}, {"width_2", number(16)}}),
            (std::vector<int>{64, 16}));
}

TEST(SweepSetup, NamesCanBeTiedAndListsAreLayers) {
  const auto setup = setup_of(
      "method: grid\nmetric: {name: score, goal: maximize}\n"
      "parameters:\n  net:\n    parameters:\n      shape: {values: [[64, 32], [128]]}\n",
      {{"net.shape", "layers"}, {"score", "best_val_accuracy"}});
  ASSERT_TRUE(setup) << describe(setup.error());
  EXPECT_EQ(setup->objective.metric, "best_val_accuracy");
  EXPECT_EQ(recipe_of(*setup, {{"net.shape", Literal{"[64,32]"}}})->layers, (std::vector<int>{64, 32}));
}

TEST(SweepSetup, WhatMembersOfAGroupMeanIsToldAtOnce) {
  const std::string told =
      refusal("method: grid\nparameters:\n  optimizer: {parameters: {name: {values: [adam]}, lr: {values: [0.1]}}}\n");
  EXPECT_NE(told.find("--map optimizer.lr=learning-rate --map optimizer.name=optimizer"), std::string::npos) << told;
}

TEST(SweepSetup, WhatCannotBeIsRefusedByLineWithTheNearestName) {
  EXPECT_NE(refusal("method: grid\nparameters:\n  learning_rat: {values: [0.1]}\n").find("sweep.yaml:3: "),
            std::string::npos);
  EXPECT_NE(
      refusal("method: grid\nparameters:\n  learning_rat: {values: [0.1]}\n").find("did you mean `learning-rate`"),
      std::string::npos);
  EXPECT_NE(refusal("method: grid\nparameters:\n  optimizer: {values: [adam, adan]}\n").find("adan"),
            std::string::npos);
  EXPECT_NE(refusal("method: random\nparameters:\n  epochs: {distribution: uniform, min: 1, max: 9}\n").find("whole"),
            std::string::npos);
  EXPECT_NE(refusal("method: grid\nmetric: {name: val_acuracy}\nparameters:\n  lr: {values: [0.1]}\n")
                .find("did you mean `val_accuracy`"),
            std::string::npos);
  EXPECT_NE(refusal("method: grid\nparameters:\n  lr: {values: [0.1]}\n  learning_rate: {values: [1]}\n").find("both"),
            std::string::npos);
  EXPECT_NE(refusal("method: grid\nparameters:\n  lr: {values: [0.1]}\n", {{"rate", "lr"}}).find("has no rate"),
            std::string::npos);
  EXPECT_NE(refusal("method: grid\nparameters:\n  width_1: {values: [[1, 2]]}\n").find("one layer"), std::string::npos);
}

TEST(SweepSetup, AnObjectiveIsALossToMinimise) {
  const Objective last{"val_accuracy", true}, best{"best_val_accuracy", true}, loss{"val_loss", false};
  const Metrics first{{"val_accuracy", 0.8}, {"val_loss", 0.5}}, second{{"val_accuracy", 0.7}, {"val_loss", 0.6}};
  EXPECT_EQ(last.loss(second, last.loss(first, {})), -0.7);
  EXPECT_EQ(best.loss(second, best.loss(first, {})), -0.8);
  EXPECT_EQ(best.value(-0.8), 0.8);
  EXPECT_EQ(loss.loss(second, 0.5), 0.6);
  EXPECT_TRUE(std::isnan(loss.loss({}, {})));
}

}  // namespace
}  // namespace atelier
