// rehearsal.hpp: trainings in memory, side by side, that leave nothing behind.
#pragma once
#include <memory>
#include <span>
#include <vector>

#include "experiment/training.hpp"

namespace atelier {

/// Trains each recipe on one thread of its own, as many at once as `threads`, on one read-only copy of the data;
/// recipe.threads is ignored. The results do not depend on `threads`. A recipe that fails or diverges has its error
/// in its place. `done` is called after each epoch of any training, from any thread, one call at a time.
std::vector<Result<std::vector<EpochReport>>> rehearse(std::span<const Recipe> recipes,
                                                       const std::shared_ptr<const TrainingData>& data, int threads,
                                                       const std::function<void()>& done = {},
                                                       const std::atomic<bool>* stop = nullptr);

}  // namespace atelier
