// gradient_check.hpp: back-propagation against central differences, in double.
#pragma once
#include <string>
#include <vector>

#include "nn/losses.hpp"
#include "nn/network.hpp"

namespace atelier {

/// One network whose gradient was checked.
struct GradientCheck {
  std::string network;  ///< "5 → 7 tanh → 3"
  std::string layers;   ///< what it exercises: "dense", "batch_norm", ...
  std::string activation, loss, initialiser;
  std::size_t parameters = 0;
  double worst = 0;      ///< largest |a - n| / max(1, |a|, |n|), a analytic, n numeric
  std::string worst_at;  ///< "layer 2 weight[3, 1]"
};

/// Checks the parameters of one network (500 evenly spread ones of a larger block) on a random batch, through the
/// very code that trains it. Central differences of fourth order with steps from 1e-5 down to 1e-7; the error of a right gradient
/// in double is below 1e-8.
Result<GradientCheck> check_gradient(const Architecture& architecture, const Loss& loss, const Initialiser& init,
                                     std::size_t rows, std::uint64_t seed);

/// Every layer x activation x loss x initialiser on random shapes.
Result<std::vector<GradientCheck>> check_gradients(std::uint64_t seed);

}  // namespace atelier
