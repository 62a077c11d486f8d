// sweep_figures_test.cpp: what the figures of a sweep say, and the data that are drawn.
#include "analysis/sweep_figures.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analysis/detail/sweep_testing.hpp"

namespace atelier {
namespace {

using Json = nlohmann::ordered_json;
using testing_sweeps::category;
using testing_sweeps::Kind;
using testing_sweeps::random_sweep;

SweepTable::Parameter number(std::string name, Kind kind = Kind::numeric) {
  return {.name = name, .label = label_of(name), .kind = kind};
}

bool says(const Figure& figure, std::string_view part) {
  return std::ranges::any_of(figure.words, [&](const std::string& s) { return s.find(part) != std::string::npos; });
}

/// Twenty trials, ten of them at random: relu beats tanh, the seed is the same everywhere; two stopped early, one diverged.
SweepTable course() {
  auto table =
      random_sweep({category("activation", {"relu", "tanh"}), number("learning_rate", Kind::log), number("seed")}, 20,
                   [](const auto& v) { return v[0] == 0 ? 0.85 + 0.01 * v[1] : 0.6 + 0.01 * v[1]; });
  table.name = "course";
  table.metric = {
      .name = "val_accuracy", .label = "validation accuracy", .share = true, .samples = 6000, .set = "digits"};
  table.adaptive = true;
  for (auto& trial : table.trials) trial.values[2] = 1, trial.random = trial.number % 2 == 0;
  for (const std::size_t t : {0u, 1u}) {
    table.trials[t].state = RunState::stopped_early;
    table.trials[t].reason = "asha: 20th of 20";
  }
  table.trials[19].state = RunState::diverged;
  table.trials[19].metric = 0.99;
  table.best = 0;
  for (std::size_t t = 0; t < 19; t++)
    if (*table.trials[t].metric > *table.trials[*table.best].metric) table.best = t;
  return table;
}

Figure made(std::string_view name, const SweepTable& table) {
  for (const SweepFigure& one : sweep_figures())
    if (one.name == name) {
      const auto figure = one.make(table, "", "");
      EXPECT_TRUE(figure) << name;
      return figure ? *figure : Figure{};
    }
  ADD_FAILURE() << "no figure " << name;
  return {};
}

TEST(SweepFigures, BestIsToldWithItsDoubtAndItsTrial) {
  const SweepTable table = course();
  const auto& best = table.trials[*table.best];
  const double error = std::sqrt(*best.metric * (1 - *best.metric) / 6000);
  for (const char* name : {"parallel", "created"}) {
    const Figure figure = made(name, table);
    EXPECT_EQ(figure.title,
              fmt::format("best {:.2f} % ± {:.2f} at trial {} of 20", 100 * *best.metric, 100 * error, best.number));
    EXPECT_EQ(figure.caption,
              "validation accuracy on 6,000 samples of digits, sweep course. 20 trials: 2 stopped early, "
              "17 finished, 1 diverged.");
    EXPECT_TRUE(says(figure, "chance has a part in it"));
  }
}

TEST(SweepFigures, ParallelLeavesConstantsToTheWords) {
  const SweepTable table = course();
  const Figure figure = made("parallel", table);
  ASSERT_EQ(figure.data["axes"].size(), 3u);
  EXPECT_EQ(
      figure.data["axes"][0],
      (Json{{"name", "activation"}, {"label", "activation"}, {"scale", "category"}, {"values", {"relu", "tanh"}}}));
  EXPECT_EQ(figure.data["axes"][1], (Json{{"name", "learning_rate"}, {"label", "learning rate"}, {"scale", "log"}}));
  EXPECT_EQ(figure.data["axes"][2]["name"], "val_accuracy");
  EXPECT_EQ(figure.data["goal"], "maximize");
  EXPECT_TRUE(says(figure, "The same in all trials: seed 1."));
  EXPECT_TRUE(says(figure, fmt::format("Trial {} has activation relu, learning rate ", *table.best)));
  ASSERT_EQ(figure.data["lines"].size(), 20u);
  const Json& first = figure.data["lines"][0];
  EXPECT_EQ(first["trial"], (Json{{"number", 0},
                                  {"run", "s-0"},
                                  {"name", "trial 0"},
                                  {"state", "stopped_early"},
                                  {"reason", "asha: 20th of 20"},
                                  {"random", true}}));
  EXPECT_EQ(first["values"][2], *table.trials[0].metric);
  EXPECT_TRUE(figure.data["lines"][19]["values"][2].is_null()) << "what diverged has no result";
}

TEST(SweepFigures, CreatedKeepsStoppedTrialsWithTheirReason) {
  auto table = course();
  table.trials[18].state = RunState::queued;
  table.trials[18].epochs = 0;
  const Figure figure = made("created", table);
  ASSERT_EQ(figure.data["trials"].size(), 19u) << "a trial that waits is not there yet";
  EXPECT_EQ(figure.data["trials"][1]["trial"]["reason"], "asha: 20th of 20");
  EXPECT_EQ(figure.data["trials"][1]["value"], *table.trials[1].metric);
  EXPECT_EQ(figure.data["trials"][1]["seconds"], 2.0);
  EXPECT_TRUE(says(figure, fmt::format("{} trials after it brought nothing better.", 19 - *table.best)));
}

TEST(SweepFigures, SlicesSayWhatTheBestHaveInCommon) {
  const auto table = random_sweep({category("act", {"relu", "tanh", "elu"}), number("x")}, 60,
                                  [](const auto& v) { return (v[0] == 1) + 0.1 * v[1]; });
  const Figure figure = made("slices", table);
  EXPECT_TRUE(figure.title.starts_with("10 of the best 10 trials have act tanh; ")) << figure.title;
  ASSERT_EQ(figure.data["parameters"].size(), 2u);
  EXPECT_EQ(figure.data["parameters"][0]["points"][0]["x"].is_string(), true);
  EXPECT_EQ(figure.data["parameters"][1]["points"].size(), 60u);
  const auto peak = random_sweep({number("x"), number("y")}, 60, [](const auto& v) { return -std::abs(v[0] - 0.5); });
  EXPECT_TRUE(made("slices", peak).title.starts_with("the best 10 trials have x from 0.4"))
      << made("slices", peak).title;
}

TEST(SweepFigures, SlicesFindNothingInNoise) {
  int claims = 0;
  for (std::uint64_t world = 1; world <= 60; world++) {
    const auto table = random_sweep(
        {category("act", {"relu", "tanh", "elu"}), number("x"), number("y")}, 40, [](const auto&) { return 0.0; }, 1,
        world);
    claims += !made("slices", table).title.ends_with("than chance brings");
  }
  EXPECT_LE(claims, 7) << "of 60, at 5 %";
}

TEST(SweepFigures, DistributionSetsRandomTrialsApart) {
  SweepTable table = course();
  const Figure figure = made("distribution", table);
  ASSERT_EQ(figure.data["groups"].size(), 2u);
  EXPECT_EQ(figure.data["groups"][0]["name"], "proposed by the sampler (9)");
  EXPECT_EQ(figure.data["groups"][1]["values"].size(), 10u);
  EXPECT_TRUE(
      says(figure, "2 trials not trained to the end count by their last value; 1 trial without a value is left out."));
  for (auto& trial : table.trials) trial.random = false;
  table.trials.resize(10);
  for (std::size_t t = 0; t < 10; t++) table.trials[t].metric = 0.1 * static_cast<double>(t);
  EXPECT_EQ(made("distribution", table).title, "half of the trials reach 50.00 %, a tenth 90.00 %");
  table.metric.maximize = false;
  EXPECT_EQ(made("distribution", table).title, "half of the trials reach 40.00 %, a tenth 0.00 %");
}

TEST(SweepFigures, ImportanceSaysHowMuchIsExplained) {
  auto table = random_sweep(
      {number("a"), number("b"), number("dead"), number("fixed")}, 200, [](const auto& v) { return 3 * v[0] + v[1]; },
      0.1);
  for (auto& trial : table.trials) trial.values[3] = 7;
  const Figure figure = made("importance", table);
  EXPECT_TRUE(figure.title.starts_with("a explains ") && figure.title.ends_with(" % of what the forest explains"))
      << figure.title;
  EXPECT_TRUE(says(figure, "% of the variance of trials that it has not seen."));
  EXPECT_TRUE(says(figure, "Within noise: dead."));
  EXPECT_TRUE(says(figure, "The same in all trials: fixed 7."));
  EXPECT_FALSE(says(figure, "does not prove")) << "its trials were drawn at random";
  ASSERT_EQ(figure.data["parameters"].size(), 3u);
  EXPECT_EQ(figure.data["parameters"][0]["name"], "a");
  EXPECT_GT(figure.data["parameters"][0]["correlation"], 0.8);
  table.adaptive = true;
  EXPECT_TRUE(says(made("importance", table),
                   "(0 of 200 trials were drawn at random): this ranks what was tried, it does not prove."));
}

TEST(SweepFigures, ImportanceDoesNotChooseBetweenEquals) {
  const auto table = random_sweep({number("a"), number("b")}, 60, [](const auto& v) { return v[0] + v[1]; }, 0.1);
  EXPECT_TRUE(made("importance", table).title.find(" matters most: ") != std::string::npos)
      << made("importance", table).title;
}

TEST(SweepFigures, ImportanceOfNoiseIsNone) {
  int silent = 0;
  for (std::uint64_t world = 1; world <= 10; world++) {
    const auto table = random_sweep({number("a"), number("b")}, 60, [](const auto&) { return 0.0; }, 1, world);
    const Figure figure = made("importance", table);
    EXPECT_EQ(figure.title.find(" of what the forest explains"), std::string::npos) << figure.title;
    const bool none = figure.title == "nothing that was varied explains score";
    silent += none;
    EXPECT_EQ(figure.data["parameters"][0]["importance"].is_null(), none);
  }
  EXPECT_GE(silent, 6);
}

TEST(SweepFigures, CorrelationNamesTheStrongestBeyondChance) {
  auto table = random_sweep(
      {category("act", {"relu", "tanh"}), number("x")}, 60, [](const auto& v) { return -(v[0] == 1); }, 0.3);
  const Figure figure = made("correlation", table);
  EXPECT_TRUE(figure.title.starts_with("act = relu goes with higher score: r = 0.8")) << figure.title;
  EXPECT_EQ(figure.data["names"], Json::array({"act = relu", "act = tanh", "x", "score"}));
  EXPECT_EQ(figure.data["parameters"], 3);
  EXPECT_EQ(figure.data["values"][1][1], 1.0);
  const auto noise = random_sweep({number("x"), number("y")}, 60, [](const auto&) { return 0.0; }, 1);
  EXPECT_TRUE(
      made("correlation", noise).title.starts_with("no correlation with score is beyond chance; the strongest is "));
  for (auto& trial : table.trials) trial.metric = 1;
  EXPECT_TRUE(made("correlation", table).data["values"][0][3].is_null());
}

TEST(SweepFigures, ContourIsOfTheMostImportantTwo) {
  const auto table = random_sweep(
      {number("dead"), number("lr", Kind::log), category("act", {"relu", "tanh"})}, 120,
      [](const auto& v) { return std::log10(v[1]) + 3 * (v[2] == 1); }, 0.05);
  const Figure figure = made("contour", table);
  EXPECT_EQ(figure.data["x"]["name"], "act");
  EXPECT_EQ(figure.data["y"]["name"], "lr");
  EXPECT_TRUE(figure.title.starts_with("best on average at act tanh and lr about 0.")) << figure.title;
  EXPECT_EQ(figure.data["points"].size(), 120u);
  const Json& cells = figure.data["cells"];
  EXPECT_EQ(cells["x"], Json::array({"relu", "tanh"}));
  EXPECT_EQ(cells["y"].size(), 6u);
  EXPECT_NEAR(cells["y"][1].get<double>() / cells["y"][0].get<double>(), std::pow(10, 4 / 6.0), 0.3)
      << "even in logarithms";
  EXPECT_EQ(cells["means"].size(), 12u);
  EXPECT_NEAR(cells["means"][0][2], -3.67, 0.2);
}

TEST(SweepFigures, ContourTakesNamedParameters) {
  auto table = random_sweep({number("a"), number("b"), number("batch_size"), number("fixed")}, 30,
                            [](const auto& v) { return v[0]; });
  for (auto& trial : table.trials) trial.values[3] = 1, trial.values[2] = std::floor(*trial.values[2] * 3);
  const auto figure = contour_figure(table, "b", "batch_size");
  ASSERT_TRUE(figure);
  EXPECT_EQ(figure->data["x"]["name"], "b");
  EXPECT_EQ(figure->data["cells"]["y"], Json::array({0.0, 1.0, 2.0})) << "few numbers, one by one";
  EXPECT_EQ(contour_figure(table, "b")->data["y"]["name"], "a") << "beside the most important other one";
  EXPECT_EQ(contour_figure(table, "batchsize").error().hint, "did you mean 'batch_size'?");
  EXPECT_EQ(contour_figure(table, "fixed").error().summary, "fixed is the same in all trials");
  EXPECT_FALSE(contour_figure(table, "a", "a"));
}

TEST(SweepFigures, WithoutAnyValueSayItInTheTitle) {
  auto table = course();
  for (auto& trial : table.trials) trial.state = RunState::failed;
  table.best.reset();
  for (const SweepFigure& one : sweep_figures())
    EXPECT_EQ(made(one.name, table).title, "no trial has a value yet") << one.name;
  EXPECT_TRUE(made("slices", table).data["parameters"].empty());
  EXPECT_TRUE(made("contour", table).data["cells"]["means"].empty());
  table.trials.clear();
  for (const SweepFigure& one : sweep_figures()) EXPECT_FALSE(made(one.name, table).title.empty()) << one.name;
}

TEST(SweepFigures, OfOneTrialAndOfNoParameters) {
  auto one = course();
  one.trials.resize(1);
  one.best = 0;
  auto bare = random_sweep({}, 15, [](const auto&) { return 1.0; });
  for (const SweepFigure& figure : sweep_figures()) {
    EXPECT_FALSE(made(figure.name, one).title.empty());
    EXPECT_FALSE(made(figure.name, bare).title.empty());
  }
  EXPECT_EQ(made("contour", bare).title, "fewer than two parameters vary");
  EXPECT_EQ(made("importance", bare).title, "no parameter varies");
}

TEST(SweepFigures, NumbersAreAsShortAsTheyMayBe) {
  EXPECT_EQ(value_text(number("x"), 0.0005), "0.0005");
  EXPECT_EQ(value_text(number("x"), 0.123456789), "0.123");
  EXPECT_EQ(value_text(number("x", Kind::integer), 1234567), "1234567");
  EXPECT_EQ(label_of("best_val_loss"), "best validation loss");
  EXPECT_EQ(label_of("my_interval_size"), "my interval size");
}

}  // namespace
}  // namespace atelier
