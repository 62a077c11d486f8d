// likeness.hpp: an order in which things that are alike stand side by side.
#pragma once
#include <cstddef>
#include <functional>
#include <vector>

namespace atelier {

/// The numbers 0 .. n-1 ordered by likeness: average-linkage clustering (Sokal and Michener 1958), where two groups
/// are joined at the ends that are most alike. `alike` is symmetric and not negative. Deterministic: of equals, the
/// lower numbers come first. O(n^3).
std::vector<std::size_t> order_by_likeness(std::size_t n, const std::function<double(std::size_t, std::size_t)>& alike);

}  // namespace atelier
