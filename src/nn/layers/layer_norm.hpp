// layer_norm.hpp: each row brought to mean 0 and variance 1.
#pragma once
#include "kernels/product.hpp"
#include "nn/layer.hpp"

namespace atelier {

/// y = gain * (x - mean) / sqrt(var + epsilon) + shift, mean and variance over the row.
/// Ba, Kiros and Hinton 2016 (arXiv:1607.06450).
struct LayerNorm {
  static constexpr std::string_view name = "layer_norm",
                                    summary = "each row to mean 0 and variance 1, then gain and shift (Ba et al. 2016)";
  double epsilon = 1e-5;
  static constexpr auto knobs() { return std::tuple{Knob{"epsilon", &LayerNorm::epsilon, 0, 1, true}}; }

  static Result<std::size_t> outputs(std::size_t in) { return in; }
  static std::vector<ParameterSpec> parameters(std::size_t in) {
    return {{"gain", 1, in, false}, {"shift", 1, in, false}};
  }
  static std::size_t saved_width(std::size_t in) { return round_up(in, kLanes) + 1; }  // normalised row, 1 / deviation

  template <class Real>
  void forward(const LayerPass<Real>& p) const {
    const std::size_t n = p.x.cols;
    const Real *gain = p.parameters, *shift = p.parameters + round_up(n, kLanes);
    for_rows(p.x.rows, [&](std::size_t i) {
      const Real* __restrict x = p.x.row(i);
      Real* __restrict y = p.y.row(i);
      Real* __restrict unit = p.saved.row(i);
      const Real mean = lane_sum<Real>(n, [&](std::size_t j) { return x[j]; }) / Real(n);
      const Real variance = lane_sum<Real>(n, [&](std::size_t j) { return (x[j] - mean) * (x[j] - mean); }) / Real(n);
      const Real scale = 1 / math::sqrt(variance + Real(epsilon));
      for (std::size_t j = 0; j < n; j++) unit[j] = (x[j] - mean) * scale;
      for (std::size_t j = 0; j < n; j++) y[j] = gain[j] * unit[j] + shift[j];
      unit[round_up(n, kLanes)] = scale;
    });
  }

  template <class Real>
  void backward(const LayerPass<Real>& p) const {
    const std::size_t n = p.x.cols, padded = round_up(n, kLanes);
    const Real* gain = p.parameters;
    for (std::size_t j = 0; j < 2 * padded; j++) p.partials[j] = 0;
    for_rows(p.x.rows, [&](std::size_t i) {
      const Real* __restrict unit = p.saved.row(i);
      Real* __restrict d = p.dy.row(i);
      Real* __restrict gain_sum = p.partials;
      Real* __restrict shift_sum = p.partials + padded;
      for (std::size_t j = 0; j < n; j++) gain_sum[j] += d[j] * unit[j], shift_sum[j] += d[j];
      for (std::size_t j = 0; j < n; j++) d[j] *= gain[j];
      const Real mean = lane_sum<Real>(n, [&](std::size_t j) { return d[j]; }) / Real(n);
      const Real along = lane_sum<Real>(n, [&](std::size_t j) { return d[j] * unit[j]; }) / Real(n);
      const Real scale = unit[padded];
      for (std::size_t j = 0; j < n; j++) d[j] = scale * (d[j] - mean - unit[j] * along);
    });
  }
};

}  // namespace atelier
