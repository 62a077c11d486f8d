// sgd.hpp: stochastic gradient descent.
#pragma once
#include "optim/rule.hpp"

namespace atelier {

/// Stochastic gradient descent: along the gradient. Robbins and Monro 1951.
struct Sgd {
  static constexpr std::string_view name = "sgd", summary = "along the gradient (Robbins and Monro 1951)";
  static constexpr double learning_rate = 0.1;
  static constexpr auto knobs() { return std::tuple{}; }
  static constexpr int slots = 0;

  template <class Real>
  Real direction(Real g, State<Real, slots>&, const NoTick&) const {
    return g;
  }
};
static_assert(UpdateRule<Sgd>);

}  // namespace atelier
