// grid.cpp: every combination once, in W&B's order.
#include <unordered_set>

#include "tune/detail/odometer.hpp"
#include "tune/samplers/all.hpp"

namespace atelier {

std::optional<Configuration> propose_grid(const Ask& ask, std::uint64_t attempt) {
  const Space grid = grid_of(ask.space);
  std::unordered_set<std::string> taken;
  for (const Observation& observation : ask.history) taken.insert(fingerprint(observation.configuration));
  for (detail::Odometer odometer(grid); !odometer.over(); odometer.step())
    if (!taken.contains(fingerprint(odometer.configuration())) && attempt-- == 0) return odometer.configuration();
  return std::nullopt;
}

}  // namespace atelier
