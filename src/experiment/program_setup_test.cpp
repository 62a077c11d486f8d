// program_setup_test.cpp: what a sweep file says to a program, and what a program cannot do.
#include <gtest/gtest.h>

#include <algorithm>

#include "experiment/program.hpp"
#include "experiment/sweep_setup.hpp"

namespace atelier {
namespace {

constexpr const char* kFile = R"(
program: train.py
method: random
metric: {name: val_acc, goal: maximize}
parameters:
  rounds: {values: [3, 5]}
  anything_at_all: {min: 0.0, max: 1.0}
)";

Result<SweepSetup> setup_of(const std::string& text, std::map<std::string, std::string> map = {}) {
  auto file = parse_sweep(text, "sweep.yaml");
  if (!file) return pass_on(file);
  EXPECT_TRUE(names_program(*file));
  return set_up_program(*std::move(file), "/here", std::move(map));
}

TEST(ProgramSetup, AnyParameterIsTheProgramsOwnAffair) {
  const auto setup = setup_of(kFile);
  ASSERT_TRUE(setup) << describe(setup.error());
  EXPECT_EQ(setup->program->folder, "/here");
  EXPECT_EQ(setup->objective.metric, "val_acc");
  EXPECT_TRUE(setup->objective.maximize);
  EXPECT_TRUE(setup->notes.empty());
  EXPECT_TRUE(needs_async(*setup));
  EXPECT_EQ(program_effort(*setup, {})->epochs, kOpenEnd);
  EXPECT_FALSE(recipe_of(*setup, {{"rounds", std::int64_t{3}}}));
}

TEST(ProgramSetup, TheMetricHasItsUsualOtherNames) {
  const auto names = setup_of(kFile)->program->metric_names;
  EXPECT_EQ(names.front(), "val_accuracy");
  EXPECT_NE(std::ranges::find(names, "validation_accuracy"), names.end());
  for (const char* not_ours : {"val_acc", "accuracy", "acc", "val_loss"})
    EXPECT_EQ(std::ranges::find(names, not_ours), names.end()) << not_ours;
  EXPECT_TRUE(metric_aliases("reward").empty());
  EXPECT_EQ(setup_of(kFile, {{"val_acc", "score"}})->program->metric_names.front(), "score");
}

TEST(ProgramSetup, DeclaredEpochsMakeItRepeatable) {
  const auto setup = setup_of(kFile, {{"rounds", "epochs"}});
  ASSERT_TRUE(setup) << describe(setup.error());
  EXPECT_FALSE(needs_async(*setup));
  EXPECT_EQ(program_effort(*setup, {{"rounds", std::int64_t{5}}})->epochs, 5);
  for (const Configuration& bad :
       {Configuration{}, Configuration{{"rounds", 2.5}}, Configuration{{"rounds", std::int64_t{0}}}})
    EXPECT_FALSE(program_effort(*setup, bad));
  const auto stopped =
      setup_of(std::string(kFile) + "early_terminate: {type: hyperband, min_iter: 2}\n", {{"rounds", "epochs"}});
  ASSERT_TRUE(stopped);
  EXPECT_TRUE(needs_async(*stopped));
}

TEST(ProgramSetup, WhatAProgramCannotDoIsRefused) {
  const auto paused = setup_of(std::string(kFile) + "early_terminate: {type: asha}\n");
  ASSERT_FALSE(paused);
  EXPECT_NE(describe(paused.error()).find("hyperband"), std::string::npos);
  const auto mapped = setup_of(kFile, {{"anything_at_all", "learning-rate"}});
  ASSERT_FALSE(mapped);
  EXPECT_NE(mapped.error().summary.find("means nothing to a program"), std::string::npos);
}

TEST(Objective, AMetricsOwnNameComesFirst) {
  const Objective best{"best_val_loss", false};
  EXPECT_EQ(best.loss({{"val_loss", 3}}, 2.0), 2);
  EXPECT_EQ(best.loss({{"val_loss", 3}, {"best_val_loss", 1}}, 2.0), 1);
}

}  // namespace
}  // namespace atelier
