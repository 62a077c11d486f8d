// rmsprop.hpp: the gradient over its running root mean square.
#pragma once
#include "optim/rule.hpp"

namespace atelier {

/// RMSProp: the gradient divided by its running root mean square. Tieleman and Hinton 2012, lecture 6.5; epsilon
/// outside the root and beta = 0.99, as PyTorch has it.
struct RmsProp {
  static constexpr std::string_view name = "rmsprop",
                                    summary =
                                        "the gradient over its running root mean square (Tieleman and Hinton 2012)";
  static constexpr double learning_rate = 1e-3;
  double beta = 0.99, epsilon = 1e-8;
  static constexpr auto knobs() {
    return std::tuple{Knob{"beta", &RmsProp::beta, 0, 1}, Knob{"epsilon", &RmsProp::epsilon, 0, 1, true}};
  }
  static constexpr int slots = 1;  // v

  template <class Real>
  Real direction(Real g, State<Real, slots>& s, const NoTick&) const {
    s[0] = Real(beta) * s[0] + Real(1 - beta) * g * g;
    return g / (sqrt(s[0]) + Real(epsilon));
  }
};
static_assert(UpdateRule<RmsProp>);

}  // namespace atelier
