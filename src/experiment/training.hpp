// training.hpp: one training in memory, an epoch at a time.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "data/open.hpp"
#include "data/split.hpp"
#include "experiment/checkpoint.hpp"
#include "experiment/model.hpp"
#include "experiment/recipe.hpp"
#include "train/trainer.hpp"

namespace atelier {

/// Data that any number of trainings share; nobody writes to it.
struct TrainingData {
  DataPair pair;
  Split sides;
};

/// Opens and splits the data that a recipe names.
Result<std::shared_ptr<const TrainingData>> open_training_data(const Recipe& recipe);

/// One epoch, as it was. `train_*` are running means over the epoch; a loss excludes the penalty.
struct EpochReport {
  int epoch = 0;  ///< from 1
  double train_loss = 0;
  std::optional<double> train_accuracy;
  double val_loss = 0;
  std::optional<double> val_accuracy;
  double train_seconds = 0;
  double samples_per_second = 0;
  bool best = false;  ///< the best validation score so far
};

/// Who looks on while an epoch is trained. All may be empty; they are called on the training's thread.
struct StepWatch {
  std::function<void(int epoch, double fraction, double samples_per_second)> progress = {};  ///< every step
  std::function<void(const StepReport&)> step = {};
  const std::atomic<bool>* stop = nullptr;  ///< set: finish the step and return
};

/// A training by a recipe, with its history. It prints and saves nothing: whoever holds it takes a checkpoint when one
/// is wanted, and the model after an epoch that was the best. It goes on from a checkpoint with the same bits.
class Training {
 public:
  static Result<Training> begin(Recipe recipe, std::shared_ptr<const TrainingData> data,
                                std::shared_ptr<ThreadPool> pool);
  /// The training that a checkpoint was taken from. An error when the data are not those of that time.
  static Result<Training> go_on(const Checkpoint& checkpoint, std::shared_ptr<const TrainingData> data,
                                std::shared_ptr<ThreadPool> pool);

  /// Trains what is left of the epoch and evaluates; none when `stop` was raised before its end. A diverged training is
  /// an error, and what was taken before is still good.
  Result<std::optional<EpochReport>> epoch(const StepWatch& watch = {});

  const Recipe& recipe() const { return recipe_; }
  const TrainingData& data() const { return *data_; }
  const std::vector<EpochReport>& history() const { return history_; }
  int epochs_done() const { return static_cast<int>(history_.size()); }
  std::int64_t steps_taken() const { return trainer_.steps_taken(); }
  /// The epoch of the best validation score (accuracy, or loss in a regression); nullptr before the first.
  const EpochReport* best() const { return best_ < 0 ? nullptr : &history_[static_cast<std::size_t>(best_)]; }
  /// As many epochs without a better one as the recipe's patience allows.
  bool out_of_patience() const;
  bool over() const { return epochs_done() >= recipe_.epochs || out_of_patience(); }

  /// The network as it stands, raw where weights are averaged.
  const Network<float>& network() const { return trainer_.network(); }
  /// Its parameters before the last step of the last epoch; empty where the recipe wants no probes.
  std::span<const float> before_last_step() const { return before_last_step_; }
  /// The network as it stands, with all that is needed to use it.
  Model model() const;
  Checkpoint checkpoint() const;
  const Loss& loss() const { return trainer_.loss(); }
  ThreadPool& pool() { return trainer_.pool(); }
  std::size_t parameter_count() const { return trainer_.network().parameter_count(); }

 private:
  Training(Recipe recipe, std::shared_ptr<const TrainingData> data, Trainer trainer)
      : recipe_(std::move(recipe)), data_(std::move(data)), trainer_(std::move(trainer)) {}
  Result<bool> train(const StepWatch& watch, EpochReport& report);
  Result<void> evaluate(EpochReport& report);
  void keep(const EpochReport& report);

  Recipe recipe_;
  std::shared_ptr<const TrainingData> data_;
  Trainer trainer_;
  std::vector<EpochReport> history_;
  int best_ = -1;              // position in the history
  double seconds_before_ = 0;  // of the epoch in progress, before it was interrupted
  std::vector<float> before_last_step_;
};

}  // namespace atelier
