// adam.hpp: adaptive moments.
#pragma once
#include "optim/rule.hpp"

namespace atelier {

/// Adam: the bias-corrected mean of gradients over the root of their bias-corrected mean square.
/// Kingma and Ba 2015 (arXiv:1412.6980), Algorithm 1.
struct Adam {
  static constexpr std::string_view name = "adam",
                                    summary =
                                        "mean gradient over root mean square, bias-corrected (Kingma and Ba 2015)";
  static constexpr double learning_rate = 1e-3;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  static constexpr auto knobs() {
    return std::tuple{Knob{"beta1", &Adam::beta1, 0, 1}, Knob{"beta2", &Adam::beta2, 0, 1},
                      Knob{"epsilon", &Adam::epsilon, 0, 1, true}};
  }
  static constexpr int slots = 2;  // m, v

  struct Tick {
    double correct1, correct2;  // 1 / (1 - beta^t)
  };
  Tick begin_step(const StepInfo& now) const {
    return {1 / (1 - math::power(beta1, now.step)), 1 / (1 - math::power(beta2, now.step))};
  }

  template <class Real>
  Real direction(Real g, State<Real, slots>& s, const Tick& t) const {
    s[0] = Real(beta1) * s[0] + Real(1 - beta1) * g;
    s[1] = Real(beta2) * s[1] + Real(1 - beta2) * g * g;
    return s[0] * Real(t.correct1) / (sqrt(s[1] * Real(t.correct2)) + Real(epsilon));
  }
};
static_assert(UpdateRule<Adam>);

}  // namespace atelier
