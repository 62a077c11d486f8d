// residual.hpp: a connection that skips layers.
#pragma once
#include "kernels/product.hpp"
#include "nn/layer.hpp"

namespace atelier {

/// y = x + what entered `span` layers before. He et al. 2016 (arXiv:1512.03385). Both must have the same width.
struct Residual {
  static constexpr std::string_view name = "residual",
                                    summary = "adds what entered some layers before (He et al. 2016)";
  std::size_t span = 1;  ///< layers skipped
  static constexpr auto knobs() { return std::tuple{}; }

  static Result<std::size_t> outputs(std::size_t in) { return in; }
  static std::vector<ParameterSpec> parameters(std::size_t) { return {}; }
  static std::size_t saved_width(std::size_t in) { return in; }  // the gradient that takes the short way

  template <class Real>
  void forward(const LayerPass<Real>& p) const {
    const std::size_t n = round_up(p.x.cols, kLanes);
    for_rows(p.x.rows, [&](std::size_t i) {
      const Real* __restrict x = p.x.row(i), * __restrict skip = p.skip.row(i);
      Real* __restrict y = p.y.row(i);
      for (std::size_t j = 0; j < n; j++) y[j] = x[j] + skip[j];
    });
  }

  /// Leaves the gradient as it is for the long way and keeps a copy for the short one.
  template <class Real>
  void backward(const LayerPass<Real>& p) const {
    const std::size_t n = round_up(p.x.cols, kLanes);
    for_rows(p.x.rows, [&](std::size_t i) {
      const Real* __restrict d = p.dy.row(i);
      Real* __restrict kept = p.saved.row(i);
      for (std::size_t j = 0; j < n; j++) kept[j] = d[j];
    });
  }
};

}  // namespace atelier
