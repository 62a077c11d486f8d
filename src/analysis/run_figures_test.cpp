// run_figures_test.cpp: figures of records made by hand.
#include "analysis/run_figures.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "analysis/first_layer.hpp"

namespace atelier {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

RunRecord three_epochs() {
  RunRecord run{.id = "r7k2"};
  const double train[] = {0.8, 0.9, 0.95}, validation[] = {0.82, 0.88, 0.87}, loss[] = {0.5, 0.3, 0.4};
  for (int e = 0; e < 3; e++)
    run.history.push_back({e + 1,
                           {{"train_accuracy", train[e]},
                            {"val_accuracy", validation[e]},
                            {"train_loss", loss[e]},
                            {"val_loss", loss[e]},
                            {"train_seconds", 1}}});
  run.validation_samples = 6000;
  return run;
}

TEST(Curves, MarkTheBestEpoch) {
  const Figure figure = curves_figure(three_epochs());
  EXPECT_EQ(figure.title, "Best validation accuracy 88.00 % ± 0.42 at epoch 2 of 3");
  EXPECT_EQ(figure.data["marks"][0]["x"], 2);
  ASSERT_EQ(figure.data["panels"].size(), 2u) << "speed is no curve of learning";
  EXPECT_EQ(figure.data["panels"][0]["y"]["name"], "loss");
  const auto& lines = figure.data["panels"][1]["lines"];
  EXPECT_EQ(lines[0]["role"], "train");
  EXPECT_EQ(lines[0]["run"], "r7k2");
  EXPECT_EQ(lines[1]["points"][1], nlohmann::ordered_json::parse("[2, 0.88]"));
  ASSERT_EQ(figure.words.size(), 2u);
  EXPECT_EQ(figure.words[0], "At epoch 2 training accuracy is 90.00 %, 2.0 points above validation.");
  EXPECT_EQ(figure.words[1], "The validation loss was lowest at epoch 2 (0.300) and is 0.400 after the last.");
}

TEST(Curves, ADivergedEpochIsAGap) {
  RunRecord run = three_epochs();
  run.history[2].metrics["val_loss"] = kNan;
  const Figure figure = curves_figure(run);
  EXPECT_TRUE(figure.data["panels"][0]["lines"][1]["points"][2][1].is_null());
}

TEST(Curves, StepsAreBucketsWithTheirRange) {
  RunRecord run = three_epochs();
  run.steps_per_epoch = 400;
  Series steps{.names = {"train_loss", "learning_rate"}};
  for (int i = 1; i <= 1200; i++) {
    steps.at.push_back(i);
    steps.values.insert(steps.values.end(), {i % 3 == 0 ? 2.0 : 0.5, 0.1});
  }
  run.steps = {steps};
  const Figure figure = curves_figure(run);
  const auto& line = figure.data["panels"][0]["lines"][2];
  ASSERT_EQ(line["points"].size(), 400u);
  EXPECT_DOUBLE_EQ(line["points"][399][0].get<double>(), 3);
  EXPECT_DOUBLE_EQ(line["points"][0][1].get<double>(), 1);
  EXPECT_EQ(line["band"][0], nlohmann::ordered_json::parse("[0.0075, 0.5, 2.0]"));
}

TEST(Curves, OtherProgramsMeasureOtherThings) {
  RunRecord run{.id = "p"};
  run.history = {{1, {{"score", 3}, {"val_bleu", 0.2}}}};
  const Figure figure = curves_figure(run);
  EXPECT_EQ(figure.title, "1 epoch");
  ASSERT_EQ(figure.data["panels"].size(), 2u);
  EXPECT_EQ(figure.data["panels"][1]["lines"][0]["name"], "score");
}

TEST(Curves, NothingYet) {
  const Figure figure = curves_figure({.id = "r"});
  EXPECT_EQ(figure.title, "No epoch is finished yet");
  EXPECT_TRUE(figure.data["panels"].empty());
}

/// Two layers, looked at before the first epoch and after it.
RunRecord looked_at() {
  RunRecord run{.id = "r", .layer_names = {"layer 1 (8 relu)", "output layer"}};
  const std::vector<std::string> names{"1.gradient", "1.update", "1.dead", "2.gradient", "2.update"};
  run.layers = {{"layers", names, {0}, {0.5, kNan, 0.0, 1.0, kNan}},
                {"layers", names, {1}, {0.2, 0.002, 0.25, 0.8, 0.001}}};
  const std::vector<std::string> bins{"1.low", "1.high", "1.0", "1.1", "2.low", "2.high", "2.0", "2.1"};
  run.weights = {{"weights", bins, {0}, {-1, 1, 3, 4, -0.5, 0.5, 1, 2}},
                 {"weights", bins, {1}, {-2, 1, 3, 4, -0.5, 0.5, 2, 1}}};
  return run;
}

TEST(LayerFigures, SayWhatTheProbesSaw) {
  const RunRecord run = looked_at();
  EXPECT_EQ(gradients_figure(run).title, "The first layer's gradient is 0.250 × the last one's");
  const Figure updates = updates_figure(run);
  EXPECT_EQ(updates.title,
            "A step moves the weights by 0.001 (output layer) to 0.002 (layer 1 (8 relu)) of their norm");
  EXPECT_TRUE(updates.data["panels"][0]["lines"][0]["points"][0][1].is_null()) << "no step before the first epoch";
  const Figure units = units_figure(run);
  EXPECT_EQ(units.title, "25.0 % of layer 1 (8 relu) are dead");
  ASSERT_EQ(units.data["panels"].size(), 1u);
  EXPECT_EQ(units.data["panels"][0]["lines"].size(), 1u) << "an output layer cannot die";
}

TEST(LayerFigures, WeightsAreHistograms) {
  const Figure figure = weights_figure(looked_at());
  EXPECT_EQ(figure.title, "The largest weight is ±2.000, in layer 1 (8 relu)");
  ASSERT_EQ(figure.data["panels"].size(), 2u);
  EXPECT_EQ(figure.data["panels"][1]["histograms"][1],
            nlohmann::ordered_json::parse(R"({"epoch":1,"low":-0.5,"high":0.5,"counts":[2,1]})"));
}

TEST(LayerFigures, AnOldRunHasNone) {
  for (const auto& make : {gradients_figure, updates_figure, units_figure, weights_figure}) {
    const Figure figure = make({.id = "old"});
    EXPECT_EQ(figure.title, "The layers of this run were not looked at") << figure.figure;
    EXPECT_TRUE(figure.data["panels"].empty());
  }
}

TEST(Machine, CoresAndMemory) {
  RunRecord run{.id = "r"};
  const std::vector<std::string> names{"cpu_seconds", "resident_bytes"};
  run.machine = {{"machine", names, {1000}, {1, 50e6}},
                 {"machine", names, {2000}, {3, 80e6}},
                 {"machine", names, {3000}, {0.5, 60e6}},  // another attempt
                 {"machine", names, {4000}, {2.5, 60e6}}};
  const Figure figure = machine_figure(run);
  EXPECT_EQ(figure.title, "2.0 cores in use, at most 80 MB of memory");
  EXPECT_EQ(figure.data["panels"][0]["lines"][0]["points"].size(), 2u);
  EXPECT_EQ(machine_figure({}).title, "Nothing is known of the machine");
}

TEST(FirstLayer, TheStrongestUnitComesFirst) {
  // Two inputs, three units: columns (1, 0), (-3, 4), (0, 0.5).
  const std::vector<float> weights{1, -3, 0, 0, 4, 0.5};
  const Figure figure = first_layer_figure(weights, 3, {1, 2, 1}, "run r", 2);
  EXPECT_EQ(figure.title, "What 3 units of the first layer look for; their norms go from 0.500 to 5.000");
  ASSERT_EQ(figure.data["tiles"].size(), 2u);
  EXPECT_EQ(figure.data["tiles"][0]["title"], "unit 2");
  EXPECT_EQ(figure.data["tiles"][0]["detail"], "norm 5.000");
  EXPECT_EQ(figure.data["tiles"][1]["title"], "unit 1");
}

}  // namespace
}  // namespace atelier
