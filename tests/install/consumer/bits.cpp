// bits.cpp: a rule compiled here, with this program's own flags, gives the same bits on every instruction set.
#include <cstring>
#include <iostream>
#include <vector>

#include "kernels/isa.hpp"
#include "optim/any_rule.hpp"
#include "optim/rules/adam.hpp"

int main() {
  const atelier::AnyRule rule = atelier::Adam{};
  std::vector<float> expected;
  for (const atelier::Isa isa : atelier::supported_isas()) {
    if (!atelier::use_isa(isa)) return 1;
    std::vector<float> weight(100, 1.0f), gradient(100), state(200);
    for (std::size_t i = 0; i < gradient.size(); i++) gradient[i] = 0.37f / static_cast<float>(i + 3);
    for (std::int64_t step = 1; step <= 50; step++) {
      const atelier::AnyTick tick = rule.begin_step({.step = step}, nullptr);
      rule.sweep(tick, atelier::UpdateSpan<float>{.weight = weight.data(),
                                                  .gradient = gradient.data(),
                                                  .state = state.data(),
                                                  .state_stride = 100,
                                                  .count = 100,
                                                  .learning_rate = 0.0123f,
                                                  .l2 = 0.013f});
    }
    if (expected.empty()) expected = weight;
    if (std::memcmp(expected.data(), weight.data(), weight.size() * sizeof(float)) != 0) {
      std::cout << "other bits on " << atelier::isa_name(isa) << '\n';
      return 1;
    }
  }
  std::cout << "the same bits on " << atelier::supported_isas().size() << " instruction sets\n";
  return 0;
}
