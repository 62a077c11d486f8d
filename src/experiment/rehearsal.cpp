// rehearsal.cpp: one training a task.
#include "experiment/rehearsal.hpp"

#include <mutex>

#include "experiment/build.hpp"
#include "train/evaluate.hpp"

namespace atelier {
namespace {

using History = std::vector<EpochReport>;

/// Takes the steps of one epoch and evaluates after it.
Result<EpochReport> rehearse_epoch(Trainer& trainer, const Dataset& validation) {
  for (std::int64_t s = 0; s < trainer.steps_per_epoch(); s++) {
    if (const Result<StepReport> step = trainer.step(); !step) return std::unexpected(step.error());
  }
  std::optional<Network<float>> averaged;
  if (trainer.averages()) averaged = trainer.averaged();
  const Evaluation seen =
      evaluate(averaged ? *averaged : trainer.network(), trainer.loss(), validation, trainer.pool());
  EpochReport report{.epoch = trainer.epochs_done(),
                     .train_loss = trainer.totals().loss(),
                     .train_accuracy = {},
                     .val_loss = seen.loss,
                     .val_accuracy = seen.accuracy};
  if (seen.accuracy) report.train_accuracy = trainer.totals().accuracy();
  return report;
}

}  // namespace

std::vector<Result<History>> rehearse(std::span<const Recipe> recipes, const Split& data, int threads,
                                      const std::function<void()>& done, const std::atomic<bool>* stop) {
  std::vector<Result<History>> results(recipes.size());
  std::mutex telling;
  ThreadPool pool(threads);
  pool.run(recipes.size(), [&](std::size_t i) {
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
  });
  return results;
}

}  // namespace atelier
