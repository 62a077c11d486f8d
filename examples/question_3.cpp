// question_3.cpp: an optimizer of one's own, raced against Adam from the same initial weights.
#include <fmt/core.h>

#include <atelier.hpp>
#include <iostream>

using namespace atelier;

/// Yogi: Adam whose mean square grows by small steps, so that a rare large gradient is not soon forgotten.
/// Zaheer et al. 2018, "Adaptive Methods for Nonconvex Optimization", Algorithm 2, without bias correction.
struct Yogi {
  static constexpr std::string_view name = "yogi", summary = "Adam with a gentler mean square (Zaheer et al. 2018)";
  static constexpr double learning_rate = 1e-3;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-3;
  static constexpr auto knobs() {
    return std::tuple{Knob{"beta1", &Yogi::beta1, 0, 1}, Knob{"beta2", &Yogi::beta2, 0, 1},
                      Knob{"epsilon", &Yogi::epsilon, 0, 1}};
  }
  static constexpr int slots = 2;  // m, v

  template <class Real>
  Real direction(Real g, State<Real, slots>& s, const NoTick&) const {
    s[0] = Real(beta1) * s[0] + Real(1 - beta1) * g;
    s[1] = s[1] - Real(1 - beta2) * math::sign(s[1] - g * g) * g * g;
    return s[0] / (math::sqrt(s[1]) + Real(epsilon));
  }
};
static_assert(UpdateRule<Yogi>);

void race(const AnyRule& rule, const Split& data) {
  const Architecture shape{data.train.width(), {Dense{128}, Activate{Relu{}}, Dense{data.train.outputs()}}};
  auto network = Network<float>::build(shape, initialiser("he_normal").value(), 1).value();
  const auto pool = std::make_shared<ThreadPool>(2);
  auto trainer = Trainer::create(std::move(network), data.train, rule, CrossEntropy{}, {.epochs = 2}, pool).value();
  while (trainer.epochs_done() < 2) {
    trainer.step().value();
    if (trainer.steps_taken() % trainer.steps_per_epoch() != 0) continue;
    const Evaluation now = evaluate(trainer.network(), trainer.loss(), data.validation, *pool);
    fmt::print("{:<5} epoch {}   training loss {:.3f}   validation {:.2f} %\n", rule.name(), trainer.epochs_done(),
               trainer.totals().loss(), 100 * now.accuracy.value());
  }
}

int main() try {
  const DataPair data = open_dataset("fashion_mnist").value();
  const Split held_out = split(data.train, 0.1, 1).value();
  race(Yogi{}, held_out);
  race(update_rule("adam").value(), held_out);
} catch (const std::bad_expected_access<Error>& failure) {
  std::cerr << describe(failure.error());
  return 1;
}
