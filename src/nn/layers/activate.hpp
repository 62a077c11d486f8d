// activate.hpp: an activation function, element by element.
#pragma once
#include "kernels/product.hpp"
#include "nn/activations.hpp"
#include "nn/layer.hpp"

namespace atelier {

/// y = f(x) for each element.
struct Activate {
  static constexpr std::string_view name = "activation",
                                    summary = "y = f(x), element by element; f is one of the activations";
  Activation function;
  static constexpr auto knobs() { return std::tuple{}; }

  static Result<std::size_t> outputs(std::size_t in) { return in; }
  static std::vector<ParameterSpec> parameters(std::size_t) { return {}; }
  static std::size_t saved_width(std::size_t) { return 0; }

  template <class Real>
  void forward(const LayerPass<Real>& p) const {
    std::visit(
        [&](const auto& f) {
          const std::size_t n = round_up(p.x.cols, kLanes);
          for_rows(p.x.rows, [&](std::size_t i) {
            const auto g = f;  // a copy: a loop that stores floats need not read the knobs again
            const Real* __restrict x = p.x.row(i);
            Real* __restrict y = p.y.row(i);
            for (std::size_t j = 0; j < n; j++) y[j] = g.value(x[j]);
          });
        },
        function);
  }

  template <class Real>
  void backward(const LayerPass<Real>& p) const {
    std::visit(
        [&](const auto& f) {
          const std::size_t n = round_up(p.x.cols, kLanes);
          for_rows(p.x.rows, [&](std::size_t i) {
            const Real* __restrict x = p.x.row(i);
            const Real* __restrict y = p.y.row(i);
            Real* __restrict d = p.dy.row(i);
            const auto g = f;
            for (std::size_t j = 0; j < n; j++) d[j] *= g.slope(x[j], y[j]);
          });
        },
        function);
  }
};

}  // namespace atelier
