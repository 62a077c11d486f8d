// golden_test.cpp: a network and an update rule together follow PyTorch's curve of losses (tests/golden/README.md).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "nn/batch_pass.hpp"
#include "nn/catalog.hpp"
#include "optim/catalog.hpp"
#include "train/trainer.hpp"

namespace atelier {
namespace {

using Json = nlohmann::json;

const Json& curve() {
  static const Json loaded = [] {
    std::ifstream file(ATELIER_SOURCE_DIR "/tests/golden/networks.json");
    return Json::parse(file)["curve"];
  }();
  return loaded;
}

/// The stored start: two dense layers, whose weights the file keeps as [outputs, inputs].
template <class Real>
Network<Real> start() {
  const auto sizes = curve()["sizes"].get<std::vector<std::size_t>>();
  Architecture made{.inputs = sizes[0], .layers = {}};
  made.layers.push_back(Dense{.width = sizes[1]});
  made.layers.push_back(Activate{activation(curve()["activation"].get<std::string>()).value()});
  made.layers.push_back(Dense{.width = sizes[2]});
  Network<Real> network = Network<Real>::build(made, initialiser("zeros").value(), 1).value();
  for (std::size_t b = 0; b < network.blocks().size(); b++) {
    const Block& block = network.blocks()[b];
    const std::string layer = std::to_string(b / 2);
    if (!block.spec.matrix) {
      network.set_block(b, curve()["parameters"][layer + ".bias"].get<std::vector<Real>>());
      continue;
    }
    const auto rows = curve()["parameters"][layer + ".weight"].get<std::vector<std::vector<Real>>>();
    std::vector<Real> values(block.spec.rows * block.spec.cols);
    for (std::size_t i = 0; i < block.spec.rows; i++)
      for (std::size_t j = 0; j < block.spec.cols; j++) values[i * block.spec.cols + j] = rows.at(j).at(i);
    network.set_block(b, values);
  }
  return network;
}

/// The loss before each step, over the stored batches in turn.
template <class Real>
std::vector<double> train(std::size_t steps) {
  const auto inputs = curve()["inputs"].get<std::vector<std::vector<Real>>>();
  const auto labels = curve()["labels"].get<std::vector<int>>();
  const auto batch = curve()["batch_size"].get<std::size_t>();
  const AnyRule rule = update_rule(curve()["optimizer"].get<std::string>()).value();
  Network<Real> network = start<Real>();
  const std::size_t size = network.parameters().size();
  std::vector<Real> state(size * static_cast<std::size_t>(rule.slots())), gradient(size);
  std::vector<double> memory(static_cast<std::size_t>(rule.scalars())), losses;
  BatchPass<Real> pass(network, batch, BatchPass<Real>::For::training);
  ThreadPool pool(1);
  for (std::size_t step = 0; step < steps; step++) {
    const std::size_t first = step * batch % inputs.size();
    const auto row = [&](std::size_t i, std::span<Real> x) {
      std::copy(inputs[first + i].begin(), inputs[first + i].end(), x.begin());
      return Target<Real>{.label = labels[first + i]};
    };
    const auto number = static_cast<std::int64_t>(step + 1);
    losses.push_back(pass.train(pool, network, CrossEntropy{}, batch, row, 1, number).loss);
    const AnyTick tick = rule.begin_step({.step = number, .loss = losses.back()}, memory.data());
    for (const Tile& tile : network.tiles()) {
      pass.tile_gradient(network, tile, gradient.data());
      EXPECT_FALSE(rule.sweep(tick, UpdateSpan<Real>{.weight = network.parameters().data() + tile.offset,
                                                     .gradient = gradient.data(),
                                                     .state = state.data() + tile.offset,
                                                     .state_stride = size,
                                                     .count = tile.count,
                                                     .learning_rate = curve()["learning_rate"].get<Real>()}));
      network.refresh(tile);
    }
  }
  return losses;
}

template <class Real>
void compare(const std::string& precision, double tolerance) {
  const auto theirs = curve()[precision].get<std::vector<double>>();
  const std::vector<double> ours = train<Real>(theirs.size());
  for (std::size_t step = 0; step < theirs.size(); step++)
    ASSERT_NEAR(ours[step], theirs[step], tolerance) << "at step " << step + 1;
}

TEST(Golden, TwoHundredStepsFollowPyTorchInDouble) { compare<double>("float64", 1e-10); }

TEST(Golden, TwoHundredStepsFollowPyTorchInFloat) { compare<float>("float32", 1e-4); }

/// The stored rows as a set that owns its memory.
Dataset stored_rows() {
  auto values = std::make_shared<std::vector<float>>();
  for (const Json& row : curve()["inputs"])
    for (const Json& value : row) values->push_back(value.get<float>());
  const std::size_t width = curve()["inputs"][0].size();
  Features features{.values = std::span<const float>(*values), .width = width, .keeper = values};
  auto labels = std::make_shared<std::vector<std::int32_t>>(curve()["labels"].get<std::vector<std::int32_t>>());
  return Dataset::classification("curve", std::move(features), std::move(labels), {}, {"a", "b", "c", "d"});
}

TEST(Golden, ATrainerDecaysAndClipsAsPyTorchDoes) {
  const Dataset data = stored_rows();
  for (const Json& stored : curve()["whole"]) {
    SCOPED_TRACE(stored["optimizer"].get<std::string>());
    TrainerOptions options{.batch_size = data.size(), .learning_rate = stored["learning_rate"].get<double>()};
    options.l2 = stored.value("weight_decay", 0.0);
    options.decoupled_decay = stored.value("decoupled_decay", 0.0);
    options.clip_norm = stored.value("clip_norm", 0.0);
    options.clip_value = stored.value("clip_value", 0.0);
    const AnyRule rule = update_rule(stored["optimizer"].get<std::string>()).value();
    auto trainer =
        Trainer::create(start<float>(), data, rule, CrossEntropy{}, options, std::make_shared<ThreadPool>(1));
    ASSERT_TRUE(trainer.has_value());
    for (const Json& loss : stored["losses"]) {
      const auto report = trainer->step();
      ASSERT_TRUE(report.has_value());
      ASSERT_NEAR(report->loss, loss.get<double>(), 1e-4) << "at step " << report->step;
    }
  }
}

}  // namespace
}  // namespace atelier
