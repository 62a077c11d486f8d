// golden_test.cpp: a network and an update rule together follow PyTorch's curve of losses (tests/golden/README.md).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "nn/batch_pass.hpp"
#include "nn/catalog.hpp"
#include "optim/catalog.hpp"

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
      EXPECT_FALSE(rule.sweep(tick, Sweep<Real>{.weight = network.parameters().data() + tile.offset,
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

}  // namespace
}  // namespace atelier
