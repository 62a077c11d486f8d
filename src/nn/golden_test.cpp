// golden_test.cpp: outputs, losses and gradients in double are PyTorch's (tests/golden/README.md).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "nn/batch_pass.hpp"
#include "nn/catalog.hpp"

namespace atelier {
namespace {

using Json = nlohmann::json;
using Rows = std::vector<std::vector<double>>;
constexpr double kTolerance = 1e-10;  // relative; below kSmall relative to that
constexpr double kSmall = 1e-3;       // PyTorch's own gradients of a bias in front of a BatchNorm are 1e-17, not 0

const Json& golden() {
  static const Json loaded = [] {
    std::ifstream file(ATELIER_SOURCE_DIR "/tests/golden/networks.json");
    return Json::parse(file);
  }();
  return loaded;
}

void expect_near(double ours, double theirs, const std::string& what) {
  EXPECT_NEAR(ours, theirs, kTolerance * (std::abs(theirs) + kSmall)) << what;
}

Loss loss_called(const std::string& name) {
  if (name == "cross_entropy") return CrossEntropy{};
  if (name == "cross_entropy_smoothed") return CrossEntropy{.smoothing = golden()["label_smoothing"].get<double>()};
  if (name == "squared_error_of_softmax") return SquaredError{};
  if (name == "squared_error_of_outputs") return SquaredErrorRaw{};
  if (name == "regression") return MeanSquaredError{};
  throw std::invalid_argument("no loss " + name);
}

/// Dense, norm, activation a hidden block; a residual connection around blocks of equal width.
Architecture architecture_of(const std::vector<std::size_t>& sizes, const Activation& function, const std::string& norm,
                             bool residual) {
  Architecture made{.inputs = sizes[0], .layers = {}};
  for (std::size_t k = 1; k + 1 < sizes.size(); k++) {
    made.layers.push_back(Dense{.width = sizes[k]});
    if (norm == "batch") made.layers.push_back(BatchNorm{});
    if (norm == "layer") made.layers.push_back(LayerNorm{});
    made.layers.push_back(Activate{function});
    const std::size_t span = norm == "none" ? 2 : 3;
    if (residual && sizes[k] == sizes[k - 1]) made.layers.push_back(Residual{.span = span});
  }
  made.layers.push_back(Dense{.width = sizes.back()});
  return made;
}

/// A network with the parameters of the file, and the file's name for each of its blocks: "1.weight".
struct Loaded {
  Network<double> network;
  std::vector<std::string> names;
};

std::vector<std::string> names_of(const Network<double>& network) {
  std::vector<std::string> names;
  for (const Block& block : network.blocks()) {
    int dense = -1;
    for (std::size_t l = 0; l <= block.layer; l++)
      dense += std::holds_alternative<Dense>(network.architecture().layers[l]) ? 1 : 0;
    names.push_back(std::to_string(dense) + "." + std::string(block.spec.name));
  }
  return names;
}

/// The file keeps matrices as [outputs, inputs].
std::vector<double> values_of(const Json& stored, const Block& block) {
  if (!block.spec.matrix) return stored.get<std::vector<double>>();
  const Rows rows = stored.get<Rows>();
  std::vector<double> values(block.spec.rows * block.spec.cols);
  for (std::size_t i = 0; i < block.spec.rows; i++)
    for (std::size_t j = 0; j < block.spec.cols; j++) values[i * block.spec.cols + j] = rows.at(j).at(i);
  return values;
}

Loaded load(const Architecture& architecture, const Json& parameters) {
  Loaded loaded{Network<double>::build(architecture, initialiser("zeros").value(), 1).value(), {}};
  loaded.names = names_of(loaded.network);
  EXPECT_EQ(loaded.names.size(), parameters.size());
  for (std::size_t b = 0; b < loaded.names.size(); b++)
    loaded.network.set_block(b, values_of(parameters.at(loaded.names[b]), loaded.network.blocks()[b]));
  return loaded;
}

/// A batch of the file; labels, or targets for a regression.
struct Batch {
  explicit Batch(const Json& stored, bool with_targets = false)
      : inputs(stored["inputs"].get<Rows>()),
        labels(stored["labels"].get<std::vector<int>>()),
        regression(with_targets) {
    if (regression) targets = stored["targets"].get<Rows>();
  }
  Rows inputs, targets;
  std::vector<int> labels;
  bool regression;

  Target<double> operator()(std::size_t i, std::span<double> x) const {
    std::copy(inputs[i].begin(), inputs[i].end(), x.begin());
    if (regression) return {.values = targets[i].data()};
    return {.label = labels[i]};
  }
};

void expect_outputs(const View<const double>& ours, const Json& stored) {
  const Rows theirs = stored.get<Rows>();
  ASSERT_EQ(ours.rows, theirs.size());
  for (std::size_t i = 0; i < ours.rows; i++)
    for (std::size_t j = 0; j < ours.cols; j++) expect_near(ours[i, j], theirs[i].at(j), "output");
}

void expect_gradients(const BatchPass<double>& pass, const Loaded& loaded, const Json& stored) {
  std::size_t compared = 0;
  for (const Tile& tile : loaded.network.tiles()) {
    const Block& block = loaded.network.blocks()[tile.block];
    const std::vector<double> theirs = values_of(stored.at(loaded.names[tile.block]), block);
    std::vector<double> ours(tile.count);
    pass.tile_gradient(loaded.network, tile, ours.data());
    for (std::size_t i = 0; i < tile.rows; i++)
      for (std::size_t j = 0; j < tile.width && tile.column + j < block.spec.cols; j++, compared++)
        expect_near(ours[i * tile.width + j], theirs.at((tile.row + i) * block.spec.cols + tile.column + j),
                    loaded.names[tile.block]);
  }
  EXPECT_EQ(compared, loaded.network.parameter_count());
}

/// One pass in training mode against a stored case.
void expect_case(BatchPass<double>& pass, ThreadPool& pool, Loaded& loaded, const Batch& batch, const Json& stored) {
  const Loss loss = loss_called(stored["loss"].get<std::string>());
  const BatchScore score = pass.train(pool, loaded.network, loss, batch.inputs.size(), batch, 1, 1);
  expect_near(score.loss, stored["value"].get<double>(), "loss");
  expect_outputs(pass.outputs(), stored["output"]);
  expect_gradients(pass, loaded, stored["gradients"]);
}

TEST(Golden, EveryActivationWithEveryLoss) {
  ThreadPool pool(1);
  for (const Json& stored : golden()["plain"]) {
    const std::string name = stored["activation"].get<std::string>();
    SCOPED_TRACE(name + ", " + stored["loss"].get<std::string>());
    const auto sizes = golden()["sizes"].get<std::vector<std::size_t>>();
    Loaded loaded = load(architecture_of(sizes, activation(name).value(), "none", false), golden()["parameters"]);
    const Batch batch(golden(), stored["loss"] == "regression");
    BatchPass<double> pass(loaded.network, batch.inputs.size(), BatchPass<double>::For::training);
    expect_case(pass, pool, loaded, batch, stored);
  }
}

TEST(Golden, EveryActivationAndLossOfTheCatalogIsHeld) {
  std::set<std::string_view> functions, held;
  for (const Json& stored : golden()["plain"]) {
    functions.insert(stored["activation"].get_ref<const std::string&>());
    held.insert(name_of(loss_called(stored["loss"].get<std::string>())));
  }
  for (const Activation& function : activations())
    EXPECT_TRUE(functions.contains(name_of(function))) << name_of(function);
  for (const Loss& loss : losses()) EXPECT_TRUE(held.contains(name_of(loss))) << name_of(loss);
}

/// Running statistics after the stored passes, and the evaluation that uses them.
void expect_running(BatchPass<double>& pass, ThreadPool& pool, Loaded& loaded, const Batch& batch, const Json& stored) {
  pass.train(pool, loaded.network, CrossEntropy{}, golden()["long"]["batches"][1].get<std::size_t>(), batch, 1, 2);
  const auto mean = stored["running_mean"].get<Rows>(), variance = stored["running_variance"].get<Rows>();
  std::size_t norm = 0;
  for (std::size_t l = 0; l < loaded.network.placements().size(); l++) {
    if (!std::holds_alternative<BatchNorm>(loaded.network.architecture().layers[l])) continue;
    const Placement& place = loaded.network.placements()[l];
    const double* running = loaded.network.running().data() + place.running;
    for (std::size_t j = 0; j < place.inputs; j++) {
      expect_near(running[j], mean.at(norm).at(j), "running mean");
      expect_near(running[round_up(place.inputs, kLanes) + j], variance.at(norm).at(j), "running variance");
    }
    norm++;
  }
  EXPECT_EQ(norm, mean.size());
  BatchPass<double> evaluation(loaded.network, batch.inputs.size(), BatchPass<double>::For::evaluation);
  const BatchScore score = evaluation.evaluate(pool, loaded.network, CrossEntropy{}, batch.inputs.size(), batch);
  expect_near(score.loss, stored["evaluated_value"].get<double>(), "loss in evaluation");
  evaluation.predict(pool, loaded.network, batch.inputs.size(), batch);
  expect_outputs(evaluation.outputs(), stored["evaluated_output"]);
}

TEST(Golden, NormsAndResidualConnections) {
  ThreadPool pool(2);
  const Batch batch(golden()["long"]);
  for (const Json& stored : golden()["normed"]) {
    const std::string norm = stored["norm"].get<std::string>();
    const bool residual = stored["residual"].get<bool>();
    SCOPED_TRACE(norm + (residual ? ", residual" : ""));
    const auto sizes = stored["sizes"].get<std::vector<std::size_t>>();
    Loaded loaded = load(architecture_of(sizes, Tanh{}, norm, residual), stored["parameters"]);
    BatchPass<double> pass(loaded.network, batch.inputs.size(), BatchPass<double>::For::training);
    expect_case(pass, pool, loaded, batch, stored);
    if (norm == "batch") expect_running(pass, pool, loaded, batch, stored);
  }
}

}  // namespace
}  // namespace atelier
