// minimize.hpp: smooth minimisation in a box.
#pragma once
#include <span>
#include <vector>

#include "base/function_ref.hpp"

namespace atelier::detail {

struct Box {
  std::vector<double> low, high;
};

/// Minimises f from `x` (which it moves) by BFGS on the free coordinates with a projected, backtracking line search, for
/// tens of dimensions. f returns its value and fills the gradient; infinity says "not here". Stops when the projected
/// gradient is below `tolerance` or after `most` evaluations. Returns the value reached.
double minimize(FunctionRef<double(std::span<const double> x, std::span<double> gradient)> f, std::span<double> x,
                const Box& box, double tolerance, int most);

}  // namespace atelier::detail
