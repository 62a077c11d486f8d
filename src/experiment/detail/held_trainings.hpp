// held_trainings.hpp: trainings that wait in memory to be gone on with.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "base/function_ref.hpp"
#include "base/machine.hpp"
#include "experiment/training.hpp"

namespace atelier::detail {

/// Paused trainings by trial: a cache, for the checkpoints on the disk have the same. For one thread at a time.
class HeldTrainings {
 public:
  /// The training of a trial, unless it has fewer than so many epochs behind it: then it is out of date.
  std::optional<Training> take(std::uint64_t trial, int epochs) {
    auto held = held_.extract(trial);
    if (held.empty() || held.mapped().epochs_done() < epochs) return std::nullopt;
    return std::move(held.mapped());
  }

  /// Keeps a training, and as many of the others as are still `wanted` and fit.
  void keep(std::uint64_t trial, Training training, FunctionRef<bool(std::uint64_t)> wanted) {
    std::erase_if(held_, [&](const auto& held) { return !wanted(held.first); });
    held_.insert_or_assign(trial, std::move(training));
    while (!held_.empty() && (held_.size() > kMost || bytes() > kMemory * machine_memory())) held_.erase(held_.begin());
  }

 private:
  static constexpr std::size_t kMost = 64;
  static constexpr double kMemory = 0.1;               // of the machine's
  static constexpr double kBytesPerParameter = 4 * 6;  // weights, gradients, state and averages

  double bytes() const {
    double sum = 0;
    for (const auto& [trial, held] : held_) sum += kBytesPerParameter * static_cast<double>(held.parameter_count());
    return sum;
  }

  std::map<std::uint64_t, Training> held_;
};

}  // namespace atelier::detail
