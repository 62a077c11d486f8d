// grid.cpp: every combination once, in W&B's order.
#include <algorithm>

#include "tune/detail/grid_points.hpp"
#include "tune/samplers/all.hpp"

namespace atelier {

std::optional<Configuration> propose_grid(const Ask& ask, std::uint64_t attempt) {
  const detail::GridPoints grid(ask.space);
  std::vector<std::uint64_t> taken;
  taken.reserve(ask.history.size());
  for (const Observation& observation : ask.history)
    if (const auto number = grid.number_of(observation.configuration)) taken.push_back(*number);
  std::ranges::sort(taken);
  auto next = taken.begin();
  for (std::uint64_t number = 0; number < grid.size(); number++) {
    while (next != taken.end() && *next < number) ++next;
    if (next != taken.end() && *next == number) continue;
    auto configuration = grid.configuration(number);
    if (configuration && attempt-- == 0) return configuration;
  }
  return std::nullopt;
}

}  // namespace atelier
