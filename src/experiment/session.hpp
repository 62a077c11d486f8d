// session.hpp: one training from recipe to saved model, as a run of a workspace.
#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "experiment/run_place.hpp"
#include "experiment/training.hpp"

namespace atelier {

/// What is known before the first step.
struct Opening {
  std::string run;  ///< id of the run
  std::string dataset;
  std::size_t train = 0, validation = 0;  ///< samples
  std::string network;                    ///< "784 → 256 relu → 128 relu → 10 softmax"
  std::size_t parameters = 0;
  bool pictures = true;
  int epochs = 0;                        ///< in all
  int epochs_done = 0;                   ///< above 0 for a resumed run
  std::optional<EpochReport> best = {};  ///< of these
  bool over = false;                     ///< nothing is left to train
};

/// Who looks on. All may be empty; they are called on the calling thread.
struct Watch {
  std::function<void(const Opening&)> start = {};
  std::function<void(int epoch, double fraction, double samples_per_second)> progress = {};  ///< every step
  std::function<void(const EpochReport&)> epoch = {};
  const std::atomic<bool>* stop = nullptr;  ///< set: finish the step, save, return
};

struct RunOptions {
  std::filesystem::path workspace = "atelier-runs";
  bool test = false;   ///< evaluate the best model on the test set, at the end, once
  bool steps = false;  ///< keep loss and learning rate of every step, too
  std::string name = {}, group = {}, notes = {};
  std::vector<std::string> tags = {};
  std::string id = {};  ///< this one instead of a new one; a run that has it already is replaced
  /// The folder of a run to go on with. The recipe is then its own, but for `threads`, and `data` where they have moved.
  std::optional<std::filesystem::path> resume = {};
};

/// How a training ended.
struct Outcome {
  std::string run;
  Recipe recipe;
  int epochs = 0;      ///< epochs finished
  int best_epoch = 0;  ///< the one whose weights the model has; 0 when none was finished
  std::optional<double> best_val_accuracy;
  double best_val_loss = 0;
  std::size_t validation = 0;  ///< samples behind the accuracy
  std::optional<double> test_accuracy, test_loss;
  std::size_t test = 0;
  std::filesystem::path model;  ///< empty when no epoch was finished
  std::filesystem::path folder;
  bool interrupted = false, stopped_early = false;
  double seconds = 0;
  std::vector<EpochReport> history;
};

/// Trains by the recipe as a run of the workspace, in a folder of its own: model.safetensors has the weights of the
/// epoch with the best validation score (accuracy, or loss in a regression), checkpoint.safetensors all that resuming
/// needs; settings, history and outcome are in the workspace's store. A diverged training is an error; what was saved
/// before stays. A run that has ended by its own rule is left as it is; a sweep's trial is refused.
Result<Outcome> train_run(const Recipe& recipe, const RunOptions& options, const Watch& watch);

}  // namespace atelier
