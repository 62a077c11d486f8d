// workspace.cpp: rows to the store and files to the run's folder, behind the training.
#include "experiment/workspace.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <thread>

#include "base/files.hpp"
#include "base/function_ref.hpp"
#include "base/machine.hpp"
#include "base/sha256.hpp"
#include "base/version.hpp"
#include "experiment/run_ending.hpp"
#include "kernels/isa.hpp"

namespace atelier {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

constexpr auto kMachineEvery = std::chrono::seconds(1);

/// The best epoch and how far the run is, as its summary tells.
Metrics standing(const Training& training) {
  double seconds = 0;
  for (const EpochReport& e : training.history()) seconds += e.train_seconds;
  Metrics summary{{"epochs", training.epochs_done()}, {"seconds", seconds}};
  if (const EpochReport* best = training.best()) {
    summary["best_epoch"] = best->epoch;
    summary["best_val_loss"] = best->val_loss;
    if (best->val_accuracy) summary["best_val_accuracy"] = *best->val_accuracy;
  }
  return summary;
}

/// What is thrown on a thread of its own would end the process.
Result<void> guarded(FunctionRef<Result<void>()> work) {
  try {
    return work();
  } catch (const std::exception& e) {
    return fail(Trouble::file, "the run cannot be saved", e.what(), "is there memory left? use fewer --workers");
  }
}

/// What an attempt that was killed had begun to write.
void remove_leavings(const fs::path& folder) {
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed); !failed && at != fs::directory_iterator{}; at.increment(failed)) {
    const std::string name = at->path().filename().string();
    std::error_code ignored;
    if (name.starts_with(".atelier-") && name.ends_with(".tmp")) fs::remove(at->path(), ignored);
  }
}

/// How long earlier attempts have worked, as far as they have told of the machine: rows of this one follow theirs.
Result<std::chrono::milliseconds> worked_before(Store& store, const Ticket& ticket) {
  if (ticket.attempt <= 1) return std::chrono::milliseconds(0);
  const auto rows = store.series(ticket.run, "machine");
  if (!rows) return pass_on(rows);
  return std::chrono::milliseconds(rows->empty() ? 0 : rows->back().at.back());
}

}  // namespace

Result<std::unique_ptr<Workspace>> Workspace::open(const fs::path& folder) {
  auto store = open_store(folder);
  if (!store) return pass_on(store);
  if (auto reaped = (*store)->reap(); !reaped) return pass_on(reaped);
  return std::unique_ptr<Workspace>(new Workspace(folder, *std::move(store)));
}

JsonText environment_of(const Recipe& recipe, const TrainingData& data) {
  return nlohmann::ordered_json{{"version", kVersion},
                                {"instruction_set", isa_name(isa())},
                                {"processor", processor_name()},
                                {"cores", std::thread::hardware_concurrency()},
                                {"memory_gb", std::round(machine_memory() / 1e8) / 10},
                                {"host", host_name()},
                                {"seed", recipe.seed},
                                {"data", data.sides.train.name()},
                                {"data_folder", data.pair.where.string()},
                                {"checksum", data.pair.checksum},
                                {"train_samples", data.sides.train.size()},
                                {"validation_samples", data.sides.validation.size()}}
      .dump();
}

Metrics metrics_of(const EpochReport& report) {
  Metrics metrics{{"train_loss", report.train_loss},
                  {"val_loss", report.val_loss},
                  {"train_seconds", report.train_seconds},
                  {"samples_per_second", report.samples_per_second}};
  if (report.train_accuracy) metrics["train_accuracy"] = *report.train_accuracy;
  if (report.val_accuracy) metrics["val_accuracy"] = *report.val_accuracy;
  return metrics;
}

RunKeeper::RunKeeper(Workspace& workspace, const Ticket& ticket, RunWriter writer, std::chrono::milliseconds worked)
    : folder_(workspace.folder_of(ticket.run)),
      ticket_(ticket),
      store_(workspace.store()),
      writer_(std::move(writer)),
      worked_(worked),
      thread_([this] { work(); }) {}

RunKeeper::~RunKeeper() { close(); }

Result<std::unique_ptr<RunKeeper>> RunKeeper::open(Workspace& workspace, const Ticket& ticket, bool steps) {
  const fs::path folder = workspace.folder_of(ticket.run);
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) {
    return fail(Trouble::file, "the run's folder cannot be made", folder.string() + ": " + failed.message(),
                "choose another place with --workspace");
  }
  remove_leavings(folder);
  std::vector<std::string> columns;
  if (steps) columns = {"train_loss", "learning_rate"};
  const auto worked = worked_before(workspace.store(), ticket);
  if (!worked) return pass_on(worked);
  return std::unique_ptr<RunKeeper>(
      new RunKeeper(workspace, ticket, workspace.writer().open(ticket, std::move(columns)), *worked));
}

void RunKeeper::recall(const Training& training) {
  if (training.recipe().probes) {
    prober_.emplace(training.network().clone(), training.data().sides.train, training.loss());
    if (training.steps_taken() == 0) hand_over({.untrained = true});
  }
  const std::scoped_lock guard(mutex_);
  if (training.best()) model_epoch_ = training.best()->epoch;
  for (const EpochReport& report : training.history())
    writer_.epoch({report.epoch, metrics_of(report)}, standing(training));
}

void RunKeeper::epoch(const Training& training) {
  const EpochReport& report = training.history().back();
  Bundle bundle{.checkpoint = training.checkpoint(), .reports = {report}, .summary = standing(training)};
  if (report.best) bundle.model = training.model(), bundle.model_epoch = report.epoch;
  const auto before = training.before_last_step();
  bundle.before.assign(before.begin(), before.end());
  hand_over(std::move(bundle));
}

void RunKeeper::pause(const Training& training) {
  hand_over({.checkpoint = training.checkpoint(), .summary = standing(training)});
}

void RunKeeper::step(const StepReport& report) {
  const double values[] = {report.loss, report.learning_rate};
  writer_.step(report.step, values);
}

void RunKeeper::hand_over(Bundle bundle) {
  const std::scoped_lock guard(mutex_);
  if (!waiting_) {
    waiting_ = std::move(bundle);
  } else {
    if (bundle.model) waiting_->model = std::move(bundle.model), waiting_->model_epoch = bundle.model_epoch;
    waiting_->checkpoint = std::move(bundle.checkpoint);
    waiting_->reports.insert(waiting_->reports.end(), bundle.reports.begin(), bundle.reports.end());
    waiting_->summary = std::move(bundle.summary);
    waiting_->before = std::move(bundle.before);
  }
  wake_.notify_one();
}

void RunKeeper::work() {
  const auto start = Steady::now();
  auto next_look = start + kMachineEvery;
  for (;;) {
    std::optional<Bundle> bundle;
    {
      std::unique_lock guard(mutex_);
      wake_.wait_until(guard, next_look, [&] { return waiting_ || closing_; });
      bundle = std::exchange(waiting_, std::nullopt);
      saving_ = bundle.has_value();
      if (!bundle && closing_) return;
    }
    if (bundle) {
      auto saved = guarded([&]() -> Result<void> {
        auto files = save(*bundle);
        if (files) look(*bundle);
        return files;
      });
      const std::scoped_lock guard(mutex_);
      if (!saved) trouble_ = saved.error();
      saving_ = false;
      saved_.notify_all();
    }
    if (Steady::now() < next_look) continue;
    next_look += kMachineEvery;
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - start);
    static_cast<void>(guarded([&]() -> Result<void> {
      const ProcessUsage used = process_usage();
      writer_.machine((worked_ + since).count(),
                      {{"cpu_seconds", used.cpu_seconds}, {"resident_bytes", used.resident_bytes}});
      return {};
    }));
  }
}

Result<void> RunKeeper::ask_whose() {
  if (writer_.ours()) return {};
  const auto asked = writer_.flush();
  return asked ? Result<void>{} : pass_on(asked);
}

// Whoever has taken the run over writes its files now, and takes away what we had begun. Epochs that could not be saved are
// told of all the same: they end this attempt, and the next one begins at the last checkpoint.
Result<void> RunKeeper::save(const Bundle& bundle) {
  if (!bundle.checkpoint) return {};
  if (auto asked = ask_whose(); !asked) return asked;
  if (!writer_.ours()) return {};
  auto saved = save_files(bundle);
  for (const EpochReport& report : bundle.reports) writer_.epoch({report.epoch, metrics_of(report)}, bundle.summary);
  if (saved) return {};
  const auto told = writer_.flush();
  return told && *told == Acceptance::refused ? Result<void>{} : saved;
}

// The model first: a checkpoint never remembers a best epoch whose model is not there.
Result<void> RunKeeper::save_files(const Bundle& bundle) {
  if (bundle.model) {
    const auto write = [&](const fs::path& path) { return save_model(path, *bundle.model); };
    if (auto saved = put(model_path(), write); !saved) return saved;
    const std::scoped_lock guard(mutex_);
    model_epoch_ = bundle.model_epoch;
  }
  return put(checkpoint_path(), [&](const fs::path& path) { return write_checkpoint(path, *bundle.checkpoint); });
}

// Written beside, whole and synced, then put in place while nobody can take the run over: an attempt that was held up
// meanwhile, by a stopped process or a slow disk, replaces nothing of its successor's.
Result<void> RunKeeper::put(const fs::path& target, FunctionRef<Result<void>(const fs::path&)> write) {
  const fs::path beside = folder_ / fmt::format(".atelier-{}-{}.tmp", ticket_.attempt, target.stem().string());
  auto done = write(beside);
  if (done) {
    const auto placed = store_.while_ours(ticket_, [&] { return move_into_place(beside, target); });
    if (!placed) done = pass_on(placed);
  }
  std::error_code ignored;
  fs::remove(beside, ignored);
  return done;
}

int RunKeeper::model_epoch() const {
  const std::scoped_lock guard(mutex_);
  return model_epoch_;
}

void RunKeeper::look(const Bundle& bundle) {
  if (!prober_ || !writer_.ours()) return;
  if (bundle.untrained) record(0, prober_->look());
  if (bundle.before.empty() || bundle.reports.empty()) return;
  const Snapshot& now = bundle.checkpoint->snapshot;
  record(bundle.reports.back().epoch, prober_->look(now.parameters, now.running, bundle.before));
}

/// A row of the streams `layers` and `weights`; docs/formats/workspace.md has their names.
void RunKeeper::record(int epoch, const std::vector<LayerProbe>& seen) {
  std::vector<std::string> names, bins;
  std::vector<double> values, counts;
  for (std::size_t i = 0; i < seen.size(); i++) {
    const LayerProbe& layer = seen[i];
    const auto add = [&](const char* name, double value) {
      names.push_back(fmt::format("{}.{}", i + 1, name));
      values.push_back(value);
    };
    add("gradient", layer.gradient);
    add("update", layer.update.value_or(std::numeric_limits<double>::quiet_NaN()));
    add("norm", layer.norm);
    add("mean", layer.mean);
    add("deviation", layer.deviation);
    if (layer.dead) add("dead", *layer.dead);
    if (layer.saturated) add("saturated", *layer.saturated);
    bins.push_back(fmt::format("{}.low", i + 1)), counts.push_back(layer.weights.low);
    bins.push_back(fmt::format("{}.high", i + 1)), counts.push_back(layer.weights.high);
    for (std::size_t bin = 0; bin < Histogram::kBins; bin++) {
      bins.push_back(fmt::format("{}.{}", i + 1, bin));
      counts.push_back(static_cast<double>(layer.weights.counts[bin]));
    }
  }
  writer_.row("layers", epoch, names, values);
  writer_.row("weights", epoch, bins, counts);
}

std::optional<Error> RunKeeper::trouble() const {
  {
    const std::scoped_lock guard(mutex_);
    if (trouble_) return trouble_;
  }
  return writer_.trouble();
}

Result<void> RunKeeper::settle() {
  std::unique_lock guard(mutex_);
  saved_.wait(guard, [&] { return !waiting_ && !saving_; });
  if (trouble_) return std::unexpected(*trouble_);
  return {};
}

void RunKeeper::close() {
  {
    const std::scoped_lock guard(mutex_);
    closing_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

Result<void> RunKeeper::list_files() {
  for (const auto& [kind, path] : {std::pair("model", model_path()), std::pair("checkpoint", checkpoint_path())}) {
    std::error_code missing;
    if (!fs::is_regular_file(path, missing)) continue;
    const auto file = map_file(path);
    if (!file) return pass_on(file);
    const auto listed =
        store_.add_artifact(ticket_, {kind, (folder_.filename() / path.filename()).string(), kind,
                                      static_cast<std::int64_t>(file->bytes.size()), to_hex(sha256(file->bytes))});
    if (!listed) return pass_on(listed);
  }
  return {};
}

// What could not be saved is no whole run, whatever the training came to.
Result<Acceptance> RunKeeper::end(Ending ending) {
  close();
  auto saved = settle();
  auto listed = list_files();  // also what is left where the rest could not be saved
  if (saved) saved = std::move(listed);
  const bool whole = ending.state == RunState::finished || ending.state == RunState::stopped_early;
  if (!saved && whole) ending.state = RunState::failed, ending.reason = in_a_line(saved.error());
  auto ended = writer_.end(ending);
  if (!saved) return pass_on(saved);
  return ended;
}

}  // namespace atelier
