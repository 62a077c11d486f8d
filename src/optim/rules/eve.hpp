// eve.hpp: Adam that listens to the loss.
#pragma once
#include "optim/rule.hpp"

namespace atelier {

/// Eve: Adam whose step shrinks while the loss moves much and grows while it stands still.
/// Hayashi, Koushik and Neubig 2016 (arXiv:1611.01505v3), Algorithm 1, with the lowest loss f* taken as 0.
struct Eve {
  static constexpr std::string_view name = "eve", summary = "Adam that listens to the loss (Hayashi et al. 2016)";
  static constexpr double learning_rate = 1e-3;
  double beta1 = 0.9, beta2 = 0.999, beta3 = 0.999, clip = 10, epsilon = 1e-8;
  static constexpr auto knobs() {
    return std::tuple{Knob{"beta1", &Eve::beta1, 0, 1}, Knob{"beta2", &Eve::beta2, 0, 1},
                      Knob{"beta3", &Eve::beta3, 0, 1}, Knob{"clip", &Eve::clip, 1, 1e6},
                      Knob{"epsilon", &Eve::epsilon, 0, 1, true}};
  }
  static constexpr int slots = 2;    // m, v
  static constexpr int scalars = 2;  // loss of the step before, smoothed change d

  struct Tick {
    double correct1, correct2;
  };
  Tick begin_step(const StepInfo& now, std::array<double, scalars>& memory) const {
    auto& [before, d] = memory;
    if (now.step == 1) {
      d = 1;
    } else {
      const double lower = now.loss < before ? now.loss : before, change = now.loss - before;
      const double relative = lower > 0 ? (change < 0 ? -change : change) / lower : clip;
      const double limited = relative < 1 / clip ? 1 / clip : relative > clip ? clip : relative;
      d = beta3 * d + (1 - beta3) * limited;
    }
    before = now.loss;
    return {1 / ((1 - math::power(beta1, now.step)) * d), 1 / (1 - math::power(beta2, now.step))};
  }

  template <class Real>
  Real direction(Real g, State<Real, slots>& s, const Tick& t) const {
    s[0] = Real(beta1) * s[0] + Real(1 - beta1) * g;
    s[1] = Real(beta2) * s[1] + Real(1 - beta2) * g * g;
    return s[0] * Real(t.correct1) / (sqrt(s[1] * Real(t.correct2)) + Real(epsilon));
  }
};
static_assert(UpdateRule<Eve>);

}  // namespace atelier
