// sweep.cpp: sweeps written down and read back.
#include "experiment/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>

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
              {"async", request.async},
              {"base", to_json(request.setup.base)},
              {"renamed", request.setup.renamed},
              {"enqueued", json::array()},
              {"earlier", json::array()}};
  for (const Configuration& c : request.enqueued) config["enqueued"].push_back(to_json(c));
  for (const Observation& o : request.earlier) config["earlier"].push_back(observation_json(o));
  return store.create_sweep({.id = id, .name = file.name, .config = config.dump(), .source = request.source});
}

Result<SweepRequest> request_of(const Sweep& sweep) {
  try {
    const json config = json::parse(sweep.config);
    auto file = parse_sweep(sweep.source, config.at("file").get<std::string>());
    if (!file) return pass_on(file);
    auto base = recipe_from_json(nlohmann::json(config.at("base")));
    if (!base) return pass_on(base);
    auto setup =
        set_up(*std::move(file), *std::move(base), config.at("renamed").get<std::map<std::string, std::string>>());
    if (!setup) return pass_on(setup);
    SweepRequest request{*std::move(setup), sweep.source};
    request.seed = config.at("seed");
    request.budget = config.at("budget");
    request.parallel = config.at("parallel");
    request.audit = config.at("audit");
    request.async = config.at("async");
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
    return request;
  } catch (const json::exception& e) {
    return damaged(sweep, e.what());
  }
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
      const json summary = json::parse(run.summary), plan = json::parse(run.plan);
      TrialLine line{static_cast<std::uint64_t>(run.trial->number),
                     run.id,
                     run.name,
                     run.reason,
                     plan.value("origin", ""),
                     run.state};
      line.epochs = static_cast<int>(summary.value("epochs", 0.0));
      if (summary.contains(outcome.objective.metric) && summary[outcome.objective.metric].is_number())
        line.value = summary[outcome.objective.metric].get<double>();
      auto configuration = configuration_from_json(nlohmann::json(plan.at("configuration")));
      if (!configuration) return pass_on(configuration);
      line.configuration = *std::move(configuration);
      outcome.seconds += summary.value("seconds", 0.0);
      outcome.trials.push_back(std::move(line));
    }
  } catch (const json::exception& e) {
    return damaged(sweep, e.what());
  }
  const auto better = [&](const TrialLine& a, const TrialLine& b) {  // finished before stopped, longer before shorter
    const bool a_done = a.state == RunState::finished, b_done = b.state == RunState::finished;
    if (a_done != b_done) return a_done;
    if (!a_done && a.epochs != b.epochs) return a.epochs > b.epochs;
    return outcome.objective.maximize ? *a.value > *b.value : *a.value < *b.value;
  };
  for (std::size_t i = 0; i < outcome.trials.size(); i++) {
    const TrialLine& trial = outcome.trials[i];
    const bool counts = trial.value && trial.state != RunState::diverged && trial.state != RunState::failed;
    if (counts && (!outcome.best || better(trial, outcome.trials[*outcome.best]))) outcome.best = i;
  }
  return outcome;
}

Result<std::vector<Observation>> observations_of(Store& store, const Sweep& sweep) {
  const auto request = request_of(sweep);
  const auto outcome = outcome_of(store, sweep);
  if (!request) return pass_on(request);
  if (!outcome) return pass_on(outcome);
  std::vector<Observation> seen;
  for (const TrialLine& trial : outcome->trials) {
    Observation o{trial.configuration};
    const bool bad = trial.state == RunState::diverged || trial.state == RunState::failed;
    if (!bad && !trial.value) continue;
    o.state = bad                                 ? Observation::State::failed
              : trial.state == RunState::finished ? Observation::State::finished
                                                  : Observation::State::stopped;
    if (trial.value) o.loss = outcome->objective.maximize ? -*trial.value : *trial.value;
    o.step = trial.epochs;
    const auto recipe = recipe_of(request->setup, trial.configuration);
    o.steps_planned = recipe ? recipe->epochs : trial.epochs;
    seen.push_back(std::move(o));
  }
  return seen;
}

}  // namespace atelier
