// accuracy_text.hpp: a measured accuracy with the doubt of its sample.
#pragma once
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "analysis/proportion.hpp"
#include "figures/progress.hpp"

namespace atelier::cli {

/// "89.51 % ± 0.39"; plain where the number of samples is not known, or the value is no share.
inline std::string accuracy_with_doubt(double accuracy, std::optional<std::uint64_t> samples) {
  if (!samples || *samples == 0 || !(accuracy >= 0 && accuracy <= 1)) return percent(accuracy);
  const auto hits = static_cast<std::uint64_t>(std::llround(accuracy * static_cast<double>(*samples)));
  return percent_with_doubt(accuracy, proportion(hits, *samples).error);
}

}  // namespace atelier::cli
