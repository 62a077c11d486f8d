// lion.hpp: steps by the sign of an interpolated momentum.
#pragma once
#include "optim/rule.hpp"

namespace atelier {

/// Lion: steps by the sign of an interpolated momentum.
/// Chen et al. 2023 (arXiv:2302.06675), Algorithm 2; decoupled decay is composed outside.
struct Lion {
  static constexpr std::string_view name = "lion",
                                    summary = "by the sign of an interpolated momentum (Chen et al. 2023)";
  static constexpr double learning_rate = 3e-4;
  double beta1 = 0.9, beta2 = 0.99;  // unitless, in [0, 1)
  static constexpr auto knobs() {
    return std::tuple{Knob{"beta1", &Lion::beta1, 0, 1}, Knob{"beta2", &Lion::beta2, 0, 1}};
  }
  static constexpr int slots = 1;  // m

  template <class Real>
  Real direction(Real g, State<Real, slots>& s, const NoTick&) const {
    const Real c = Real(beta1) * s[0] + Real(1 - beta1) * g;
    s[0] = Real(beta2) * s[0] + Real(1 - beta2) * g;
    return sign(c);
  }
};
static_assert(UpdateRule<Lion>);

}  // namespace atelier
