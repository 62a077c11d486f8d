// workspace.hpp: a workspace that is written to, and what a run leaves in it.
#pragma once
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "experiment/training.hpp"
#include "track/run_writer.hpp"
#include "track/store.hpp"
#include "train/probe.hpp"

namespace atelier {

/// The store of a workspace folder, open for writing, and the one thread that writes rows to it. Runs whose process is
/// gone are found when it is opened.
class Workspace {
 public:
  static Result<std::unique_ptr<Workspace>> open(const std::filesystem::path& folder);

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path folder_of(const std::string& run) const { return folder_ / run; }
  Store& store() { return *store_; }
  StoreWriter& writer() { return writer_; }

 private:
  Workspace(std::filesystem::path folder, std::unique_ptr<Store> store)
      : folder_(std::move(folder)), store_(std::move(store)), writer_(*store_) {}
  std::filesystem::path folder_;
  std::unique_ptr<Store> store_;
  StoreWriter writer_;
};

/// What is known of a run's surroundings, for its record: version, instruction set, processor, data.
JsonText environment_of(const Recipe& recipe, const TrainingData& data);
/// The metrics of an epoch by their names in records and events.
Metrics metrics_of(const EpochReport& report);

/// The pen of a run: a thread of its own saves models and checkpoints, synced and whole, behind the training. An
/// epoch's row goes to the store once its checkpoint is on the disk, so what the store shows can be gone on from. When the
/// disk is slower than the training, a checkpoint that still waits gives way to the next. The same thread looks into the
/// layers, where the recipe wants that: at the weights of each checkpoint that is saved, and at those before the first step.
class RunKeeper {
 public:
  /// Makes the run's folder. `steps`: whether `step` will be called.
  static Result<std::unique_ptr<RunKeeper>> open(Workspace& workspace, const Ticket& ticket, bool steps = false);
  RunKeeper(const RunKeeper&) = delete;
  RunKeeper& operator=(const RunKeeper&) = delete;
  ~RunKeeper();

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path model_path() const { return folder_ / "model.safetensors"; }
  std::filesystem::path checkpoint_path() const { return folder_ / "checkpoint.safetensors"; }

  /// Comes first: takes on a training, and hands over the rows of one that was read from its checkpoint, for a kill may
  /// have come between the two.
  void recall(const Training& training);
  /// Hands over what an epoch just finished has left: copies, no waiting.
  void epoch(const Training& training);
  /// Hands over a training that stopped within an epoch.
  void pause(const Training& training);
  void step(const StepReport& report);

  /// False as soon as another attempt has taken the run over, or may have: stop working on it.
  bool ours() const { return writer_.ours(); }
  /// Where it may have, after a long silence, asks the store; `ours` is sure then. An error when the store is out of reach.
  Result<void> ask_whose();
  /// Why something could not be saved; none while all is well.
  std::optional<Error> trouble() const;
  /// The epoch whose model lies in the folder; 0: none.
  int model_epoch() const;

  /// Waits until all that was handed over is saved.
  Result<void> settle();
  /// Saves what is left, ends the attempt. An error when anything could not be saved: what would have been finished or
  /// stopped early is then failed.
  Result<Acceptance> end(Ending ending);

 private:
  struct Bundle {
    std::optional<Model> model = {};
    int model_epoch = 0;
    std::optional<Checkpoint> checkpoint = {};
    std::vector<EpochReport> reports = {};
    Metrics summary = {};
    bool untrained = false;          // look at the layers as they are before the first step
    std::vector<float> before = {};  // the parameters one step before the checkpoint; empty: do not look
  };
  RunKeeper(Workspace& workspace, const Ticket& ticket, RunWriter writer, std::chrono::milliseconds worked);
  void hand_over(Bundle bundle);
  void work();
  Result<void> save(const Bundle& bundle);
  Result<void> save_files(const Bundle& bundle);
  Result<void> put(const std::filesystem::path& target, FunctionRef<Result<void>(const std::filesystem::path&)> write);
  void look(const Bundle& bundle);
  void record(int epoch, const std::vector<LayerProbe>& seen);
  void close();
  Result<void> list_files();

  std::filesystem::path folder_;
  Ticket ticket_;
  Store& store_;
  RunWriter writer_;
  std::chrono::milliseconds worked_;  // in earlier attempts
  std::optional<Prober> prober_;      // made before the first bundle, then the thread's own
  mutable std::mutex mutex_;
  std::condition_variable wake_, saved_;
  std::optional<Bundle> waiting_;
  std::optional<Error> trouble_;
  int model_epoch_ = 0;
  bool saving_ = false, closing_ = false;
  std::jthread thread_;  // the last member: it ends before the others do
};

}  // namespace atelier
