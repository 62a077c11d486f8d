// session.cpp: the loop of epochs, and what is kept of it.
#include "experiment/session.hpp"

#include <fmt/format.h>

#include "experiment/build.hpp"
#include "experiment/settings.hpp"
#include "experiment/workspace.hpp"
#include "train/evaluate.hpp"

namespace atelier {
namespace {

namespace fs = std::filesystem;

Opening opening_of(const Training& training, const std::string& run) {
  const Dataset& train = training.data().sides.train;
  return {run,
          train.name(),
          train.size(),
          training.data().sides.validation.size(),
          network_text(training.recipe(), train.width(), train.outputs(), train.is_classification()),
          training.parameter_count(),
          train.image().width > 0,
          training.epochs_done()};
}

Result<Training> begin_training(const Recipe& recipe, const RunOptions& options) {
  const auto pool = std::make_shared<ThreadPool>(threads_of(recipe));
  if (!options.resume) {
    auto data = open_training_data(recipe);
    if (!data) return pass_on(data);
    return Training::begin(recipe, *std::move(data), pool);
  }
  const Result<Checkpoint> checkpoint = read_checkpoint(*options.resume / "checkpoint.safetensors");
  if (!checkpoint) return pass_on(checkpoint);
  const Result<Recipe> its_own = recipe_from_json(nlohmann::json(checkpoint->memory.at("recipe")));
  if (!its_own) return pass_on(its_own);
  auto data = open_training_data(*its_own);
  if (!data) return pass_on(data);
  return Training::go_on(*checkpoint, *std::move(data), pool);
}

/// The run's place in the store: a new one, or the next attempt of the one that is gone on with.
Result<Claim> claim_run(Store& store, const Training& training, const RunOptions& options) {
  if (options.resume) {
    auto claim = store.take_over(options.resume->filename().string(), this_worker());
    if (!claim) return claim;
    auto rewound = store.rewind(claim->ticket, training.epochs_done(), training.steps_taken());
    if (!rewound) return pass_on(rewound);
    return claim;
  }
  if (!options.id.empty() && store.run(options.id)) {
    if (auto removed = store.remove({&options.id, 1}, false); !removed) return pass_on(removed);
  }
  return store.begin_run({.id = options.id,
                          .name = options.name,
                          .group = options.group,
                          .notes = options.notes,
                          .tags = options.tags,
                          .config = to_json(training.recipe()).dump(),
                          .environment = environment_of(training.recipe(), training.data())},
                         this_worker());
}

Outcome outcome_of(const Training& training, const RunKeeper& keeper) {
  Outcome outcome;
  outcome.folder = keeper.folder();
  outcome.run = outcome.folder.filename().string();
  outcome.recipe = training.recipe();
  outcome.epochs = training.epochs_done();
  outcome.validation = training.data().sides.validation.size();
  outcome.history = training.history();
  for (const EpochReport& e : outcome.history) outcome.seconds += e.train_seconds;
  if (const EpochReport* best = training.best()) {
    outcome.best_epoch = best->epoch;
    outcome.best_val_accuracy = best->val_accuracy, outcome.best_val_loss = best->val_loss;
    outcome.model = keeper.model_path();
  }
  return outcome;
}

/// Trains to the end; false when it was asked to stop before.
Result<bool> train_all(Training& training, RunKeeper& keeper, const RunOptions& options, const Watch& watch) {
  StepWatch steps{.progress = watch.progress, .stop = watch.stop};
  if (options.steps) steps.step = [&](const StepReport& report) { keeper.step(report); };
  while (!training.over()) {
    const auto report = training.epoch(steps);
    if (!report) return pass_on(report);
    if (!*report) {
      keeper.pause(training);
      return false;
    }
    keeper.epoch(training);
    if (watch.epoch) watch.epoch(**report);
    if (auto trouble = keeper.trouble()) return std::unexpected(*std::move(trouble));
    if (!keeper.ours())
      return fail(Trouble::usage, "the run is no longer ours",
                  "another process has taken it over, or the store was out of reach");
  }
  return true;
}

Result<void> test(Outcome& outcome, Training& training) {
  const DataPair& pair = training.data().pair;
  if (!pair.test)
    return fail(Trouble::data, "there is no test set", pair.where.string() + " has none", "leave out --test");
  const Result<Model> best = read_model(outcome.model);
  if (!best) return pass_on(best);
  const Evaluation seen = evaluate(best->network, training.loss(), *pair.test, training.pool());
  outcome.test_accuracy = seen.accuracy;
  outcome.test_loss = seen.loss;
  outcome.test = pair.test->size();
  return {};
}

Ending ending_of(const Outcome& outcome, const Recipe& recipe) {
  nlohmann::ordered_json summary = nlohmann::ordered_json::object();
  if (outcome.test_accuracy) summary["test_accuracy"] = *outcome.test_accuracy;
  if (outcome.test_loss) summary["test_loss"] = *outcome.test_loss;
  if (outcome.interrupted)
    return {RunState::paused, fmt::format("interrupted after {} of {} epochs", outcome.epochs, recipe.epochs),
            summary.dump()};
  if (outcome.stopped_early)
    return {RunState::stopped_early, fmt::format("patience: no better epoch since {}", outcome.best_epoch),
            summary.dump()};
  return {RunState::finished, "", summary.dump()};
}

/// The error with what is left of the run; nothing is saved over what was good.
std::unexpected<Error> ended_badly(Error error, const Training& training, RunKeeper& keeper) {
  const bool diverged = error.kind == Trouble::diverged;
  static_cast<void>(keeper.end({diverged ? RunState::diverged : RunState::failed, error.summary}));
  if (const EpochReport* best = training.best())
    error.detail += fmt::format("\nthe model of epoch {} is kept in {}", best->epoch, keeper.model_path().string());
  std::error_code ignored;
  fs::remove(keeper.folder(), ignored);  // where nothing was saved; a folder that holds something stays
  return std::unexpected(std::move(error));
}

}  // namespace

Result<Outcome> train_run(const Recipe& recipe, const RunOptions& options, const Watch& watch) {
  Result<Training> training = begin_training(recipe, options);
  if (!training) return pass_on(training);
  const fs::path folder = options.resume ? options.resume->parent_path() : options.workspace;
  const auto workspace = Workspace::open(folder.empty() ? "." : folder);
  if (!workspace) return pass_on(workspace);
  const auto claim = claim_run((*workspace)->store(), *training, options);
  if (!claim) return pass_on(claim);
  const auto keeper = RunKeeper::open(**workspace, claim->ticket, options.steps);
  if (!keeper) return pass_on(keeper);
  (*keeper)->recall(*training);
  if (watch.start) watch.start(opening_of(*training, claim->run.id));
  const Result<bool> whole = train_all(*training, **keeper, options, watch);
  if (!whole) return ended_badly(whole.error(), *training, **keeper);
  Outcome outcome = outcome_of(*training, **keeper);
  outcome.interrupted = !*whole;
  outcome.stopped_early = *whole && outcome.epochs < outcome.recipe.epochs;
  if (options.test && *whole) {
    if (auto saved = (*keeper)->settle(); !saved) return ended_badly(saved.error(), *training, **keeper);
    if (auto tested = test(outcome, *training); !tested) return ended_badly(tested.error(), *training, **keeper);
  }
  if (auto ended = (*keeper)->end(ending_of(outcome, outcome.recipe)); !ended) return pass_on(ended);
  return outcome;
}

namespace {

/// The run of the workspace that was begun last and is no trial of a sweep; "last" itself where there is none.
std::string newest_run(const fs::path& workspace) {
  const auto store = open_store(workspace, {.read_only = true});
  if (!store) return "last";
  const auto runs = (*store)->runs({.where = "sweep is null", .sort = "started", .descending = true, .limit = 1});
  return runs && !runs->empty() ? runs->front().id : "last";
}

}  // namespace

Result<fs::path> find_run(const std::string& named, const fs::path& workspace) {
  const std::string what = named == "last" ? newest_run(workspace) : named;
  for (const fs::path& candidate : {fs::path(what), workspace / what}) {
    std::error_code ignored;
    if (fs::is_directory(candidate, ignored)) return candidate;
  }
  return fail(Trouble::file, "there is no run '" + what + "'", "looked for a folder there and in " + workspace.string(),
              "give the folder of a run, or --workspace");
}

Result<Model> load_model(const std::string& named, const fs::path& workspace) {
  const std::string what = named == "last" ? newest_run(workspace) : named;
  for (const fs::path& candidate :
       {fs::path(what), fs::path(what) / "model.safetensors", workspace / what / "model.safetensors"}) {
    std::error_code ignored;
    if (fs::is_regular_file(candidate, ignored)) return read_model(candidate);
  }
  return fail(Trouble::file, "there is no model '" + what + "'",
              "looked for a file there, for " + what + "/model.safetensors, and for a run of that name in " +
                  workspace.string(),
              "give the path of a model.safetensors, or the id of a run");
}

}  // namespace atelier
