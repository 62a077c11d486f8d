// gradient_check.cpp: one perturbation at a time.
#include "nn/gradient_check.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "nn/batch_pass.hpp"
#include "nn/catalog.hpp"

namespace atelier {
namespace {

constexpr std::size_t kMostABlock = 500;  // parameters checked

/// A fixed random batch: features N(0, 1); a class, or values N(0, 1), a row.
struct RandomBatch {
  Matrix<double> features, values;
  std::vector<int> labels;
  bool regression;

  RandomBatch(std::size_t rows, std::size_t inputs, std::size_t outputs, bool regress, const Philox& random)
      : features(rows, inputs), values(rows, outputs), labels(rows), regression(regress) {
    std::uint64_t k = 0;
    for (std::size_t i = 0; i < rows; i++) {
      for (double& x : features.row(i)) x = random.normal(k++);
      for (double& y : values.row(i)) y = random.normal(k++);
      labels[i] = static_cast<int>(random.below(static_cast<std::uint32_t>(outputs), k++));
    }
  }

  Target<double> operator()(std::size_t i, std::span<double> x) const {
    std::copy(features.row(i).begin(), features.row(i).end(), x.begin());
    return regression ? Target<double>{-1, values.row(i).data()} : Target<double>{labels[i], nullptr};
  }
};

std::string place(const Block& block, std::size_t i, std::size_t j) {
  const std::string layer = "layer " + std::to_string(block.layer) + " " + std::string(block.spec.name);
  return layer + "[" + (block.spec.matrix ? std::to_string(i) + ", " : "") + std::to_string(j) + "]";
}

/// Moves vector parameters off their starting values: with biases at 0 a unit without input sits on the kink of
/// its activation, where no derivative exists.
void scatter_vectors(Network<double>& network, const Philox& random) {
  std::uint64_t k = std::uint64_t{1} << 32;
  for (std::size_t b = 0; b < network.blocks().size(); b++) {
    if (network.blocks()[b].spec.matrix) continue;
    std::vector<double> values = network.block_values(b);
    for (double& v : values) v += 0.1 * random.normal(k++);
    network.set_block(b, values);
  }
}

/// All gradients in the layout of the flat buffer.
std::vector<double> analytic(const Network<double>& network, const BatchPass<double>& pass) {
  std::vector<double> gradient(network.parameters().size());
  for (const Tile& tile : network.tiles()) pass.tile_gradient(network, tile, gradient.data() + tile.offset);
  return gradient;
}

/// |exact - numeric| / max(1, |exact|, |numeric|) for central differences of fourth order. Where they disagree the
/// steps are made smaller: a kink between two points spoils one step, a wrong gradient is wrong for all.
template <class LossAt>
double smallest_error(double exact, const LossAt& loss_at) {
  double smallest = std::numeric_limits<double>::infinity();
  for (double step = 1e-5; step > 5e-8 && !(smallest < 1e-7); step /= 10) {
    const double near = loss_at(step) - loss_at(-step), far = loss_at(2 * step) - loss_at(-2 * step);
    const double numeric = (8 * near - far) / (12 * step);
    smallest = std::min(smallest, std::fabs(exact - numeric) / std::max({1.0, std::fabs(exact), std::fabs(numeric)}));
  }
  return smallest;
}

/// Two hidden layers with one of the other layers among them.
Architecture small_network(std::string_view kind, const Activation& function, std::size_t inputs, std::size_t width,
                           std::size_t outputs) {
  Architecture a{inputs, {Dense{width}}};
  if (kind == "batch_norm") a.layers.push_back(BatchNorm{});
  if (kind == "layer_norm") a.layers.push_back(LayerNorm{});
  a.layers.push_back(Activate{function});
  if (kind == "dropout") a.layers.push_back(Dropout{0.3});
  a.layers.push_back(Dense{width});
  a.layers.push_back(Activate{function});
  if (kind == "residual") a.layers.push_back(Residual{2});
  a.layers.push_back(Dense{outputs});
  return a;
}

}  // namespace

Result<GradientCheck> check_gradient(const Architecture& architecture, const Loss& loss, const Initialiser& init,
                                     std::size_t rows, std::uint64_t seed) {
  auto built = Network<double>::build(architecture, init, seed);
  if (!built) return pass_on(built);
  Network<double>& network = *built;
  const bool regression = std::visit([](const auto& l) { return l.regression; }, loss);
  const RandomBatch batch(rows, network.inputs(), network.outputs(), regression, Philox(seed, stream::check));
  scatter_vectors(network, Philox(seed, stream::check));
  ThreadPool pool(1);
  BatchPass<double> pass(network, rows, BatchPass<double>::For::training);
  const auto loss_now = [&] { return pass.train(pool, network, loss, rows, batch, seed, 1).loss; };
  loss_now();
  const std::vector<double> gradient = analytic(network, pass);

  GradientCheck result{describe(architecture),    "dense", "none", std::string(name_of(loss)), std::string(init.name),
                       network.parameter_count(), 0,       ""};
  for (std::size_t b = 0; b < network.blocks().size(); b++) {
    const Block& block = network.blocks()[b];
    const Panels panels{block.spec.rows, block.spec.cols};
    std::vector<double> values = network.block_values(b);
    const std::size_t stride = (values.size() + kMostABlock - 1) / kMostABlock;
    for (std::size_t k = 0; k < values.size(); k += stride) {
      const std::size_t i = k / panels.cols, j = k % panels.cols;
      const double kept = values[k];
      const double exact = gradient[block.offset + (block.spec.matrix ? panels.at(i, j) : j)];
      const double error = smallest_error(exact, [&](double moved) {
        values[k] = kept + moved;
        network.set_block(b, values);
        return loss_now();
      });
      values[k] = kept;
      if (!(error <= result.worst)) result.worst = error, result.worst_at = place(block, i, j);
    }
    network.set_block(b, values);
  }
  return result;
}

Result<std::vector<GradientCheck>> check_gradients(std::uint64_t seed) {
  std::vector<GradientCheck> table;
  std::uint64_t draw = 0;
  const Philox random(seed, stream::check);
  const auto between = [&](std::uint32_t low, std::uint32_t high) {
    return low + random.below(high - low + 1, draw++);
  };
  constexpr std::string_view kinds[] = {"dense", "dropout", "batch_norm", "layer_norm", "residual"};
  for (const std::string_view kind : kinds) {
    for (const Activation& function : activations()) {
      for (const Loss& loss : losses()) {
        for (const Initialiser& init : initialisers()) {
          const std::size_t inputs = between(1, 6), width = between(1, 6), outputs = between(2, 5),
                            rows = between(2, 7);
          const Architecture a = small_network(kind, function, inputs, width, outputs);
          Result<GradientCheck> row = check_gradient(a, loss, init, rows, seed + draw);
          if (!row) return pass_on(row);
          row->layers = kind;
          row->activation = name_of(function);
          table.push_back(*std::move(row));
        }
      }
    }
  }
  return table;
}

}  // namespace atelier
