// network.cpp: laying out, initialising and refreshing parameters.
#include "nn/network.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>

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

double machine_bytes() {
  return static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE));
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

template <class Real>
Result<Network<Real>> Network<Real>::build(Architecture architecture, const Initialiser& init, std::uint64_t seed) {
  Network network;
  network.architecture_ = std::move(architecture);
  if (network.architecture_.inputs == 0)
    return fail(Trouble::usage, "a network needs inputs", "found 0 features a sample");
  if (auto laid_out = network.lay_out(); !laid_out) return pass_on(laid_out);
  network.cut_tiles();
  network.initialise(init, seed);
  return network;
}

template <class Real>
Result<void> Network<Real>::lay_out() {
  std::size_t width = architecture_.inputs, offset = 0, mirror = 0, running = 0;
  bool trainable_before = false;
  for (std::size_t l = 0; l < architecture_.layers.size(); l++) {
    const Layer& layer = architecture_.layers[l];
    Result<std::size_t> outputs = std::visit([&](const auto& x) { return x.outputs(width); }, layer);
    if (!outputs) return pass_on(outputs);
    Placement place{.inputs = width, .outputs = *outputs};
    place.first_block = blocks_.size(), place.parameters = offset, place.partials = vector_size_;
    place.running = running, place.mirror = mirror, place.passes_gradient = trainable_before;
    for (const ParameterSpec& spec : std::visit([&](const auto& x) { return x.parameters(width); }, layer)) {
      const std::size_t size = padded_size(spec);
      blocks_.push_back({l, spec, offset, size});
      offset += size;
      if (!spec.matrix)
        vector_size_ += size;
      else if (trainable_before)
        mirror += Panels{spec.cols, spec.rows}.size();
    }
    place.blocks = blocks_.size() - place.first_block;
    if (std::holds_alternative<BatchNorm>(layer)) running += 2 * round_up(width, kLanes);
    if (const auto* residual = std::get_if<Residual>(&layer)) {
      if (residual->span == 0 || residual->span > l) {
        return fail(Trouble::usage, "a residual connection starts before the network",
                    "layer " + std::to_string(l) + " skips " + std::to_string(residual->span));
      }
      const std::size_t source = placements_[l - residual->span].inputs;
      if (source != width) {
        return fail(Trouble::usage, "a residual connection joins different widths",
                    "it starts at " + std::to_string(source) + " values and ends at " + std::to_string(width),
                    "give the hidden layers it skips the same width");
      }
    }
    trainable_before = trainable_before || place.blocks > 0;
    placements_.push_back(place);
    width = *outputs;
  }
  const double bytes = static_cast<double>(offset + mirror) * sizeof(Real) * 3;
  if (bytes > 0.8 * machine_bytes()) {
    return fail(Trouble::usage, "the network does not fit into this machine's memory",
                "it needs about " + std::to_string(static_cast<long long>(bytes / 1e9)) +
                    " GB to train, the machine has " + std::to_string(static_cast<long long>(machine_bytes() / 1e9)) +
                    " GB",
                "make its layers narrower");
  }
  parameters_ = Buffer<Real>(offset);
  mirror_ = Buffer<Real>(mirror);
  running_ = Buffer<double>(running);
  return {};
}

template <class Real>
void Network<Real>::cut_tiles() {
  for (std::size_t b = 0; b < blocks_.size(); b++) {
    const Block& block = blocks_[b];
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
  for (std::size_t b = 0; b < blocks_.size(); b++) {
    const Block& block = blocks_[b];
    std::vector<Real> values(block.spec.rows * block.spec.cols, block.spec.name == "gain" ? Real(1) : Real(0));
    if (block.spec.matrix) {
      std::vector<double> weights(values.size());
      init.fill({weights.data(), block.spec.rows, block.spec.cols, block.spec.cols},
                Philox(seed, stream::of(stream::initialise, block.layer)), init.scale);
      std::transform(weights.begin(), weights.end(), values.begin(), [](double w) { return static_cast<Real>(w); });
    }
    set_block(b, values);
  }
  for (std::size_t l = 0; l < placements_.size(); l++) {
    if (!std::holds_alternative<BatchNorm>(architecture_.layers[l])) continue;
    const std::size_t padded = round_up(placements_[l].inputs, kLanes);
    std::fill_n(running_.data() + placements_[l].running + padded, padded, 1.0);
  }
}

template <class Real>
std::size_t Network<Real>::parameter_count() const {
  std::size_t count = 0;
  for (const Block& block : blocks_) count += block.spec.rows * block.spec.cols;
  return count;
}

template <class Real>
std::vector<Real> Network<Real>::block_values(std::size_t b) const {
  const Block& block = blocks_[b];
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
  const Block& block = blocks_[b];
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
  const Block& block = blocks_[tile.block];
  Real* const values = parameters_.data() + tile.offset;
  const std::size_t end = block.spec.cols, used = std::min(tile.width, end > tile.column ? end - tile.column : 0);
  if (used < tile.width) {
    for (std::size_t i = 0; i < tile.rows; i++)
      std::fill(values + i * tile.width + used, values + (i + 1) * tile.width, Real(0));
  }
  const Placement& place = placements_[block.layer];
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
  copy.placements_ = placements_;
  copy.blocks_ = blocks_;
  copy.tiles_ = tiles_;
  copy.vector_size_ = vector_size_;
  copy.parameters_ = parameters_.clone();
  copy.mirror_ = mirror_.clone();
  copy.running_ = running_.clone();
  return copy;
}

template class Network<float>;
template class Network<double>;

}  // namespace atelier
