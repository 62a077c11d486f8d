// dense.hpp: the fully connected layer.
#pragma once
#include <string>

#include "kernels/product.hpp"
#include "nn/layer.hpp"

namespace atelier {

/// y = x W + b. W [in, out] lies in panels, b [out] behind it. The gradient of W is not made here: tiles of it
/// are made, and applied, by the update phase of a step.
struct Dense {
  static constexpr std::string_view name = "dense", summary = "y = x W + b, every input to every output";
  std::size_t width = 0;
  static constexpr auto knobs() { return std::tuple{}; }

  /// Widths up to ten million are representable; what fits into memory is decided where memory is taken.
  Result<std::size_t> outputs(std::size_t) const {
    if (width > 0 && width <= 10'000'000) return width;
    return fail(Trouble::usage, "a layer cannot be " + std::to_string(width) + " wide", "",
                "widths go from 1 to 10,000,000");
  }
  std::vector<ParameterSpec> parameters(std::size_t in) const {
    return {{"weight", in, width, true}, {"bias", 1, width, false}};
  }
  static std::size_t saved_width(std::size_t) { return 0; }

  template <class Real>
  void forward(const LayerPass<Real>& p) const {
    const Panels panels{p.x.cols, width};
    const Real* const bias = p.parameters + panels.size();
    product(p.x, p.parameters, panels, p.y, bias);
  }

  template <class Real>
  void backward(const LayerPass<Real>& p) const {
    for (std::size_t j = 0; j < round_up(width, kLanes); j++) p.partials[j] = 0;
    per_isa([&] {
      for (std::size_t i = 0; i < p.dy.rows; i++) {
        Real* __restrict sum = p.partials;
        const Real* __restrict row = p.dy.row(i);
        for (std::size_t j = 0; j < round_up(width, kLanes); j++) sum[j] += row[j];
      }
    });
    if (p.dx.data)
      product(View<const Real>(p.dy), p.mirror, Panels{width, p.x.cols}, p.dx, static_cast<const Real*>(nullptr));
  }

 private:
  template <class Real>
  static void product(View<const Real> a, const Real* b, const Panels& panels, View<Real> c, const Real* start) {
    for (std::size_t j = 0; j < panels.cols; j += kPanel) {
      multiply(Product<Real>{.a = a.data,
                             .a_row = a.stride,
                             .a_depth = 1,
                             .b = b + panels.at(0, j),
                             .b_stride = panels.width_at(j),
                             .c = c.data + j,
                             .c_stride = c.stride,
                             .rows = a.rows,
                             .cols = panels.width_at(j),
                             .depth = panels.rows,
                             .start = start ? start + j : nullptr});
    }
  }
};

}  // namespace atelier
