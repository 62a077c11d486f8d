// momentum.hpp: gradient descent with momentum.
#pragma once
#include "optim/rule.hpp"

namespace atelier {

/// Momentum: along a decaying sum of gradients, b = mu b + g. Polyak 1964, in PyTorch's form: the learning rate
/// multiplies the sum, so that it acts at once when a schedule changes it.
struct Momentum {
  static constexpr std::string_view name = "momentum", summary = "along a decaying sum of gradients (Polyak 1964)";
  static constexpr double learning_rate = 0.01;
  double mu = 0.9;  // unitless, in [0, 1)
  static constexpr auto knobs() { return std::tuple{Knob{"momentum", &Momentum::mu, 0, 1}}; }
  static constexpr int slots = 1;  // b

  template <class Real>
  Real direction(Real g, State<Real, slots>& s, const NoTick&) const {
    s[0] = Real(mu) * s[0] + g;
    return s[0];
  }
};
static_assert(UpdateRule<Momentum>);

}  // namespace atelier
