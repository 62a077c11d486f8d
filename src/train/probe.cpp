// probe.cpp: one batch forward and back, and what it leaves in each layer.
#include "train/probe.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace atelier {
namespace {

/// Fixed positions of a set, chosen by chance: sorted or periodic sets are covered too.
std::vector<std::uint32_t> some_of(std::size_t size, std::size_t count) {
  std::vector<std::uint32_t> all(size);
  std::iota(all.begin(), all.end(), 0u);
  shuffle(all, Philox(0, stream::of(stream::check, 1)));
  all.resize(std::min(size, count));
  return all;
}

/// How an activation behaves at its ends, and how steep it gets.
struct Shape {
  bool flat_below = false, flat_above = false;
  float steepest = 0;
};

template <class F>
Shape shape_of(const F& f) {
  const auto flat = [&](float far, float further) { return std::abs(f.value(far) - f.value(further)) < 1e-3f; };
  Shape shape{flat(-999.0f, -1000.0f), flat(999.0f, 1000.0f), 0};
  for (int i = -100; i <= 100; i++) {
    const auto z = static_cast<float>(i) / 10;
    shape.steepest = std::max(shape.steepest, std::abs(f.slope(z, f.value(z))));
  }
  return shape;
}

/// For each unit the samples on which its slope is at most a share of the steepest.
template <class F>
std::vector<std::size_t> flat_samples(const F& f, View<const float> z, View<const float> y, float limit) {
  std::vector<std::size_t> counts(y.cols);
  for (std::size_t i = 0; i < y.rows; i++)
    for (std::size_t j = 0; j < y.cols; j++) counts[j] += std::abs(f.slope(z[i, j], y[i, j])) < limit;
  return counts;
}

double share_from(const std::vector<std::size_t>& counts, std::size_t least) {
  const auto many = std::ranges::count_if(counts, [&](std::size_t n) { return n >= least; });
  return static_cast<double>(many) / static_cast<double>(counts.size());
}

void see_units(const Activation& activation, View<const float> z, View<const float> y, LayerProbe& probe) {
  std::visit(
      [&](const auto& f) {
        const Shape shape = shape_of(f);
        if (shape.flat_below && shape.flat_above)
          probe.saturated = share_from(flat_samples(f, z, y, shape.steepest / 50), (y.rows * 95 + 99) / 100);
        else if (shape.flat_below || shape.flat_above)
          probe.dead = share_from(flat_samples(f, z, y, shape.steepest / 1000), y.rows);
      },
      activation);
}

void see_values(View<const float> y, LayerProbe& probe) {
  const auto total = [&](const auto& of) {
    double sum = 0;
    per_isa([&] {
      for (std::size_t i = 0; i < y.rows; i++)
        sum += lane_sum<double>(y.cols, [&](std::size_t j) { return of(static_cast<double>(y[i, j])); });
    });
    return sum / static_cast<double>(y.rows * y.cols);
  };
  probe.mean = total([](double v) { return v; });
  probe.deviation = math::sqrt(total([&](double v) { return (v - probe.mean) * (v - probe.mean); }));
}

double squares(std::span<const float> values) {
  double sum = 0;
  per_isa([&] {
    sum = lane_sum<double>(
        values.size(), [&](std::size_t i) { return static_cast<double>(values[i]) * static_cast<double>(values[i]); });
  });
  return sum;
}

Histogram histogram_of(std::span<const float> values) {
  const auto [low, high] = std::ranges::minmax(values);
  Histogram h{static_cast<double>(low), static_cast<double>(high), {}};
  const double scale = h.high > h.low ? static_cast<double>(Histogram::kBins) / (h.high - h.low) : 0;
  for (const float v : values) {
    const auto bin = static_cast<std::size_t>((static_cast<double>(v) - h.low) * scale);
    h.counts[std::min(bin, Histogram::kBins - 1)]++;
  }
  return h;
}

}  // namespace

Prober::Prober(Network<float> network, const Dataset& train, const Loss& loss, std::size_t samples)
    : network_(std::move(network)),
      batch_(train.subset(some_of(train.size(), samples))),
      loss_(loss),
      pass_(network_, batch_.size(), BatchPass<float>::For::training) {}

std::vector<LayerProbe> Prober::look() { return see({}); }

std::vector<LayerProbe> Prober::look(std::span<const float> parameters, std::span<const double> running,
                                     std::span<const float> before) {
  std::ranges::copy(parameters, network_.parameters().begin());
  std::ranges::copy(running, network_.running().begin());
  network_.refresh();
  return see(before);
}

std::vector<LayerProbe> Prober::see(std::span<const float> before) {
  const FlushDenormals flush;
  const auto source = [&](std::size_t i, std::span<float> x) -> Target<float> {
    batch_.features(i, x);
    if (batch_.is_classification()) return {batch_.label(i), nullptr};
    return {-1, batch_.target(i).data()};
  };
  const std::vector<Layer>& layers = network_.architecture().layers;
  const auto is_matrix = [](const Block& block) { return block.spec.matrix; };
  std::vector<LayerProbe> seen(static_cast<std::size_t>(std::ranges::count_if(network_.blocks(), is_matrix)));

  pass_.evaluate(pool_, network_, loss_, batch_.size(), source);
  std::size_t layer = 0;  // of those with a matrix, from 1
  for (std::size_t l = 0; l < layers.size(); l++) {
    if (std::holds_alternative<Dense>(layers[l])) layer++;
    const auto* activate = std::get_if<Activate>(&layers[l]);
    if (layer == 0 || (!activate && !std::holds_alternative<Dense>(layers[l]))) continue;
    see_values(pass_.layer_outputs(l), seen[layer - 1]);  // an activation's replace those before it
    if (activate) see_units(activate->function, pass_.layer_outputs(l - 1), pass_.layer_outputs(l), seen[layer - 1]);
  }

  pass_.train(pool_, network_, loss_, batch_.size(), source, 0, 1);
  layer = 0;
  for (std::size_t b = 0; b < network_.blocks().size(); b++) {
    if (!is_matrix(network_.blocks()[b])) continue;
    see_gradient(b, seen[layer]);
    see_weights(b, before, seen[layer++]);
  }
  return seen;
}

void Prober::see_gradient(std::size_t block, LayerProbe& probe) const {
  alignas(kAlignment) float gradient[kPanel * kPanel];
  double sum = 0;
  for (const Tile& tile : network_.tiles()) {
    if (tile.block != block) continue;
    pass_.tile_gradient(network_, tile, gradient);
    sum += squares({gradient, tile.count});
  }
  probe.gradient = math::sqrt(sum);
}

void Prober::see_weights(std::size_t block, std::span<const float> before, LayerProbe& probe) const {
  const Block& place = network_.blocks()[block];
  const auto now = network_.parameters().subspan(place.offset, place.size);
  probe.norm = math::sqrt(squares(now));
  probe.weights = histogram_of(network_.block_values(block));
  if (before.empty()) return;
  const auto then = before.subspan(place.offset, place.size);
  std::vector<float> moved(now.begin(), now.end());
  std::ranges::transform(moved, then, moved.begin(), std::minus<>());
  const double from = math::sqrt(squares(then));
  if (from > 0) probe.update = math::sqrt(squares(moved)) / from;
}

}  // namespace atelier
