// sweep.cpp: `atelier sweep` searches and confirms, `atelier agent` helps.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>

#include "cli/all_commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/sweep_confirm.hpp"
#include "cli/sweep_list.hpp"
#include "cli/sweep_view.hpp"
#include "cli/sweep_words.hpp"
#include "cli/workspace.hpp"
#include "experiment/run_ending.hpp"

namespace atelier::cli {
namespace {

constexpr int kFewSeeds = 5;  // below, no difference can be told from chance

/// " --workspace elsewhere" where that was given.
std::string workspace_words(const SweepWords& words) {
  return words.workspace.empty() ? "" : " --workspace " + shell_word(words.workspace);
}

/// The command that goes on with a sweep, its confirmation to come included.
std::string resume_words(const SweepWords& words, const std::string& id) {
  std::string text = "atelier sweep --resume " + id + workspace_words(words);
  if (!words.confirm.empty()) text += " --confirm " + words.confirm;
  if (!words.seeds.empty()) text += " --seeds " + words.seeds;
  return text;
}

/// What one would type next.
void say_next(const SweepWords& words, const SweepRequest& request, const SweepOutcome& outcome,
              const Console& console) {
  if (!outcome.best || !words.confirm.empty()) return;
  const std::string where = workspace_words(words);
  if (request.setup.program)
    console.say(fmt::format("next: atelier runs --where 'sweep = \"{}\"' --sort {}{}{}", outcome.id,
                            shell_word(outcome.objective.metric), outcome.objective.maximize ? " --descending" : "",
                            where));
  else
    console.say(fmt::format("next: atelier evaluate {}{}   ·   atelier sweep --resume {}{} --confirm",
                            outcome.trials[*outcome.best].run, where, outcome.id, where));
}

/// What the winners are worth, once all are trained again.
Result<void> report_confirmation(const SweepWords& words, Store& store, const Sweep& sweep, const Console& console) {
  if (auto tagged = tag_trials(store, sweep); !tagged) return tagged;
  const auto report = confirmation_report(store, sweep);
  if (!report) return pass_on(report);
  if (words.json)
    console.out << confirmation_event(*report).dump() << '\n' << std::flush;
  else
    console.out << confirmation_text(*report, console.out_terminal) << std::flush;
  if (report->result.best)
    console.say(fmt::format("next: atelier evaluate {}{}", report->confirms.winners[*report->result.best].run,
                            workspace_words(words)));
  return {};
}

/// An error where no trial came to a result: that is no good end.
Result<void> any_result(const SweepWords& words, const SweepOutcome& outcome) {
  const auto failed = [](const TrialLine& trial) { return trial.state == RunState::failed; };
  if (outcome.trials.empty() || !std::ranges::all_of(outcome.trials, failed)) return {};
  const TrialLine& last = outcome.trials.back();
  return fail(Trouble::usage, fmt::format("all trials of sweep {} have failed", outcome.id),
              fmt::format("the last, {}: {}", last.run, last.reason),
              fmt::format("mend that, then: {} --retry 1", resume_words(words, outcome.id)));
}

/// Works at the sweep before the reader's eyes.
Result<SweepOutcome> work(const SweepWords& words, Workspace& workspace, const Sweep& sweep, const Console& console) {
  const auto options = work_options(words);
  if (!options) return pass_on(options);
  const auto before = outcome_of(workspace.store(), sweep);
  if (!before) return pass_on(before);
  const auto request = request_of(sweep);
  if (!request) return pass_on(request);
  SweepView view(sweep, *request, *before, words.json, console);
  Interrupt interrupt;
  const auto began = std::chrono::steady_clock::now();
  auto outcome = work_at(workspace, sweep, *options,
                         {.news = [&](const TrialNews& news) { view.news(news); },
                          .tick =
                              [&] {
                                view.tick();
                                if (view.deaf()) interrupt.want();
                              },
                          .stop = &interrupt.wanted()});
  view.end();
  if (!outcome) {
    console.say(fmt::format("what is recorded stays; to go on: {}", resume_words(words, sweep.id)));
    return outcome;
  }
  view.result(*outcome, std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  if (!outcome->over) console.say(fmt::format("not over; to go on: {}", resume_words(words, sweep.id)));
  if (!outcome->over && interrupt.wanted()) return fail(Trouble::interrupted, "");
  if (!outcome->over) return outcome;
  if (auto any = any_result(words, *outcome); !any) return pass_on(any);
  if (!request->confirms) {
    say_next(words, *request, *outcome, console);
  } else if (auto told = report_confirmation(words, workspace.store(), sweep, console); !told) {
    return pass_on(told);
  }
  return outcome;
}

/// Trains the winners of a sweep again. `--for` was for the search: this takes the time that it takes.
Result<void> confirm(SweepWords words, Workspace& workspace, const Sweep& sweep, const ConfirmPlan& plan,
                     const Console& console) {
  const auto made = confirmation_sweep(workspace.store(), sweep, plan);
  if (!made) return pass_on(made);
  words.seconds = words.confirm = words.seeds = "";
  const auto outcome = work(words, workspace, *made, console);
  return outcome ? Result<void>{} : pass_on(outcome);
}

/// Deleted trials are not trained again in silence; where all are gone, not at all.
Result<void> say_what_is_missing(const Sweep& sweep, const Console& console) {
  const auto deleted = deleted_trials(sweep);
  if (deleted == 0) return {};
  if (sweep.trials.empty())
    return fail(Trouble::usage, fmt::format("all {} trials of sweep {} were deleted", deleted, sweep.id), {},
                fmt::format("`atelier sweep delete {}` takes away the rest; its file starts a new one", sweep.id));
  console.note(fmt::format("{} deleted trial{} of sweep {} {} trained again", deleted, deleted == 1 ? "" : "s",
                           sweep.id, deleted == 1 ? "is" : "are"));
  return {};
}

/// The sweep to work at: a new one, or that of --resume. Where a confirmation is to be confirmed, what it confirms.
Result<Sweep> sweep_of(SweepWords& words, Store& store, bool confirming, const Console& console) {
  if (words.resume) {
    const auto extension = extension_of(words);
    if (!extension) return pass_on(extension);
    auto found = find_sweep(store, words.file);
    if (!found) return found;
    if (auto told = say_what_is_missing(*found, console); !told) return pass_on(told);
    if (extension->budget || extension->retries) found = extend_sweep(store, *found, *extension);
    if (!found || !confirming) return found;
    const auto request = request_of(*found);
    if (!request) return pass_on(request);
    if (auto fine = can_be_confirmed(request->setup); !fine && !request->confirms) return pass_on(fine);
    return request->confirms ? store.sweep(request->confirms->sweep) : found;
  }
  const auto request = request_of(words, store, console);
  if (!request) return pass_on(request);
  if (confirming)
    if (auto fine = can_be_confirmed(request->setup); !fine) return pass_on(fine);
  return create_sweep(store, *request);
}

Result<void> sweep(SweepWords& words, const Console& console) {
  if (auto options = work_options(words); !options) return pass_on(options);
  const auto plan = confirm_plan(words);
  if (!plan) return pass_on(plan);
  if (*plan && (*plan)->seeds < kFewSeeds)
    console.note(fmt::format("with {} seeds nothing can be told apart: it takes {}", (*plan)->seeds, kFewSeeds));
  if (!words.resume && words.file.empty())
    return fail(Trouble::usage, "a sweep needs its file", {},
                "atelier sweep sweep.yaml, or --resume to go on with the last");
  std::error_code missing;
  if (!words.resume && !std::filesystem::exists(words.file, missing))
    return fail(Trouble::file, fmt::format("there is no sweep file {}", words.file));
  auto workspace = Workspace::open(workspace_of(words.workspace));
  if (!workspace) return pass_on(workspace);
  const auto found = sweep_of(words, (*workspace)->store(), plan->has_value(), console);
  if (!found) return pass_on(found);
  const bool search = !*plan || found->state != SweepState::finished;
  if (search)
    if (const auto outcome = work(words, **workspace, *found, console); !outcome) return pass_on(outcome);
  return *plan ? confirm(words, **workspace, *found, **plan, console) : Result<void>{};
}

/// An agent of a sweep whose virtual workers all have a trial only waits.
Result<void> say_whether_needed(const Sweep& sweep, const Console& console) {
  const auto request = request_of(sweep);
  if (!request) return pass_on(request);
  const auto count = [&](RunState state) {
    const auto found = sweep.trials.find(state);
    return found == sweep.trials.end() ? 0 : found->second;
  };
  if (count(RunState::queued) > 0 || count(RunState::running) < request->parallel) return {};
  console.note(
      fmt::format("{} trials at once is this sweep's own limit (--parallel), and {} are at work: this agent "
                  "waits for one that is free",
                  request->parallel, count(RunState::running)));
  return {};
}

Result<void> agent(SweepWords& words, const Console& console) {
  if (auto options = work_options(words); !options) return pass_on(options);
  auto workspace = Workspace::open(workspace_of(words.workspace));
  if (!workspace) return pass_on(workspace);
  const auto found = find_sweep((*workspace)->store(), words.file);
  if (!found) return pass_on(found);
  if (found->state == SweepState::finished)
    return fail(Trouble::usage, fmt::format("sweep {} is over", found->id), "there is nothing left to help with",
                fmt::format("atelier runs list --where 'sweep = \"{}\"'{} shows its trials", found->id,
                            workspace_words(words)));
  if (found->state != SweepState::running)
    return fail(Trouble::usage, fmt::format("sweep {} is not running", found->id),
                fmt::format("it is {}", name_of(found->state)),
                fmt::format("atelier sweep --resume {}{} goes on with it", found->id, workspace_words(words)));
  if (auto told = say_whether_needed(*found, console); !told) return told;
  const auto outcome = work(words, **workspace, *found, console);
  return outcome ? Result<void>{} : pass_on(outcome);
}

std::vector<Argument> shared_arguments(const std::shared_ptr<SweepWords>& words) {
  return {{"--workers", "N", "trials trained at once, a thread each [the cores]", &words->workers},
          {"--for", "TIME", "stop after 90s, 10m, 2h; can be resumed", &words->seconds},
          {"--workspace", "DIR", "where runs are kept [atelier-runs]", &words->workspace},
          {"--json", "", "one JSON object a line on standard output", &words->json}};
}

}  // namespace

Command sweep_command() {
  return {"sweep",
          "Tune",
          "FILE [settings]",
          "search for the best settings, from a W&B sweep file",
          {"atelier sweep sweep.yaml", "atelier sweep sweep.yaml --runs 50 --for 10m",
           "atelier sweep sweep.yaml --map layer_size=layers --epochs 5", "atelier sweep --resume",
           "atelier sweep --resume last --confirm 5 --seeds 10"},
          [] {
            auto words = std::make_shared<SweepWords>();
            std::vector<Argument> arguments{
                {"FILE", "", "a sweep file in YAML or JSON; with --resume, a sweep", &words->file},
                {"--resume", "", "go on with a sweep: the last one, or the one named", &words->resume},
                {"--runs", "N", "trials in all [run_cap of the file]", &words->runs},
                {"--retry", "N", "try a failed trial again, N times at most; recorded [0]", &words->retry},
                {"--map", "THEIRS=OURS", "what a name of the file means here; may be given often", &words->map},
                {"--parallel", "N", "virtual workers, recorded: they decide the search [the cores]", &words->parallel},
                {"--sweep-seed", "N", "seed of the search [seed of the file, or 1]", &words->seed},
                {"--audit", "SHARE", "trials drawn at random, for findings to rest on [0.2]", &words->audit},
                {"--async", "", "decide as results come in: for uneven machines, not repeatable", &words->async},
                {"--enqueue", "NAME=VALUE,...", "a configuration to try first; may be given often", &words->enqueue},
                {"--after", "SWEEP", "learn from what an earlier sweep has seen", &words->after},
                {"--builtin", "", "train with Atelier, also where the file names a program", &words->builtin},
                {"--config", "FILE", "a YAML file of settings that the sweep leaves open", &words->config},
                {.name = "--confirm",
                 .value = "[K]",
                 .help = "then train the best K again with fresh seeds [5]",
                 .target = &words->confirm,
                 .bare = "5"},
                {"--seeds", "S", "seeds for each of them, with --confirm [10]", &words->seeds}};
            for (Argument& argument : shared_arguments(words)) arguments.push_back(std::move(argument));
            return Prepared{std::move(arguments), [words](Console& console) { return sweep(*words, console); },
                            &words->draft};
          },
          {},
          {sweep_list_command(), sweep_delete_command()},
          true};
}

Command agent_command() {
  return {"agent",
          "Tune",
          "[SWEEP]",
          "help with a sweep that another process began",
          {"atelier agent last --workers 4"},
          [] {
            auto words = std::make_shared<SweepWords>();
            std::vector<Argument> arguments{{"SWEEP", "", "the sweep, or `last` for the newest", &words->file},
                                            {"--data", "DIR", "where the same data lie here", &words->data}};
            for (Argument& argument : shared_arguments(words)) arguments.push_back(std::move(argument));
            return Prepared{std::move(arguments), [words](Console& console) { return agent(*words, console); }};
          }};
}

}  // namespace atelier::cli
