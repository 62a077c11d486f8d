// sweep_figures_of_test.cpp: a sweep's records as a table, and its figures by name.
#include <gtest/gtest.h>

#include <algorithm>

#include "experiment/detail/sweep_testing.hpp"
#include "experiment/figures_of.hpp"

namespace atelier {
namespace {

using testing_experiment::value;
using Kind = SweepTable::Parameter::Kind;

class SweepFiguresTest : public testing_experiment::SweepTest {
 protected:
  static WorkspaceView view(Workspace& workspace) { return {workspace.folder(), workspace.store()}; }
};

TEST_F(SweepFiguresTest, TheTableIsWhatTheStoreHas) {
  const SweepOutcome outcome = whole(testing_experiment::kSearch);
  const auto workspace = open("whole");
  const SweepTable table = value(sweep_table_of(workspace->store(), value(workspace->store().sweep("s"))));
  ASSERT_EQ(table.parameters.size(), 4u);
  EXPECT_EQ(table.parameters[0].label, "batch size");
  EXPECT_EQ(table.parameters[0].kind, Kind::integer);
  EXPECT_EQ(table.parameters[1].values, (std::vector<std::string>{"[8]", "[16,8]"}));
  EXPECT_EQ(table.parameters[2].kind, Kind::log);
  EXPECT_EQ(table.parameters[3].kind, Kind::category);
  EXPECT_EQ(table.metric.label, "validation loss");
  EXPECT_FALSE(table.metric.maximize);
  EXPECT_FALSE(table.metric.share);
  EXPECT_EQ(table.metric.samples, 40u) << "a tenth of the 400 pictures";
  EXPECT_EQ(table.others, (std::vector<std::string>{"seconds", "train accuracy", "train loss", "validation accuracy"}));
  EXPECT_TRUE(table.adaptive);
  ASSERT_EQ(table.trials.size(), outcome.trials.size());
  EXPECT_EQ(table.best, outcome.best);
  for (std::size_t i = 0; i < table.trials.size(); i++) {
    const SweepTable::Trial& trial = table.trials[i];
    EXPECT_EQ(trial.run, outcome.trials[i].run);
    EXPECT_EQ(trial.metric, outcome.trials[i].value);
    EXPECT_EQ(trial.reason, outcome.trials[i].reason);
    EXPECT_EQ(to_text(outcome.trials[i].configuration.at("optimizer")),
              value_text(table.parameters[3], trial.values[3].value()));
    EXPECT_EQ(std::get<double>(outcome.trials[i].configuration.at("learning_rate")), trial.values[2]);
    EXPECT_EQ(trial.others.size(), 4u);
  }
  EXPECT_TRUE(std::ranges::any_of(table.trials, &SweepTable::Trial::random));
}

TEST_F(SweepFiguresTest, EveryNameIsAFigure) {
  whole(testing_experiment::kSearch);
  const auto workspace = open("whole");
  for (const std::string_view name : sweep_figure_names()) {
    const auto figure = figure_of_sweep(view(*workspace), "s", name);
    ASSERT_TRUE(figure) << name << ": " << describe(figure.error());
    EXPECT_EQ(figure->figure, name);
    EXPECT_FALSE(figure->title.empty()) << name;
    EXPECT_FALSE(figure->caption.empty()) << name;
  }
  const auto named = figure_of_sweep(view(*workspace), "s", "contour", {.x = "learning_rate", .y = "layers"});
  ASSERT_TRUE(named);
  EXPECT_EQ(named->data["y"]["values"][1], "[16,8]");
  EXPECT_TRUE(figure_of_sweep(view(*workspace), "s", "curves")->words.front().starts_with("Trial "))
      << "which one it is of";
}

TEST_F(SweepFiguresTest, AParameterThatTakesNoPartHasNoValue) {
  whole(R"(
method: grid
metric: {name: val_accuracy, goal: maximize}
parameters:
  epochs: {value: 1}
  momentum: {values: [0.5, 0.9], when: {optimizer: momentum}}
  optimizer: {values: [momentum, adam]}
)");
  const auto workspace = open("whole");
  const SweepTable table = value(sweep_table_of(workspace->store(), value(workspace->store().sweep("s"))));
  ASSERT_EQ(table.trials.size(), 3u);
  EXPECT_FALSE(table.adaptive);
  EXPECT_TRUE(table.metric.share);
  EXPECT_EQ(std::ranges::count_if(table.trials, [](const auto& t) { return t.values[1].has_value(); }), 2);
  EXPECT_TRUE(std::ranges::all_of(table.trials, &SweepTable::Trial::random)) << "a grid goes by nothing that was seen";
  EXPECT_TRUE(figure_of_sweep(view(*workspace), "s", "parallel")->words.back() == "The same in all trials: epochs 1.");
}

TEST_F(SweepFiguresTest, ASweepThatHasNotBegunSaysSo) {
  const auto workspace = open("new");
  begin(*workspace, testing_experiment::kSearch);
  for (const std::string_view name : sweep_figure_names()) {
    const auto figure = figure_of_sweep(view(*workspace), "s", name);
    if (name == "curves" || name == "confusion") {
      ASSERT_FALSE(figure);
      EXPECT_EQ(figure.error().summary, "sweep s has no best trial yet");
    } else {
      ASSERT_TRUE(figure) << name << ": " << describe(figure.error());
      EXPECT_TRUE(figure->title.starts_with("No trial has ")) << name << ": " << figure->title;
    }
  }
}

TEST_F(SweepFiguresTest, WhatIsNotKnownIsNamedWithTheNearest) {
  const auto workspace = open("new");
  begin(*workspace, testing_experiment::kSearch);
  EXPECT_EQ(figure_of_sweep(view(*workspace), "s", "importanse").error().hint, "did you mean 'importance'?");
  EXPECT_FALSE(figure_of_sweep(view(*workspace), "t", "importance"));
}

}  // namespace
}  // namespace atelier
