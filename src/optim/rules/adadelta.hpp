// adadelta.hpp: steps in the units of the parameters.
#pragma once
#include "optim/rule.hpp"

namespace atelier {

/// Adadelta: the gradient scaled by the ratio of running root mean squares of past steps and gradients.
/// Zeiler 2012 (arXiv:1212.5701), Algorithm 1; the learning rate (1 in the paper) multiplies the step.
struct Adadelta {
  static constexpr std::string_view name = "adadelta", summary = "steps in the units of the parameters (Zeiler 2012)";
  static constexpr double learning_rate = 1;
  double beta = 0.9, epsilon = 1e-6;
  static constexpr auto knobs() {
    return std::tuple{Knob{"beta", &Adadelta::beta, 0, 1}, Knob{"epsilon", &Adadelta::epsilon, 0, 1, true}};
  }
  static constexpr int slots = 2;  // mean square of gradients, of steps

  template <class Real>
  Real direction(Real g, State<Real, slots>& s, const NoTick&) const {
    s[0] = Real(beta) * s[0] + Real(1 - beta) * g * g;
    const Real d = sqrt(s[1] + Real(epsilon)) / sqrt(s[0] + Real(epsilon)) * g;
    s[1] = Real(beta) * s[1] + Real(1 - beta) * d * d;
    return d;
  }
};
static_assert(UpdateRule<Adadelta>);

}  // namespace atelier
