// adamw.hpp: Adam with decoupled weight decay.
#pragma once
#include "optim/rules/adam.hpp"

namespace atelier {

/// AdamW: Adam's direction, and a decay of the weights apart from the gradient, composed outside.
/// Loshchilov and Hutter 2019 (arXiv:1711.05101), Algorithm 2.
struct AdamW : Adam {
  static constexpr std::string_view name = "adamw", summary = "Adam with decoupled decay (Loshchilov and Hutter 2019)";
  static constexpr double decoupled_decay = 0.01;
  static constexpr auto knobs() {
    return std::tuple{Knob<AdamW>{"beta1", &AdamW::beta1, 0, 1}, Knob<AdamW>{"beta2", &AdamW::beta2, 0, 1},
                      Knob<AdamW>{"epsilon", &AdamW::epsilon, 0, 1, true}};
  }
};
static_assert(UpdateRule<AdamW>);

}  // namespace atelier
