// rehearsal.cpp: one training a task.
#include "experiment/rehearsal.hpp"

#include <mutex>
#include <new>

namespace atelier {

using History = std::vector<EpochReport>;

std::vector<Result<History>> rehearse(std::span<const Recipe> recipes, const std::shared_ptr<const TrainingData>& data,
                                      int threads, const std::function<void()>& done, const std::atomic<bool>* stop) {
  std::vector<Result<History>> results(recipes.size());
  std::mutex telling;
  ThreadPool pool(threads);
  const auto train = [&](std::size_t i) -> Result<History> {
    Result<Training> training = Training::begin(recipes[i], data, std::make_shared<ThreadPool>(1));
    if (!training) return pass_on(training);
    while (training->epochs_done() < recipes[i].epochs) {
      const auto epoch = training->epoch({.stop = stop});
      if (!epoch) return pass_on(epoch);
      if (!*epoch) break;
      const std::lock_guard lock(telling);
      if (done) done();
    }
    return training->history();
  };
  pool.run(recipes.size(), [&](std::size_t i) {
    const FlushDenormals flush;  // on whichever thread it runs
    try {
      results[i] = train(i);
    } catch (const std::bad_alloc&) {
      results[i] = fail(Trouble::usage, "there is not enough memory for this training", "", "train fewer at once");
    }
  });
  return results;
}

}  // namespace atelier
