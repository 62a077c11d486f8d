// adagrad.hpp: the gradient over the root of all squares so far.
#pragma once
#include "optim/rule.hpp"

namespace atelier {

/// Adagrad: the gradient divided by the root of the sum of all squares so far. Duchi et al. 2011.
struct Adagrad {
  static constexpr std::string_view name = "adagrad",
                                    summary = "the gradient over the root of all squares so far (Duchi et al. 2011)";
  static constexpr double learning_rate = 0.01;
  double epsilon = 1e-10;
  static constexpr auto knobs() { return std::tuple{Knob{"epsilon", &Adagrad::epsilon, 0, 1, true}}; }
  static constexpr int slots = 1;  // sum of squares

  template <class Real>
  Real direction(Real g, State<Real, slots>& s, const NoTick&) const {
    s[0] += g * g;
    return g / (sqrt(s[0]) + Real(epsilon));
  }
};
static_assert(UpdateRule<Adagrad>);

}  // namespace atelier
