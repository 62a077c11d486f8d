// rehearsal.cpp: one training a task.
#include "experiment/rehearsal.hpp"

#include <mutex>
#include <new>

#include "experiment/build.hpp"
#include "train/evaluate.hpp"

namespace atelier {
namespace {

using History = std::vector<EpochReport>;

/// Takes the steps of one epoch and evaluates after it.
Result<EpochReport> rehearse_epoch(Trainer& trainer, const Dataset& validation) {
  for (std::int64_t s = 0; s < trainer.steps_per_epoch(); s++) {
    if (const Result<StepReport> step = trainer.step(); !step) return pass_on(step);
  }
  const Result<Evaluation> seen = validate(trainer.result(), trainer.loss(), validation, trainer.pool());
  if (!seen) return pass_on(seen);
  EpochReport report{.epoch = trainer.epochs_done(),
                     .train_loss = trainer.totals().loss(),
                     .train_accuracy = {},
                     .val_loss = seen->loss,
                     .val_accuracy = seen->accuracy};
  if (seen->accuracy) report.train_accuracy = trainer.totals().accuracy();
  return report;
}

}  // namespace

std::vector<Result<History>> rehearse(std::span<const Recipe> recipes, const Split& data, int threads,
                                      const std::function<void()>& done, const std::atomic<bool>* stop) {
  std::vector<Result<History>> results(recipes.size());
  std::mutex telling;
  ThreadPool pool(threads);
  const auto train = [&](std::size_t i) {
    Result<Trainer> trainer = trainer_of(recipes[i], data.train, std::make_shared<ThreadPool>(1));
    if (!trainer) {
      results[i] = pass_on(trainer);
      return;
    }
    while (results[i] && trainer->epochs_done() < recipes[i].epochs && !(stop && stop->load())) {
      Result<EpochReport> epoch = rehearse_epoch(*trainer, data.validation);
      if (epoch)
        results[i]->push_back(*epoch);
      else
        results[i] = pass_on(epoch);
      const std::lock_guard lock(telling);
      if (done) done();
    }
  };
  pool.run(recipes.size(), [&](std::size_t i) {
    const FlushDenormals flush;  // on whichever thread it runs
    try {
      train(i);
    } catch (const std::bad_alloc&) {
      results[i] = fail(Trouble::usage, "there is not enough memory for this training", "", "train fewer at once");
    }
  });
  return results;
}

}  // namespace atelier
