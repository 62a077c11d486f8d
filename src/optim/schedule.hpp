// schedule.hpp: how the learning rate changes over a training.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "base/catalog.hpp"
#include "base/error.hpp"

namespace atelier {

/// A learning-rate schedule as a value. Lengths are in steps.
struct Schedule {
  std::string_view name = "constant";
  double warmup = 0;    ///< linear rise from 0, before the schedule proper
  double total = 1;     ///< the whole training, warm-up included
  double factor = 0.1;  ///< step: of each drop; exponential: from begin to end
  double every = 1;     ///< step: between drops

  /// What the learning rate is multiplied with at step 1, 2, ...; in [0, 1].
  double at(std::int64_t step) const;
};

/// The schedules as a listing shows them.
std::span<const CatalogEntry> schedule_catalog();
/// The name as the catalog keeps it; an error that names the nearest.
Result<std::string_view> schedule_name(std::string_view name);

}  // namespace atelier
