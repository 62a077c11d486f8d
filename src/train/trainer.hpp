// trainer.hpp: a training as an object that can stop at any step and go on later.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/thread_pool.hpp"
#include "data/dataset.hpp"
#include "nn/batch_pass.hpp"
#include "optim/any_rule.hpp"
#include "optim/schedule.hpp"

namespace atelier {

/// What decides a training, apart from network, data, rule and loss.
struct TrainerOptions {
  std::size_t batch_size = 64;                 ///< the last batch of an epoch may be smaller and counts exactly
  int epochs = 10;                             ///< the length that schedules plan for
  std::optional<double> learning_rate = {};    ///< absent: the rule's own
  double l2 = 0;                               ///< adds l2 / 2 * |W|^2 to the loss; not of biases, gains and shifts
  std::optional<double> decoupled_decay = {};  ///< absent: the rule's own; of the same weights as l2
  double clip_norm = 0;                        ///< largest norm of the whole gradient; 0: any
  double clip_value = 0;                       ///< largest size of one value of it; 0: any
  double averaging = 0;                        ///< decay of the exponential average of weights, in [0, 1); 0: none
  Schedule schedule = {};                      ///< `total` and `warmup` are set from `epochs` and `warmup_epochs`
  double warmup_epochs = 0;
  double drop_epochs = 10;  ///< between drops of the step schedule
  std::uint64_t seed = 1;   ///< order of samples and dropout
};

/// One step, as it was.
struct StepReport {
  std::int64_t step = 0;  ///< counts from 1
  double loss = 0;        ///< mean over the batch, penalty excluded
  std::size_t rows = 0, correct = 0;
  double learning_rate = 0;
};

/// Running totals of the epoch in progress, or of one just finished.
struct EpochTotals {
  double loss_sum = 0;  ///< over samples
  std::size_t samples = 0, correct = 0;

  double loss() const { return loss_sum / static_cast<double>(samples); }
  double accuracy() const { return static_cast<double>(correct) / static_cast<double>(samples); }
};

/// Everything that changes during a training. Restored into a trainer made from the same recipe and data, it goes
/// on with the same bits.
struct Snapshot {
  std::int64_t step = 0;
  EpochTotals totals;
  std::vector<float> parameters, state, average;  ///< flat, in the network's layout
  std::vector<double> running, scalars;
};

/// Trains a network by mini-batches. The result depends on its arguments alone: not on the number of threads, the
/// instruction set, or where it was stopped and resumed. A step allocates nothing.
class Trainer {
 public:
  /// Errors: data that do not fit the network or the loss (both shapes named), a batch larger than the set, or of
  /// one sample with BatchNorm, options and knobs out of range, more memory than the machine has.
  static Result<Trainer> create(Network<float> network, Dataset data, AnyRule rule, Loss loss,
                                const TrainerOptions& options, std::shared_ptr<ThreadPool> pool);

  /// Takes one step. Loss and output gradient are checked before any weight moves, the gradients of the weights as
  /// they are applied; a diverged training is an error that says at which step, in which layer and what to try, and
  /// takes no further step.
  Result<StepReport> step();

  std::int64_t steps_taken() const { return step_; }
  std::int64_t steps_per_epoch() const;
  /// Whole epochs behind us.
  int epochs_done() const { return static_cast<int>(step_ / steps_per_epoch()); }
  /// Totals since the epoch began; after its last step, of the whole epoch.
  const EpochTotals& totals() const { return totals_; }
  const Dataset& data() const { return data_; }
  const Loss& loss() const { return loss_; }
  ThreadPool& pool() { return *pool_; }

  /// The network as it stands after the last step.
  const Network<float>& network() const { return network_; }
  /// A copy of the network to use: with the averaged weights where they are averaged (normalising layers keep their
  /// running statistics, which belong to the raw weights), else as it stands.
  Network<float> result() const;

  Snapshot snapshot() const;
  /// An error when the snapshot belongs to another network or rule.
  Result<void> restore(const Snapshot& snapshot);

 private:
  Trainer(Network<float> network, Dataset data, AnyRule rule, Loss loss, const TrainerOptions& options,
          std::shared_ptr<ThreadPool> pool);
  void arrange_epoch();
  double clip_scale();
  bool update(const AnyTick& tick, double learning_rate, double scale);
  std::unexpected<Error> diverged(const std::string& sign, std::optional<std::size_t> layer, double learning_rate);

  Network<float> network_;
  Dataset data_;
  AnyRule rule_;
  Loss loss_;
  TrainerOptions options_;
  std::shared_ptr<ThreadPool> pool_;
  BatchPass<float> pass_;
  Buffer<float> state_, average_, gradient_;
  std::vector<double> scalars_;
  std::vector<double> tile_squares_;
  std::vector<std::uint8_t> tile_bad_;
  std::vector<std::uint32_t> order_;
  std::int64_t step_ = 0, ordered_epoch_ = -1;
  EpochTotals totals_;
  std::optional<Error> failure_;
};

}  // namespace atelier
