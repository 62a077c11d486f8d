// amsgrad.hpp: Adam that never forgets a large gradient.
#pragma once
#include "optim/rule.hpp"

namespace atelier {

/// AMSGrad: Adam over the largest mean square seen so far. Reddi et al. 2018 (arXiv:1904.09237), with Adam's bias
/// correction, as PyTorch has it.
struct AmsGrad {
  static constexpr std::string_view name = "amsgrad",
                                    summary = "Adam over the largest mean square so far (Reddi et al. 2018)";
  static constexpr double learning_rate = 1e-3;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  static constexpr auto knobs() {
    return std::tuple{Knob{"beta1", &AmsGrad::beta1, 0, 1}, Knob{"beta2", &AmsGrad::beta2, 0, 1},
                      Knob{"epsilon", &AmsGrad::epsilon, 0, 1, true}};
  }
  static constexpr int slots = 3;  // m, v, largest v

  struct Tick {
    double correct1, correct2;
  };
  Tick begin_step(const StepInfo& now) const {
    return {1 / (1 - math::power(beta1, now.step)), 1 / (1 - math::power(beta2, now.step))};
  }

  template <class Real>
  Real direction(Real g, State<Real, slots>& s, const Tick& t) const {
    s[0] = Real(beta1) * s[0] + Real(1 - beta1) * g;
    s[1] = Real(beta2) * s[1] + Real(1 - beta2) * g * g;
    s[2] = s[1] > s[2] ? s[1] : s[2];
    return s[0] * Real(t.correct1) / (sqrt(s[2] * Real(t.correct2)) + Real(epsilon));
  }
};
static_assert(UpdateRule<AmsGrad>);

}  // namespace atelier
