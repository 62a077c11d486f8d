// adamax.hpp: Adam in the infinity norm.
#pragma once
#include "optim/rule.hpp"

namespace atelier {

/// Adamax: the bias-corrected mean gradient over a decaying maximum of gradients.
/// Kingma and Ba 2015 (arXiv:1412.6980), Algorithm 2; epsilon joins the maximum, as PyTorch has it.
struct Adamax {
  static constexpr std::string_view name = "adamax", summary = "Adam in the infinity norm (Kingma and Ba 2015)";
  static constexpr double learning_rate = 2e-3;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  static constexpr auto knobs() {
    return std::tuple{Knob{"beta1", &Adamax::beta1, 0, 1}, Knob{"beta2", &Adamax::beta2, 0, 1},
                      Knob{"epsilon", &Adamax::epsilon, 0, 1, true}};
  }
  static constexpr int slots = 2;  // m, u

  struct Tick {
    double correct1;
  };
  Tick begin_step(const StepInfo& now) const { return {1 / (1 - math::power(beta1, now.step))}; }

  template <class Real>
  Real direction(Real g, State<Real, slots>& s, const Tick& t) const {
    const Real size = (g < 0 ? -g : g) + Real(epsilon), faded = Real(beta2) * s[1];
    s[0] = Real(beta1) * s[0] + Real(1 - beta1) * g;
    s[1] = faded > size ? faded : size;
    return s[0] * Real(t.correct1) / s[1];
  }
};
static_assert(UpdateRule<Adamax>);

}  // namespace atelier
