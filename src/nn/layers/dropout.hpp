// dropout.hpp: values left out at random during training.
#pragma once
#include <algorithm>
#include <string>

#include "kernels/product.hpp"
#include "nn/layer.hpp"

namespace atelier {

/// Inverted dropout: in training each value is 0 with probability `rate`, else divided by 1 - rate; evaluation
/// passes values through. Srivastava et al. 2014. Which values drop depends on seed, layer, step, row and column
/// alone.
struct Dropout {
  static constexpr std::string_view name = "dropout",
                                    summary = "leaves values out at random in training (Srivastava et al. 2014)";
  double rate = 0.5;
  static constexpr auto knobs() { return std::tuple{Knob{"rate", &Dropout::rate, 0, 1}}; }

  Result<std::size_t> outputs(std::size_t in) const {
    if (rate >= 0 && rate < 1) return in;
    return fail(Trouble::usage, "dropout is out of range", "it takes a rate in [0, 1), found " + std::to_string(rate));
  }
  static std::vector<ParameterSpec> parameters(std::size_t) { return {}; }
  static std::size_t saved_width(std::size_t in) { return in; }

  template <class Real>
  void forward(const LayerPass<Real>& p) const {
    const std::size_t n = round_up(p.x.cols, kLanes), groups = (n + 63) / 64;  // sixteen counters give 64 values
    const auto keep = static_cast<Real>(1 / (1 - rate));
    const auto threshold = static_cast<std::uint32_t>(rate * 4294967296.0);
    const bool drop = p.mode == Mode::training && rate > 0;
    for_rows(p.x.rows, [&](std::size_t i) {
      const Real* __restrict x = p.x.row(i);
      Real* __restrict y = p.y.row(i);
      Real* __restrict mask = p.saved.row(i);
      std::uint32_t bits[64];
      for (std::size_t g = 0; g < groups; g++) {
        const std::size_t first = 64 * g, last = std::min(first + 64, n);
        if (drop)
          p.random.sixteen(static_cast<std::uint64_t>(p.step) << 32 | ((p.first_row + i) * groups + g) * 16, bits);
        for (std::size_t j = first; j < last; j++)
          mask[j] = !drop ? Real(1) : bits[j - first] < threshold ? Real(0) : keep;
      }
      for (std::size_t j = 0; j < n; j++) y[j] = x[j] * mask[j];
    });
  }

  template <class Real>
  void backward(const LayerPass<Real>& p) const {
    const std::size_t n = round_up(p.x.cols, kLanes);
    for_rows(p.x.rows, [&](std::size_t i) {
      const Real* __restrict mask = p.saved.row(i);
      Real* __restrict d = p.dy.row(i);
      for (std::size_t j = 0; j < n; j++) d[j] *= mask[j];
    });
  }
};

}  // namespace atelier
