// train.cpp: `atelier train` trains a network and shows how it goes.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <optional>

#include "analysis/proportion.hpp"
#include "cli/all_commands.hpp"
#include "cli/events.hpp"
#include "cli/help.hpp"
#include "cli/interrupt.hpp"
#include "cli/live.hpp"
#include "cli/workspace.hpp"
#include "experiment/checkpoint.hpp"
#include "experiment/session.hpp"
#include "figures/progress.hpp"

namespace atelier::cli {
namespace {

struct State {
  Draft draft;
  std::string config, workspace, resume, name, group, notes;
  std::vector<std::string> tags;
  bool json = false, test = false, steps = false;
};

/// What is to be trained: a new recipe, or a run to go on with.
struct Plan {
  Recipe recipe;
  RunOptions options;
  std::optional<EpochReport> best;  ///< so far, of the run that is resumed
  std::vector<std::string> notes;   ///< what to know before it begins
  int epochs_done = 0;              ///< of the run that is resumed
  bool finished = false;            ///< the run to go on with has nothing left to do
};

/// The best epoch that a checkpoint remembers.
std::optional<EpochReport> best_of(const nlohmann::ordered_json& memory) {
  std::optional<EpochReport> best;
  for (const auto& line : memory.value("history", nlohmann::ordered_json::array())) {
    if (!line.value("best", false)) continue;
    best.emplace();
    best->epoch = line.value("epoch", 0);
    best->val_loss = line.value("val_loss", 0.0);
    if (line.contains("val_accuracy")) best->val_accuracy = line.value("val_accuracy", 0.0);
  }
  return best;
}

/// "r7k2 is finished: ..." where a checkpoint leaves nothing to train; else empty.
std::string finished_note(const Plan& plan) {
  const std::string run = plan.options.resume->filename().string();
  const int done = plan.epochs_done, all = plan.recipe.epochs, patience = plan.recipe.patience;
  if (done >= all) return fmt::format("{} is finished: all of its {} epochs are done", run, all);
  if (patience > 0 && plan.best && done - plan.best->epoch >= patience)
    return fmt::format("{} is finished: it stopped early, after {} of {} epochs", run, done, all);
  return {};
}

/// A resumed run keeps its settings: its schedule and its random numbers were planned with them.
Result<Plan> plan_to_resume(const State& state, Plan plan) {
  for (const std::string_view name : state.draft.names())
    if (name != "threads")
      return fail(Trouble::usage, fmt::format("a resumed run keeps its own {}", name),
                  "only threads may change: they never change the result", "leave it out, or start a new training");
  auto folder = run_to_resume(state.resume, state.workspace);
  if (!folder) return pass_on(folder);
  auto checkpoint = read_checkpoint(*folder / "checkpoint.safetensors");
  if (!checkpoint) return pass_on(checkpoint);
  auto own = recipe_from_json(nlohmann::json(checkpoint->memory.value("recipe", nlohmann::ordered_json::object())));
  if (!own) return pass_on(own);
  auto recipe = state.draft.settle(std::move(*own));
  if (!recipe) return pass_on(recipe);
  plan.recipe = std::move(*recipe);
  plan.best = best_of(checkpoint->memory);
  plan.epochs_done = static_cast<int>(checkpoint->memory.value("history", nlohmann::ordered_json::array()).size());
  plan.options.resume = std::move(*folder);
  if (std::string note = finished_note(plan); !note.empty()) {
    plan.notes.push_back(std::move(note));
    plan.finished = true;
  }
  return plan;
}

Result<Plan> plan_of(State& state) {
  if (!state.config.empty())
    if (auto read = state.draft.read_file(state.config); !read) return pass_on(read);
  Plan plan;
  plan.options.test = state.test;
  plan.options.workspace = workspace_of(state.workspace);
  plan.options.steps = state.steps;
  plan.options.name = state.name, plan.options.group = state.group, plan.options.notes = state.notes;
  plan.options.tags = state.tags;
  if (!state.resume.empty()) return plan_to_resume(state, std::move(plan));
  auto recipe = state.draft.settle();
  if (!recipe) return pass_on(recipe);
  plan.recipe = std::move(*recipe);
  plan.notes = state.draft.remarks();
  std::ranges::move(idle_settings(plan.recipe), std::back_inserter(plan.notes));
  return plan;
}

/// Tells the screen, or standard output, what the training tells.
class Reporter {
 public:
  Reporter(const Plan& plan, bool json, const Console& console)
      : console_(console), json_(json), epochs_(plan.recipe.epochs), finished_(plan.finished), best_(plan.best) {
    if (!console.quiet && !json) view_.emplace(stream_seams(STDERR_FILENO));
  }

  Watch watch(const std::atomic<bool>& stop) {
    Watch watch{.stop = &stop};
    if (view_) {
      watch.start = [this](const Opening& opening) { start(opening); };
      watch.progress = [this](int epoch, double fraction, double speed) { view_->progress({epoch, fraction, speed}); };
    }
    watch.epoch = [this](const EpochReport& report) { epoch(report); };
    return watch;
  }

  /// Leaves the screen as it is; what is written next begins below it.
  void end() {
    if (view_) view_->end();
  }

 private:
  void start(const Opening& opening) {
    view_->start({.dataset = opening.dataset,
                  .train = opening.train,
                  .validation = opening.validation,
                  .network = opening.network,
                  .epochs = epochs_,
                  .unit = opening.pictures ? "img/s" : "rows/s"});
    if (opening.epochs_done > 0 && !finished_)
      view_->note(fmt::format("going on with {} after {} of {} epochs", opening.run, opening.epochs_done, epochs_));
  }

  void epoch(const EpochReport& report) {
    if (json_) console_.out << epoch_event(report).dump() << '\n' << std::flush;
    if (report.best || !best_) best_ = report;
    if (!view_) return;
    view_->epoch_end({.epoch = report.epoch,
                      .epochs = epochs_,
                      .train_loss = report.train_loss,
                      .train_accuracy = report.train_accuracy,
                      .val_loss = report.val_loss,
                      .val_accuracy = report.val_accuracy,
                      .best = best_->val_accuracy.value_or(best_->val_loss),
                      .best_epoch = best_->epoch,
                      .samples_per_second = report.samples_per_second});
  }

  const Console& console_;
  bool json_;
  int epochs_;
  bool finished_;
  std::optional<EpochReport> best_;
  std::optional<TrainingView> view_;
};

std::string with_its_doubt(double accuracy, std::size_t samples) {
  const auto hits = static_cast<std::uint64_t>(std::llround(accuracy * static_cast<double>(samples)));
  return percent_with_doubt(accuracy, proportion(hits, samples).error);
}

/// "validation 89.51 % ± 0.39   in 3.2 s   →  atelier-runs/r7k2/model.safetensors"
std::string result_line(const Outcome& outcome, double seconds) {
  std::string text = outcome.best_val_accuracy
                         ? "validation " + with_its_doubt(*outcome.best_val_accuracy, outcome.validation)
                         : "validation loss " + brief_number(outcome.best_val_loss);
  if (outcome.test_accuracy)
    text += "   test " + with_its_doubt(*outcome.test_accuracy, outcome.test);
  else if (outcome.test_loss)
    text += "   test loss " + brief_number(*outcome.test_loss);
  return fmt::format("{}   in {}   →  {}\n", text, elapsed(seconds), outcome.model.string());
}

Result<void> finish(const State& state, const Outcome& outcome, double seconds, const Console& console) {
  const bool has_model = outcome.best_epoch > 0;
  if (state.json)
    console.out << end_event(outcome).dump() << '\n';
  else if (has_model)
    console.out << result_line(outcome, seconds);
  console.out.flush();
  if (outcome.stopped_early) console.say(fmt::format("stopped early: no better epoch since {}", outcome.best_epoch));
  if (outcome.interrupted) {
    console.say(fmt::format("stopped after {} of {} epochs; to go on: atelier train --resume {}", outcome.epochs,
                            outcome.recipe.epochs, run_words(outcome.folder, state.workspace)));
    return fail(Trouble::interrupted, "");
  }
  console.say(fmt::format("next: atelier evaluate {}", run_words(outcome.folder, state.workspace)));
  return {};
}

Result<void> run(State& state, const Console& console) {
  auto plan = plan_of(state);
  if (!plan) return pass_on(plan);
  for (const std::string& note : plan->notes) console.note(note);
  const Interrupt interrupt;
  Reporter reporter(*plan, state.json, console);
  const auto began = std::chrono::steady_clock::now();
  auto outcome = train_run(plan->recipe, plan->options, reporter.watch(interrupt.wanted()));
  reporter.end();
  if (!outcome) return pass_on(outcome);
  return finish(state, *outcome, std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(),
                console);
}

}  // namespace

Command train_command() {
  return {
      "train",
      "Train",
      "[settings]",
      "train a network",
      {"atelier train", "atelier train --layers 128,64 --optimizer nadam --learning-rate 1e-3 --epochs 20",
       "atelier train -nhl 3 -sz 128 -a ReLU -o nag -lr 0.1 -w_i Xavier", "atelier train --config run.yaml --seed 7"},
      [] {
        auto state = std::make_shared<State>();
        return Prepared{
            {{"--config", "FILE", "a YAML file of settings; flags win over it", &state->config, false},
             {"--test", "", "also measure the accuracy on the test set, once, at the end", &state->test, false},
             {"--resume", "RUN", "go on with a run that was stopped; `last`: the newest", &state->resume, false},
             {"--name", "TEXT", "a name for the run", &state->name},
             {"--group", "TEXT", "the group it belongs to", &state->group},
             {"--tag", "TEXT", "a tag; may be given often", &state->tags},
             {"--notes", "TEXT", "what to remember of it", &state->notes},
             {"--log-steps", "", "record loss and learning rate of every step, too", &state->steps},
             {"--workspace", "DIR", "where runs are kept [atelier-runs]", &state->workspace},
             {"--json", "", "one JSON object a line on standard output, an epoch each", &state->json, false}},
            [state](Console& console) { return run(*state, console); },
            &state->draft};
      },
      kDoubtRemark};
}

}  // namespace atelier::cli
