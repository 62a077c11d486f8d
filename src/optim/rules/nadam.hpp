// nadam.hpp: Adam with Nesterov's look-ahead.
#pragma once
#include "optim/rule.hpp"

namespace atelier {

/// Nadam: Adam with Nesterov momentum under the schedule mu_t = beta1 (1 - 0.96^(t psi) / 2).
/// Dozat 2016, "Incorporating Nesterov momentum into Adam", Algorithm 2, as PyTorch has it.
struct Nadam {
  static constexpr std::string_view name = "nadam", summary = "Adam with Nesterov's look-ahead (Dozat 2016)";
  static constexpr double learning_rate = 2e-3;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, psi = 0.004;
  static constexpr auto knobs() {
    return std::tuple{Knob{"beta1", &Nadam::beta1, 0, 1}, Knob{"beta2", &Nadam::beta2, 0, 1},
                      Knob{"epsilon", &Nadam::epsilon, 0, 1, true}, Knob{"psi", &Nadam::psi, 0, 1}};
  }
  static constexpr int slots = 2;    // m, v
  static constexpr int scalars = 1;  // log of the product of mu_1 .. mu_t

  struct Tick {
    double gradient, momentum, correct2;  // weights of g and m, 1 / (1 - beta2^t)
  };
  Tick begin_step(const StepInfo& now, std::array<double, scalars>& log_product) const {
    const auto t = static_cast<double>(now.step);
    const double mu = beta1 * (1 - 0.5 * math::power(0.96, t * psi));
    const double mu_next = beta1 * (1 - 0.5 * math::power(0.96, (t + 1) * psi));
    log_product[0] += mu > 0 ? math::log(mu) : -700.0;
    const double product = math::exp(log_product[0]);
    return {(1 - mu) / (1 - product), mu_next / (1 - product * mu_next), 1 / (1 - math::power(beta2, now.step))};
  }

  template <class Real>
  Real direction(Real g, State<Real, slots>& s, const Tick& t) const {
    s[0] = Real(beta1) * s[0] + Real(1 - beta1) * g;
    s[1] = Real(beta2) * s[1] + Real(1 - beta2) * g * g;
    return (Real(t.gradient) * g + Real(t.momentum) * s[0]) / (sqrt(s[1] * Real(t.correct2)) + Real(epsilon));
  }
};
static_assert(UpdateRule<Nadam>);

}  // namespace atelier
