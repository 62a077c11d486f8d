// network.cpp: laying out, initialising and refreshing parameters.
#include "nn/network.hpp"

#include <algorithm>
#include <cmath>

#include "base/machine.hpp"

namespace atelier {
namespace {

std::string layer_text(const Layer& layer) {
  if (const auto* dense = std::get_if<Dense>(&layer)) return " → " + std::to_string(dense->width);
  if (const auto* activate = std::get_if<Activate>(&layer)) {
    return " " + std::visit([](const auto& f) { return std::string(f.name); }, activate->function);
  }
  if (const auto* dropout = std::get_if<Dropout>(&layer)) {
    return " dropout " + std::to_string(dropout->rate).substr(0, 4);
  }
  return " " + std::visit([](const auto& l) { return std::string(l.name); }, layer);
}

std::size_t padded_size(const ParameterSpec& spec) {
  return spec.matrix ? Panels{spec.rows, spec.cols}.size() : round_up(spec.cols, kLanes);
}

}  // namespace

std::string describe(const Architecture& architecture) {
  std::string text = std::to_string(architecture.inputs);
  for (const Layer& layer : architecture.layers) text += layer_text(layer);
  return text;
}

namespace {

/// The width that a residual connection brings back to layer `l`; an error where it does not fit.
Result<void> check_skip(const Residual& residual, std::size_t l, std::size_t width, std::span<const Placement> before) {
  if (residual.span == 0 || residual.span > l) {
    return fail(Trouble::usage, "a residual connection starts before the network",
                "layer " + std::to_string(l) + " skips " + std::to_string(residual.span));
  }
  const std::size_t source = before[l - residual.span].inputs;
  if (source == width) return {};
  return fail(Trouble::usage, "a residual connection joins different widths",
              "it starts at " + std::to_string(source) + " values and ends at " + std::to_string(width),
              "give the hidden layers it skips the same width");
}

}  // namespace

Result<Layout> lay_out(const Architecture& architecture) {
  if (architecture.inputs == 0) return fail(Trouble::usage, "a network needs inputs", "found 0 features a sample");
  Layout layout;
  std::size_t width = architecture.inputs;
  bool trainable_before = false;
  for (std::size_t l = 0; l < architecture.layers.size(); l++) {
    const Layer& layer = architecture.layers[l];
    if (const auto* residual = std::get_if<Residual>(&layer)) {
      if (auto fits = check_skip(*residual, l, width, layout.placements); !fits) return pass_on(fits);
    }
    if (auto valid = std::visit([](const auto& x) { return check_knobs(x); }, layer); !valid) return pass_on(valid);
    const Result<std::size_t> outputs = std::visit([&](const auto& x) { return x.outputs(width); }, layer);
    if (!outputs) return pass_on(outputs);
    Placement place{.inputs = width,
                    .outputs = *outputs,
                    .first_block = layout.blocks.size(),
                    .parameters = layout.parameters,
                    .partials = layout.vector_size,
                    .running = layout.running,
                    .mirror = layout.mirror,
                    .passes_gradient = trainable_before};
    for (const ParameterSpec& spec : std::visit([&](const auto& x) { return x.parameters(width); }, layer)) {
      const std::size_t size = padded_size(spec);
      layout.blocks.push_back({l, spec, layout.parameters, size});
      layout.parameters += size;
      if (!spec.matrix)
        layout.vector_size += size;
      else if (trainable_before)
        layout.mirror += Panels{spec.cols, spec.rows}.size();
      place.blocks++;
    }
    if (std::holds_alternative<BatchNorm>(layer)) layout.running += 2 * round_up(width, kLanes);
    trainable_before = trainable_before || place.blocks > 0;
    layout.placements.push_back(place);
    width = *outputs;
  }
  return layout;
}

template <class Real>
Result<Network<Real>> Network<Real>::build(Architecture architecture, const Initialiser& init, std::uint64_t seed) {
  Result<Layout> layout = lay_out(architecture);
  if (!layout) return pass_on(layout);
  const double bytes = static_cast<double>(layout->parameters + layout->mirror) * sizeof(Real) * 3;
  if (bytes > 0.8 * machine_memory()) {
    return fail(Trouble::usage, "the network does not fit into this machine's memory",
                "it needs about " + std::to_string(static_cast<long long>(bytes / 1e9)) +
                    " GB to train, the machine has " + std::to_string(static_cast<long long>(machine_memory() / 1e9)) +
                    " GB",
                "make its layers narrower");
  }
  Network network;
  network.architecture_ = std::move(architecture);
  network.layout_ = *std::move(layout);
  network.parameters_ = Buffer<Real>(network.layout_.parameters);
  network.mirror_ = Buffer<Real>(network.layout_.mirror);
  network.running_ = Buffer<double>(network.layout_.running);
  network.cut_tiles();
  network.initialise(init, seed);
  return network;
}

template <class Real>
void Network<Real>::cut_tiles() {
  for (std::size_t b = 0; b < layout_.blocks.size(); b++) {
    const Block& block = layout_.blocks[b];
    if (!block.spec.matrix) {
      for (std::size_t j = 0; j < block.size; j += kPanel * kPanel) {
        const std::size_t count = std::min(kPanel * kPanel, block.size - j);
        tiles_.push_back({b, 0, 1, j, count, block.offset + j, count});
      }
      continue;
    }
    const Panels panels{block.spec.rows, block.spec.cols};
    for (std::size_t j = 0; j < panels.cols; j += kPanel) {
      for (std::size_t i = 0; i < panels.rows; i += kPanel) {
        const std::size_t rows = std::min(kPanel, panels.rows - i), width = panels.width_at(j);
        tiles_.push_back({b, i, rows, j, width, block.offset + panels.at(i, j), rows * width});
      }
    }
  }
}

template <class Real>
void Network<Real>::initialise(const Initialiser& init, std::uint64_t seed) {
  for (std::size_t b = 0; b < layout_.blocks.size(); b++) {
    const Block& block = layout_.blocks[b];
    std::vector<Real> values(block.spec.rows * block.spec.cols, block.spec.name == "gain" ? Real(1) : Real(0));
    if (block.spec.matrix) {
      std::vector<double> weights(values.size());
      init.fill({weights.data(), block.spec.rows, block.spec.cols, block.spec.cols},
                Philox(seed, stream::of(stream::initialise, block.layer)), init.scale);
      std::transform(weights.begin(), weights.end(), values.begin(), [](double w) { return static_cast<Real>(w); });
    }
    set_block(b, values);
  }
  for (std::size_t l = 0; l < layout_.placements.size(); l++) {
    if (!std::holds_alternative<BatchNorm>(architecture_.layers[l])) continue;
    const std::size_t padded = round_up(layout_.placements[l].inputs, kLanes);
    std::fill_n(running_.data() + layout_.placements[l].running + padded, padded, 1.0);
  }
}

template <class Real>
std::size_t Network<Real>::parameter_count() const {
  std::size_t count = 0;
  for (const Block& block : layout_.blocks) count += block.spec.rows * block.spec.cols;
  return count;
}

template <class Real>
std::vector<Real> Network<Real>::block_values(std::size_t b) const {
  const Block& block = layout_.blocks[b];
  const Panels panels{block.spec.rows, block.spec.cols};
  std::vector<Real> values(panels.rows * panels.cols);
  for (std::size_t i = 0; i < panels.rows; i++) {
    for (std::size_t j = 0; j < panels.cols; j++) {
      values[i * panels.cols + j] = parameters_[block.offset + (block.spec.matrix ? panels.at(i, j) : j)];
    }
  }
  return values;
}

template <class Real>
void Network<Real>::set_block(std::size_t b, std::span<const Real> values) {
  const Block& block = layout_.blocks[b];
  const Panels panels{block.spec.rows, block.spec.cols};
  for (std::size_t i = 0; i < panels.rows; i++) {
    for (std::size_t j = 0; j < panels.cols; j++) {
      parameters_[block.offset + (block.spec.matrix ? panels.at(i, j) : j)] = values[i * panels.cols + j];
    }
  }
  for (const Tile& tile : tiles_) {
    if (tile.block == b) refresh(tile);
  }
}

template <class Real>
void Network<Real>::refresh(const Tile& tile) {
  const Block& block = layout_.blocks[tile.block];
  Real* const values = parameters_.data() + tile.offset;
  const std::size_t end = block.spec.cols, used = std::min(tile.width, end > tile.column ? end - tile.column : 0);
  if (used < tile.width) {
    for (std::size_t i = 0; i < tile.rows; i++)
      std::fill(values + i * tile.width + used, values + (i + 1) * tile.width, Real(0));
  }
  const Placement& place = layout_.placements[block.layer];
  if (!block.spec.matrix || !place.passes_gradient) return;
  const Panels panels{block.spec.cols, block.spec.rows};
  transpose(values, tile.width, mirror_.data() + place.mirror + panels.at(tile.column, tile.row),
            panels.width_at(tile.row), tile.rows, used);
}

template <class Real>
void Network<Real>::refresh() {
  for (const Tile& tile : tiles_) refresh(tile);
}

template <class Real>
Network<Real> Network<Real>::clone() const {
  Network copy;
  copy.architecture_ = architecture_;
  copy.layout_ = layout_;
  copy.tiles_ = tiles_;
  copy.parameters_ = parameters_.clone();
  copy.mirror_ = mirror_.clone();
  copy.running_ = running_.clone();
  return copy;
}

template class Network<float>;
template class Network<double>;

}  // namespace atelier
