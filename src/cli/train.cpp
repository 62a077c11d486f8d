// train.cpp: `atelier train` trains a network and shows how it goes.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>

#include "cli/accuracy_text.hpp"
#include "cli/all_commands.hpp"
#include "cli/events.hpp"
#include "cli/help.hpp"
#include "cli/interrupt.hpp"
#include "cli/live.hpp"
#include "cli/workspace.hpp"
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
  std::vector<std::string> notes;  ///< what to know before it begins
};

/// A resumed run keeps its settings: its schedule and its random numbers were planned with them.
Result<Plan> plan_to_resume(const State& state, Plan plan) {
  for (const std::string_view name : state.draft.names())
    if (name != "threads" && name != "data")
      return fail(Trouble::usage, fmt::format("a resumed run keeps its own {}", name),
                  "only threads may change, and where its data lie: they never change the result",
                  "leave it out, or start a new training");
  for (const auto& [given, flag] :
       {std::pair{!state.name.empty(), "--name"}, std::pair{!state.group.empty(), "--group"},
        std::pair{!state.notes.empty(), "--notes"}, std::pair{!state.tags.empty(), "--tag"}})
    if (given)
      return fail(Trouble::usage, fmt::format("{} is for a new run", flag), {},
                  "`atelier runs note` and `atelier runs tag` change one that is there");
  auto folder = run_to_resume(state.resume, state.workspace);
  if (!folder) return pass_on(folder);
  auto recipe = state.draft.settle();
  if (!recipe) return pass_on(recipe);
  plan.recipe = std::move(*recipe);
  plan.options.resume = std::move(*folder);
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
  Reporter(bool json, const Console& console, Interrupt& interrupt)
      : console_(console), interrupt_(interrupt), json_(json) {
    if (!console.quiet && !json) view_.emplace(stream_seams(STDERR_FILENO));
  }

  Watch watch() {
    Watch watch{.stop = &interrupt_.wanted()};
    watch.start = [this](const Opening& opening) { start(opening); };
    if (view_)
      watch.progress = [this](int epoch, double fraction, double speed) { view_->progress({epoch, fraction, speed}); };
    watch.epoch = [this](const EpochReport& report) { epoch(report); };
    return watch;
  }

  /// Leaves the screen as it is; what is written next begins below it.
  void end() {
    if (view_) view_->end();
  }

 private:
  void start(const Opening& opening) {
    epochs_ = opening.epochs, best_ = opening.best;
    if (opening.over) {
      const bool early = opening.epochs_done < epochs_;
      console_.note(
          fmt::format("{} is finished: {}", opening.run,
                      early ? fmt::format("it stopped early, after {} of {} epochs", opening.epochs_done, epochs_)
                            : fmt::format("all of its {} epochs are done", epochs_)));
    }
    if (!view_) return;
    view_->start({.dataset = opening.dataset,
                  .train = opening.train,
                  .validation = opening.validation,
                  .network = opening.network,
                  .epochs = epochs_,
                  .unit = opening.pictures ? "img/s" : "rows/s"});
    if (opening.epochs_done > 0 && !opening.over)
      view_->note(fmt::format("going on with {} after {} of {} epochs", opening.run, opening.epochs_done, epochs_));
  }

  void epoch(const EpochReport& report) {
    if (json_ && !(console_.out << epoch_event(report).dump() << '\n' << std::flush)) interrupt_.want();
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
  Interrupt& interrupt_;
  bool json_;
  int epochs_ = 0;
  std::optional<EpochReport> best_;
  std::optional<TrainingView> view_;
};

/// "validation 89.51 % ± 0.39   in 3.2 s   →  atelier-runs/r7k2/model.safetensors"
std::string result_line(const Outcome& outcome, double seconds) {
  std::string text = outcome.best_val_accuracy
                         ? "validation " + accuracy_with_doubt(*outcome.best_val_accuracy, outcome.validation)
                         : "validation loss " + brief_number(outcome.best_val_loss);
  if (outcome.test_accuracy)
    text += "   test " + accuracy_with_doubt(*outcome.test_accuracy, outcome.test);
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
  Interrupt interrupt;
  Reporter reporter(state.json, console, interrupt);
  const auto began = std::chrono::steady_clock::now();
  auto outcome = train_run(plan->recipe, plan->options, reporter.watch());
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
