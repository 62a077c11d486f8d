// sweep.cpp: `atelier sweep` searches, `atelier agent` helps.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>

#include "base/files.hpp"
#include "cli/all_commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/sweep_view.hpp"
#include "cli/workspace.hpp"
#include "experiment/build.hpp"
#include "experiment/settings.hpp"
#include "experiment/sweep.hpp"
#include "figures/progress.hpp"

namespace atelier::cli {
namespace {

struct State {
  Draft draft;
  std::vector<std::string> map, enqueue;
  std::string file, config, workspace, parallel, workers, seconds, runs, seed, audit, retry, after, name;
  bool resume = false, async = false, json = false, builtin = false;
};

template <class Number>
Result<Number> number(const std::string& text, const char* option, Number low, Number high, const char* what) {
  Number value{};
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (bad == std::errc() && end == text.data() + text.size() && value >= low && value <= high) return value;
  return fail(Trouble::usage, fmt::format("{} takes {}", option, what), fmt::format("found `{}`", text));
}

/// "10m", "90", "1.5h": seconds.
Result<double> time_span(const std::string& text) {
  std::string digits = text;
  double unit = 1;
  if (!digits.empty() && !std::isdigit(static_cast<unsigned char>(digits.back()))) {
    const char letter = digits.back();
    unit = letter == 's' ? 1 : letter == 'm' ? 60 : letter == 'h' ? 3600 : letter == 'd' ? 86'400 : 0;
    digits.pop_back();
  }
  const auto value = number(digits, "--for", 0.0, 1e9, "");
  if (value && unit > 0 && *value > 0) return *value * unit;
  return fail(Trouble::usage, "--for takes a time", fmt::format("found `{}`", text), "for example 90s, 10m or 2h");
}

Result<std::map<std::string, std::string>> renamings(const std::vector<std::string>& words) {
  std::map<std::string, std::string> map;
  for (const std::string& word : words) {
    const auto at = word.find('=');
    if (at == 0 || at == std::string::npos || at + 1 == word.size())
      return fail(Trouble::usage, "--map takes theirs=ours", fmt::format("found `{}`", word),
                  "for example --map layer_size=layers");
    map[word.substr(0, at)] = word.substr(at + 1);
  }
  return map;
}

/// "optimizer=adam,learning_rate=1e-3" as a configuration of the space: what is left out takes the first value.
Result<Configuration> configuration_of(const Space& space, const std::string& words) {
  std::map<std::string, std::string> given;
  for (std::size_t start = 0; start < words.size();) {
    const std::size_t end = std::min(words.find(',', start), words.size());
    const std::string word = words.substr(start, end - start);
    const auto at = word.find('=');
    if (at == std::string::npos)
      return fail(Trouble::usage, "--enqueue takes name=value,name=value", fmt::format("found `{}`", word));
    given[word.substr(0, at)] = word.substr(at + 1);
    start = end + 1;
  }
  Configuration configuration;
  for (const std::size_t i : dependency_order(space)) {
    const Parameter& parameter = space.parameters[i];
    if (!is_active(parameter, configuration)) continue;
    const auto text = given.find(parameter.name);
    if (text == given.end()) {
      configuration[parameter.name] = at_quantile(parameter, 0.5);
      continue;
    }
    Value value = text->second;
    if (double x = 0; std::from_chars(text->second.data(), text->second.data() + text->second.size(), x).ptr ==
                      text->second.data() + text->second.size())
      value = x;
    if (const auto index = level_of(parameter, value)) value = level(parameter, *index);
    configuration[parameter.name] = value;
    given.erase(text);
  }
  if (!given.empty()) return fail(Trouble::usage, fmt::format("--enqueue: the sweep has no {}", given.begin()->first));
  if (!contains(space, configuration))
    return fail(Trouble::usage, "--enqueue: this configuration is not in the sweep's space", words);
  return configuration;
}

Result<SweepRequest> request_of_state(State& state, Workspace& workspace, const Console& console) {
  const auto bytes = read_file(state.file, 1 << 20);
  if (!bytes) return pass_on(bytes);
  std::string source(bytes->begin(), bytes->end());
  auto file = parse_sweep(source, state.file);
  if (!file) return pass_on(file);
  for (const SweepWarning& warning : file->warnings) console.say(describe(*file, warning));
  if (!state.config.empty())
    if (auto read = state.draft.read_file(state.config); !read) return pass_on(read);
  auto base = state.draft.settle();
  if (!base) return pass_on(base);
  auto map = renamings(state.map);
  if (!map) return pass_on(map);
  auto setup = set_up(*std::move(file), *std::move(base), *std::move(map));
  if (!setup) return pass_on(setup);
  for (const std::string& note : setup->notes) console.note(note);
  SweepRequest request{*std::move(setup), std::move(source)};
  const SweepFile& said = request.setup.file;
  request.seed = said.seed.value_or(1);
  request.budget = said.run_cap.value_or(0);
  request.parallel = threads_of({});
  request.async = state.async;
  const auto take = [&]<class Number>(const std::string& text, Number& into, const char* option, Number low,
                                      Number high, const char* what) -> Result<void> {
    if (text.empty()) return {};
    const auto value = number(text, option, low, high, what);
    if (!value) return pass_on(value);
    into = *value;
    return {};
  };
  constexpr std::uint64_t kMany = std::uint64_t{1} << 53;
  if (auto ok = take(state.runs, request.budget, "--runs", std::uint64_t{1}, kMany, "a number of trials, from 1"); !ok)
    return pass_on(ok);
  if (auto ok = take(state.seed, request.seed, "--sweep-seed", std::uint64_t{0}, kMany, "a whole number"); !ok)
    return pass_on(ok);
  if (auto ok = take(state.parallel, request.parallel, "--parallel", 1, 1024, "a number from 1 to 1024"); !ok)
    return pass_on(ok);
  if (auto ok = take(state.audit, request.audit, "--audit", 0.0, 1.0, "a share from 0 to 1"); !ok) return pass_on(ok);
  for (const std::string& words : state.enqueue) {
    auto configuration = configuration_of(said.space, words);
    if (!configuration) return pass_on(configuration);
    request.enqueued.push_back(*std::move(configuration));
  }
  if (!state.after.empty()) {
    const auto earlier = find_sweep(workspace.store(), state.after);
    if (!earlier) return pass_on(earlier);
    auto seen = observations_of(workspace.store(), *earlier);
    if (!seen) return pass_on(seen);
    request.earlier = *std::move(seen);
  }
  return request;
}

Result<WorkOptions> work_options(const State& state) {
  WorkOptions options;
  if (!state.workers.empty()) {
    const auto workers = number(state.workers, "--workers", 1, 1024, "a number of threads, from 1 to 1024");
    if (!workers) return pass_on(workers);
    options.workers = *workers;
  }
  if (!state.retry.empty()) {
    const auto retries = number(state.retry, "--retry", 0, 100, "a number from 0 to 100");
    if (!retries) return pass_on(retries);
    options.retries = *retries;
  }
  if (!state.seconds.empty()) {
    const auto seconds = time_span(state.seconds);
    if (!seconds) return pass_on(seconds);
    options.seconds = *seconds;
  }
  return options;
}

/// Works at the sweep before the reader's eyes.
Result<void> work(const State& state, Workspace& workspace, const Sweep& sweep, const Console& console) {
  const auto options = work_options(state);
  if (!options) return pass_on(options);
  const auto before = outcome_of(workspace.store(), sweep);
  if (!before) return pass_on(before);
  const auto request = request_of(sweep);
  if (!request) return pass_on(request);
  SweepView view(sweep, *request, *before, state.json, console);
  const Interrupt interrupt;
  const auto began = std::chrono::steady_clock::now();
  const auto outcome = work_at(workspace, sweep, *options,
                               {.news = [&](const TrialNews& news) { view.news(news); },
                                .tick = [&] { view.tick(); },
                                .stop = &interrupt.wanted()});
  view.end();
  const std::string words = sweep.id + (state.workspace.empty() ? "" : " --workspace " + shell_word(state.workspace));
  if (!outcome) {
    console.say(fmt::format("what is recorded stays; to go on: atelier sweep --resume {}", words));
    return pass_on(outcome);
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  view.result(*outcome, seconds);
  if (outcome->over) {
    if (outcome->best)
      console.say(fmt::format("next: atelier evaluate {}   ·   atelier runs list --where 'sweep = \"{}\"'",
                              outcome->trials[*outcome->best].run, sweep.id));
    return {};
  }
  console.say(fmt::format("not over; to go on: atelier sweep --resume {}", words));
  return interrupt.wanted() ? fail(Trouble::interrupted, "") : Result<void>{};
}

Result<void> sweep(State& state, const Console& console) {
  if (auto options = work_options(state); !options) return pass_on(options);
  if (!state.resume && state.file.empty())
    return fail(Trouble::usage, "a sweep needs its file", {},
                "atelier sweep sweep.yaml, or --resume to go on with the last");
  if (!state.resume) {
    std::error_code missing;
    if (!std::filesystem::exists(state.file, missing))
      return fail(Trouble::file, fmt::format("there is no sweep file {}", state.file));
  }
  auto workspace = Workspace::open(workspace_of(state.workspace));
  if (!workspace) return pass_on(workspace);
  Store& store = (*workspace)->store();
  if (state.resume) {
    const auto found = find_sweep(store, state.file);
    if (!found) return pass_on(found);
    return work(state, **workspace, *found, console);
  }
  const auto request = request_of_state(state, **workspace, console);
  if (!request) return pass_on(request);
  const auto made = create_sweep(store, *request);
  if (!made) return pass_on(made);
  return work(state, **workspace, *made, console);
}

Result<void> agent(State& state, const Console& console) {
  if (auto options = work_options(state); !options) return pass_on(options);
  auto workspace = Workspace::open(workspace_of(state.workspace));
  if (!workspace) return pass_on(workspace);
  const auto found = find_sweep((*workspace)->store(), state.file);
  if (!found) return pass_on(found);
  if (found->state != SweepState::running)
    return fail(Trouble::usage, fmt::format("sweep {} is not running", found->id),
                fmt::format("it is {}", name_of(found->state)),
                fmt::format("atelier sweep --resume {} goes on with it", found->id));
  return work(state, **workspace, *found, console);
}

std::vector<Argument> shared_arguments(const std::shared_ptr<State>& state) {
  return {{"--workers", "N", "trials trained at once, a thread each [the cores]", &state->workers},
          {"--for", "TIME", "stop after 90s, 10m, 2h; can be resumed", &state->seconds},
          {"--retry", "N", "try a failed trial again, N times at most", &state->retry},
          {"--workspace", "DIR", "where runs are kept [atelier-runs]", &state->workspace},
          {"--json", "", "one JSON object a line on standard output", &state->json}};
}

}  // namespace

Command sweep_command() {
  return {"sweep",
          "Tune",
          "FILE [settings]",
          "search for the best settings, from a W&B sweep file",
          {"atelier sweep sweep.yaml", "atelier sweep sweep.yaml --runs 50 --for 10m",
           "atelier sweep sweep.yaml --map layer_size=layers --epochs 5", "atelier sweep --resume"},
          [] {
            auto state = std::make_shared<State>();
            std::vector<Argument> arguments{
                {"FILE", "", "a sweep file in YAML or JSON; with --resume, a sweep", &state->file},
                {"--resume", "", "go on with a sweep: the last one, or the one named", &state->resume},
                {"--runs", "N", "trials in all [run_cap of the file]", &state->runs},
                {"--map", "THEIRS=OURS", "what a name of the file means here; may be given often", &state->map},
                {"--parallel", "N", "virtual workers, recorded: they decide the search [the cores]", &state->parallel},
                {"--sweep-seed", "N", "seed of the search [seed of the file, or 1]", &state->seed},
                {"--audit", "SHARE", "trials drawn at random, for findings to rest on [0.2]", &state->audit},
                {"--async", "", "decide as results come in: for uneven machines, not repeatable", &state->async},
                {"--enqueue", "NAME=VALUE,...", "a configuration to try first; may be given often", &state->enqueue},
                {"--after", "SWEEP", "learn from what an earlier sweep has seen", &state->after},
                {"--builtin", "", "train with Atelier, also where the file names a program", &state->builtin},
                {"--config", "FILE", "a YAML file of settings that the sweep leaves open", &state->config}};
            for (Argument& argument : shared_arguments(state)) arguments.push_back(std::move(argument));
            return Prepared{std::move(arguments), [state](Console& console) { return sweep(*state, console); },
                            &state->draft};
          }};
}

Command agent_command() {
  return {"agent",
          "Tune",
          "[SWEEP]",
          "help with a sweep that another process began",
          {"atelier agent last --workers 4"},
          [] {
            auto state = std::make_shared<State>();
            std::vector<Argument> arguments{{"SWEEP", "", "the sweep, or `last` for the newest", &state->file}};
            for (Argument& argument : shared_arguments(state)) arguments.push_back(std::move(argument));
            return Prepared{std::move(arguments), [state](Console& console) { return agent(*state, console); }};
          }};
}

}  // namespace atelier::cli
