// nesterov.hpp: Nesterov's accelerated gradient.
#pragma once
#include "optim/rule.hpp"

namespace atelier {

/// Nesterov's accelerated gradient: momentum that looks ahead, b = mu b + g, d = g + mu b. Nesterov 1983 in the
/// shifted variables of Sutskever et al. 2013, as PyTorch has it.
struct Nesterov {
  static constexpr std::string_view name = "nesterov", summary = "momentum that looks ahead (Nesterov 1983)";
  static constexpr double learning_rate = 0.01;
  double mu = 0.9;  // unitless, in [0, 1)
  static constexpr auto knobs() { return std::tuple{Knob{"momentum", &Nesterov::mu, 0, 1}}; }
  static constexpr int slots = 1;  // b

  template <class Real>
  Real direction(Real g, State<Real, slots>& s, const NoTick&) const {
    s[0] = Real(mu) * s[0] + g;
    return g + Real(mu) * s[0];
  }
};
static_assert(UpdateRule<Nesterov>);

}  // namespace atelier
