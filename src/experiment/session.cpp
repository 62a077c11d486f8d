// session.cpp: the loop of epochs, and what is kept of it.
#include "experiment/session.hpp"

#include <fmt/format.h>

#include "experiment/build.hpp"
#include "experiment/run_ending.hpp"
#include "experiment/settings.hpp"
#include "experiment/workspace.hpp"
#include "train/evaluate.hpp"

namespace atelier {
namespace {

namespace fs = std::filesystem;

Opening opening_of(const Training& training, const std::string& run) {
  const Dataset& train = training.data().sides.train;
  Opening opening{.run = run,
                  .dataset = train.name(),
                  .train = train.size(),
                  .validation = training.data().sides.validation.size(),
                  .network = network_text(training.recipe(), train.width(), train.outputs(), train.is_classification()),
                  .parameters = training.parameter_count(),
                  .pictures = train.image().width > 0,
                  .epochs = training.recipe().epochs,
                  .epochs_done = training.epochs_done(),
                  .over = training.over()};
  if (const EpochReport* best = training.best()) opening.best = *best;
  return opening;
}

/// The training that a run's checkpoint has. `settings` may name other threads, and where the same data lie now.
Result<Training> resumed_training(const Recipe& settings, const fs::path& folder) {
  const Result<Checkpoint> checkpoint = read_checkpoint(folder / "checkpoint.safetensors");
  if (!checkpoint) return pass_on(checkpoint);
  Result<Recipe> its_own = recipe_from_json(nlohmann::json(checkpoint->memory.at("recipe")));
  if (!its_own) return pass_on(its_own);
  if (settings.threads > 0) its_own->threads = settings.threads;
  if (!settings.data.empty()) its_own->data = settings.data;
  auto data = open_training_data(*its_own);
  if (!data) return pass_on(data);
  return Training::go_on(*checkpoint, *std::move(data), std::make_shared<ThreadPool>(threads_of(*its_own)));
}

Result<Training> new_training(const Recipe& recipe) {
  auto data = open_training_data(recipe);
  if (!data) return pass_on(data);
  return Training::begin(recipe, *std::move(data), std::make_shared<ThreadPool>(threads_of(recipe)));
}

/// A run that is ours to work at, and its training.
struct Begun {
  Claim claim;
  Training training;
};

Result<Begun> begin_new(Store& store, Training training, const RunOptions& options) {
  if (!options.id.empty() && store.run(options.id)) {
    if (auto removed = store.remove({&options.id, 1}, false); !removed) return pass_on(removed);
  }
  auto claim = store.begin_run({.id = options.id,
                                .name = options.name,
                                .group = options.group,
                                .notes = options.notes,
                                .tags = options.tags,
                                .config = to_json(training.recipe()).dump(),
                                .environment = environment_of(training.recipe(), training.data())},
                               this_worker());
  if (!claim) return pass_on(claim);
  return Begun{*std::move(claim), std::move(training)};
}

/// Gives a claim back with which nothing could be begun: the run stands as it stood.
std::unexpected<Error> give_back(Store& store, const Claim& claim, const Run& before, Error error) {
  const bool ended_once = has_ended(before.state) || before.state == RunState::paused;
  static_cast<void>(store.end(
      claim.ticket, ended_once ? Ending{before.state, before.reason} : Ending{RunState::failed, in_a_line(error)}));
  return std::unexpected(std::move(error));
}

/// The next attempt of a run. Its checkpoint is read once it is ours: before, whoever has it may still be writing.
Result<Begun> begin_again(Store& store, const Recipe& settings, const Run& before, const fs::path& folder) {
  const std::string& id = before.id;
  auto claim = store.take_over(id, this_worker());
  if (!claim) return pass_on(claim);
  Result<Training> training = resumed_training(settings, folder);
  if (!training) return give_back(store, *claim, before, training.error());
  auto rewound = store.rewind(claim->ticket, training->epochs_done(), training->steps_taken());
  if (!rewound) return give_back(store, *claim, before, rewound.error());
  return Begun{*std::move(claim), *std::move(training)};
}

Result<Run> run_to_resume(Store& store, const fs::path& folder) {
  auto run = store.run(folder.filename().string());
  if (run && run->trial)
    return fail(Trouble::usage, fmt::format("{} is a trial of the sweep {}", run->id, run->trial->sweep),
                "a sweep decides itself which trials go on",
                fmt::format("atelier sweep --resume {}", run->trial->sweep));
  return run;
}

Outcome outcome_of(const Training& training, const fs::path& folder) {
  Outcome outcome;
  outcome.folder = folder;
  outcome.run = folder.filename().string();
  outcome.recipe = training.recipe();
  outcome.epochs = training.epochs_done();
  outcome.validation = training.data().sides.validation.size();
  outcome.history = training.history();
  for (const EpochReport& e : outcome.history) outcome.seconds += e.train_seconds;
  if (const EpochReport* best = training.best()) {
    outcome.best_epoch = best->epoch;
    outcome.best_val_accuracy = best->val_accuracy, outcome.best_val_loss = best->val_loss;
    outcome.model = folder / "model.safetensors";
  }
  outcome.stopped_early = training.over() && outcome.epochs < outcome.recipe.epochs;
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
    if (auto ours = keeper.ask_whose(); !ours) return pass_on(ours);
    if (!keeper.ours()) return fail(Trouble::usage, "another process has taken the run over", "it goes on there");
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
    return {RunState::stopped_early, out_of_patience(outcome.best_epoch).reason, summary.dump()};
  return {RunState::finished, "", summary.dump()};
}

/// The error, and what is left of the run.
std::unexpected<Error> with_what_is_left(Error error, const RunKeeper& keeper) {
  if (const int epoch = keeper.model_epoch())
    error.detail += fmt::format("\nthe model of epoch {} is kept in {}", epoch, keeper.model_path().string());
  std::error_code ignored;
  fs::remove(keeper.folder(), ignored);  // where nothing was saved; a folder that holds something stays
  return std::unexpected(std::move(error));
}

/// Nothing is saved over what was good.
std::unexpected<Error> ended_badly(Error error, RunKeeper& keeper) {
  const bool diverged = error.kind == Trouble::diverged;
  static_cast<void>(keeper.end({diverged ? RunState::diverged : RunState::failed, in_a_line(error)}));
  return with_what_is_left(std::move(error), keeper);
}

Result<Outcome> train_on(Training& training, RunKeeper& keeper, const RunOptions& options, const Watch& watch) {
  const Result<bool> whole = train_all(training, keeper, options, watch);
  if (!whole) return ended_badly(whole.error(), keeper);
  Outcome outcome = outcome_of(training, keeper.folder());
  outcome.interrupted = !*whole;
  if (options.test && *whole) {
    if (auto saved = keeper.settle(); !saved) return ended_badly(saved.error(), keeper);
    if (auto tested = test(outcome, training); !tested) return ended_badly(tested.error(), keeper);
  }
  if (auto ended = keeper.end(ending_of(outcome, outcome.recipe)); !ended)
    return with_what_is_left(ended.error(), keeper);
  return outcome;
}

/// A run that has ended by its own rule: nothing is left to do, and nothing of its record is touched.
Result<Outcome> look_back(const Recipe& settings, const fs::path& folder, const Watch& watch) {
  const auto training = resumed_training(settings, folder);
  if (!training) return pass_on(training);
  if (watch.start) watch.start(opening_of(*training, folder.filename().string()));
  return outcome_of(*training, folder);
}

/// Trains what has been begun. `before`: the run as it stood, of one that is gone on with.
Result<Outcome> train_begun(Workspace& workspace, Result<Begun> begun, const Run& before, const RunOptions& options,
                            const Watch& watch) {
  if (!begun) return pass_on(begun);
  auto& [claim, training] = *begun;
  const auto keeper = RunKeeper::open(workspace, claim.ticket, options.steps);
  if (!keeper) return give_back(workspace.store(), claim, before, keeper.error());
  (*keeper)->recall(training);
  if (watch.start) watch.start(opening_of(training, claim.run.id));
  return train_on(training, **keeper, options, watch);
}

Result<Outcome> resume_run(const Recipe& settings, const fs::path& folder, const RunOptions& options,
                           const Watch& watch) {
  const fs::path parent = folder.parent_path();
  const auto workspace = Workspace::open(parent.empty() ? "." : parent);
  if (!workspace) return pass_on(workspace);
  Store& store = (*workspace)->store();
  const auto run = run_to_resume(store, folder);
  if (!run) return pass_on(run);
  if (ended_itself(run->state, run->reason) && !options.test) return look_back(settings, folder, watch);
  return train_begun(**workspace, begin_again(store, settings, *run, folder), *run, options, watch);
}

}  // namespace

Result<Outcome> train_run(const Recipe& recipe, const RunOptions& options, const Watch& watch) {
  if (options.resume) return resume_run(recipe, *options.resume, options, watch);
  Result<Training> training = new_training(recipe);  // before there is a workspace: a slip leaves none behind
  if (!training) return pass_on(training);
  const auto workspace = Workspace::open(options.workspace);
  if (!workspace) return pass_on(workspace);
  return train_begun(**workspace, begin_new((*workspace)->store(), *std::move(training), options), {}, options, watch);
}

}  // namespace atelier
