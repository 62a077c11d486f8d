// sweep.cpp: sweeps written down and read back.
#include "experiment/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "experiment/run_ending.hpp"
#include "experiment/settings.hpp"

namespace atelier {
namespace {

using json = nlohmann::ordered_json;

json observation_json(const Observation& o) {
  json line{{"configuration", to_json(o.configuration)},
            {"state", static_cast<int>(o.state)},
            {"step", o.step},
            {"steps_planned", o.steps_planned}};
  if (o.loss) line["loss"] = *o.loss;
  return line;
}

Result<Observation> observation_from(const json& line) {
  auto configuration = configuration_from_json(nlohmann::json(line.at("configuration")));
  if (!configuration) return pass_on(configuration);
  Observation o{*std::move(configuration), static_cast<Observation::State>(line.at("state").get<int>())};
  o.step = line.at("step");
  o.steps_planned = line.at("steps_planned");
  if (line.contains("loss")) o.loss = line.at("loss").get<double>();
  return o;
}

json confirms_json(const Confirms& confirms) {
  json winners = json::array();
  for (const Confirms::Winner& w : confirms.winners)
    winners.push_back({{"trial", w.trial},
                       {"run", w.run},
                       {"name", w.name},
                       {"first", w.first},
                       {"configuration", to_json(w.configuration)}});
  return {{"sweep", confirms.sweep}, {"winners", winners}, {"seed", confirms.seed}, {"seeds", confirms.seeds}};
}

Result<Confirms> confirms_from(const json& line) {
  Confirms confirms{line.at("sweep"), {}, line.at("seed"), line.at("seeds")};
  for (const json& w : line.at("winners")) {
    auto configuration = configuration_from_json(nlohmann::json(w.at("configuration")));
    if (!configuration) return pass_on(configuration);
    confirms.winners.push_back({w.at("trial"), w.at("run"), w.at("name"), w.at("first"), *std::move(configuration)});
  }
  return confirms;
}

/// What a sweep knows before it begins.
Result<void> read_known(const json& config, SweepRequest& request) {
  for (const json& line : config.at("enqueued")) {
    auto c = configuration_from_json(nlohmann::json(line));
    if (!c) return pass_on(c);
    request.enqueued.push_back(*std::move(c));
  }
  for (const json& line : config.at("earlier")) {
    auto o = observation_from(line);
    if (!o) return pass_on(o);
    request.earlier.push_back(*std::move(o));
  }
  if (!config.contains("confirms")) return {};
  auto confirms = confirms_from(config.at("confirms"));
  if (!confirms) return pass_on(confirms);
  request.confirms = *std::move(confirms);
  return {};
}

Result<TrialLine> trial_line(const Run& run, const json& summary, const Objective& objective) {
  const json plan = json::parse(run.plan);
  TrialLine line{
      static_cast<std::uint64_t>(run.trial->number), run.id, run.name, run.reason, plan.value("origin", ""), run.state};
  line.epochs = static_cast<int>(summary.value("epochs", 0.0));
  if (summary.contains(objective.metric) && summary[objective.metric].is_number())
    line.value = summary[objective.metric].get<double>();
  auto configuration = configuration_from_json(nlohmann::json(plan.at("configuration")));
  if (!configuration) return pass_on(configuration);
  line.configuration = *std::move(configuration);
  return line;
}

Result<SweepSetup> setup_from(const json& config, SweepFile file) {
  auto renamed = config.at("renamed").get<std::map<std::string, std::string>>();
  if (config.contains("program_folder"))
    return set_up_program(std::move(file), config.at("program_folder").get<std::string>(), std::move(renamed));
  auto base = recipe_from_json(nlohmann::json(config.at("base")));
  if (!base) return pass_on(base);
  return set_up(std::move(file), *std::move(base), std::move(renamed));
}

std::unexpected<Error> damaged(const Sweep& sweep, const std::string& detail) {
  return fail(Trouble::file, fmt::format("the record of sweep {} is damaged", sweep.id), detail, "start a new sweep");
}

}  // namespace

Result<Sweep> create_sweep(Store& store, const SweepRequest& request, const std::string& id) {
  const SweepFile& file = request.setup.file;
  json config{{"file", file.path},
              {"method", file.method},
              {"metric", request.setup.objective.metric},
              {"goal", request.setup.objective.maximize ? "maximize" : "minimize"},
              {"seed", request.seed},
              {"budget", request.budget},
              {"parallel", request.parallel},
              {"audit", request.audit},
              {"async", request.async || needs_async(request.setup)},
              {"retries", request.retries},
              {"base", to_json(request.setup.base)},
              {"renamed", request.setup.renamed},
              {"enqueued", json::array()},
              {"earlier", json::array()}};
  for (const Configuration& c : request.enqueued) config["enqueued"].push_back(to_json(c));
  for (const Observation& o : request.earlier) config["earlier"].push_back(observation_json(o));
  if (request.confirms) config["confirms"] = confirms_json(*request.confirms);
  if (request.setup.program) config["program_folder"] = request.setup.program->folder.string();
  return store.create_sweep({.id = id, .name = file.name, .config = config.dump(), .source = request.source});
}

Result<SweepRequest> request_of(const Sweep& sweep) {
  try {
    const json config = json::parse(sweep.config);
    auto file = parse_sweep(sweep.source, config.at("file").get<std::string>());
    if (!file) return pass_on(file);
    auto setup = setup_from(config, *std::move(file));
    if (!setup) return pass_on(setup);
    SweepRequest request{*std::move(setup), sweep.source};
    const json memo = json::parse(sweep.memo);  // what was changed since
    request.seed = config.at("seed");
    request.budget = memo.value("budget", config.at("budget").get<std::uint64_t>());
    request.retries = memo.value("retries", config.value("retries", 0));
    request.parallel = config.at("parallel");
    request.audit = config.at("audit");
    request.async = config.at("async");
    if (auto read = read_known(config, request); !read) return pass_on(read);
    return request;
  } catch (const json::exception& e) {
    return damaged(sweep, e.what());
  }
}

// A sampler that has seen no more proposes no other; what stops trials early compares them, and would have waited for more.
Result<Sweep> extend_sweep(Store& store, const Sweep& sweep, const SweepExtension& extension) {
  const auto request = request_of(sweep);
  if (!request) return pass_on(request);
  json memo = json::parse(sweep.memo);
  if (extension.retries) memo["retries"] = *extension.retries;
  if (extension.budget && *extension.budget != request->budget) {
    const auto refuse = [&](const std::string& why) {
      return fail(Trouble::usage, fmt::format("sweep {} keeps its {} trials", sweep.id, request->budget), why,
                  fmt::format("search on in a new one: atelier sweep FILE --after {}", sweep.id));
    };
    if (request->confirms) return refuse("it confirms the winners of another one");
    if (request->setup.file.early_terminate) return refuse("with more of them, others would have been stopped early");
    if (*extension.budget < request->budget) return refuse("it can only be given more");
    const auto running = sweep.trials.find(RunState::running);
    if (running != sweep.trials.end() && running->second > 0)
      return refuse("another process works at it: stop that one first");
    memo["budget"] = *extension.budget;
  }
  memo.erase("ending");
  if (auto done = store.update_sweep(sweep.id, {{}, memo.dump()}); !done) return pass_on(done);
  return store.sweep(sweep.id);
}

std::uint64_t deleted_trials(const Sweep& sweep) {
  const auto memo = json::parse(sweep.memo, nullptr, false);
  if (!memo.is_object() || sweep.state != SweepState::finished) return 0;
  const auto had = memo.value("trials", std::uint64_t{0});
  std::uint64_t has = 0;
  for (const auto& [state, count] : sweep.trials) has += static_cast<std::uint64_t>(count);
  return had > has ? had - has : 0;
}

Result<Sweep> find_sweep(Store& store, const std::string& id) {
  auto sweeps = store.sweeps();
  if (!sweeps) return pass_on(sweeps);
  if (sweeps->empty())
    return fail(Trouble::usage, "there is no sweep in this workspace", {}, "start one with `atelier sweep FILE`");
  if (id.empty() || id == "last") return sweeps->back();
  std::vector<std::string> ids;
  for (const Sweep& sweep : *sweeps) {
    if (sweep.id == id) return sweep;
    if (sweep.id.starts_with(id)) ids.push_back(sweep.id);
  }
  if (ids.size() == 1) return store.sweep(ids.front());
  return fail(Trouble::usage, fmt::format("there is no sweep \"{}\"", id),
              fmt::format("the newest is {}{}", sweeps->back().id, ids.empty() ? "" : "; several begin so"),
              "name one of them, or `last`");
}

Result<SweepOutcome> outcome_of(Store& store, const Sweep& sweep) {
  const auto request = request_of(sweep);
  if (!request) return pass_on(request);
  auto runs = store.runs({.where = fmt::format("sweep = \"{}\"", sweep.id), .sort = "trial"});
  if (!runs) return pass_on(runs);
  SweepOutcome outcome;
  outcome.id = sweep.id;
  outcome.objective = request->setup.objective;
  outcome.over = sweep.state == SweepState::finished;
  try {
    outcome.ending = json::parse(sweep.memo).value("ending", "");
    for (const Run& run : *runs) {
      const json summary = json::parse(run.summary);
      auto line = trial_line(run, summary, outcome.objective);
      if (!line) return pass_on(line);
      outcome.seconds += summary.value("seconds", 0.0);
      outcome.trials.push_back(*std::move(line));
    }
  } catch (const json::exception& e) {
    return damaged(sweep, e.what());
  }
  if (const auto order = ranked(outcome); !order.empty()) outcome.best = order.front();
  return outcome;
}

std::vector<std::size_t> ranked(const SweepOutcome& outcome) {
  const std::vector<TrialLine>& trials = outcome.trials;
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < trials.size(); i++)
    if (trials[i].value && !has_failed(trials[i].state)) order.push_back(i);
  std::ranges::stable_sort(order, [&](std::size_t left, std::size_t right) {
    const TrialLine &a = trials[left], &b = trials[right];
    const bool a_done = a.state == RunState::finished, b_done = b.state == RunState::finished;
    if (a_done != b_done) return a_done;
    if (!a_done && a.epochs != b.epochs) return a.epochs > b.epochs;
    return outcome.objective.maximize ? *a.value > *b.value : *a.value < *b.value;
  });
  return order;
}

bool is_whole(const TrialLine& trial) { return ended_itself(trial.state, trial.reason); }

Result<std::vector<Observation>> observations_of(Store& store, const Sweep& sweep) {
  const auto request = request_of(sweep);
  const auto outcome = outcome_of(store, sweep);
  if (!request) return pass_on(request);
  if (!outcome) return pass_on(outcome);
  std::vector<Observation> seen;
  for (const TrialLine& trial : outcome->trials) {
    Observation o{trial.configuration};
    const bool bad = has_failed(trial.state);
    if (!bad && !trial.value) continue;
    o.state = bad               ? Observation::State::failed
              : is_whole(trial) ? Observation::State::finished
                                : Observation::State::stopped;
    if (trial.value) o.loss = outcome->objective.maximize ? -*trial.value : *trial.value;
    o.step = trial.epochs;
    const auto recipe = recipe_of(request->setup, trial.configuration);
    o.steps_planned = recipe ? recipe->epochs : trial.epochs;
    seen.push_back(std::move(o));
  }
  return seen;
}

bool is_held(const Sweep& sweep) {
  const auto memo = nlohmann::json::parse(sweep.memo, nullptr, false);
  return sweep.state == SweepState::paused && memo.is_object() && memo.contains("held");
}

Result<void> set_sweep_state(Store& store, const std::string& id, SweepState state) {
  if (state == SweepState::finished)
    return fail(Trouble::usage, "a sweep is finished by its last trial alone", {}, "stop it instead");
  const auto now = store.sweep(id);
  if (!now) return pass_on(now);
  auto memo = nlohmann::ordered_json::parse(now->memo, nullptr, false);
  if (!memo.is_object()) memo = nlohmann::ordered_json::object();
  memo.erase("held");
  if (state == SweepState::paused) memo["held"] = true;
  return store.update_sweep(id, {state, memo.dump()});
}

}  // namespace atelier
