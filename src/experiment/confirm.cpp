// confirm.cpp: a sweep's best become a sweep of seeds, and its results a report.
#include "experiment/confirm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "experiment/settings.hpp"

namespace atelier {
namespace {

using json = nlohmann::ordered_json;
using Winner = Confirms::Winner;

constexpr std::string_view kTag = "confirmation";

/// The file's parameter that is the seed of a training, if it has one.
const Parameter* seed_parameter(const SweepSetup& setup) {
  for (const Parameter& parameter : setup.file.space.parameters) {
    const auto ours = setup.renamed.find(parameter.name);
    const Setting* setting = find_setting(ours == setup.renamed.end() ? parameter.name : ours->second);
    if (setting && setting->name == "seed") return &parameter;
  }
  return nullptr;
}

json value_json(const Value& value) { return to_json(Configuration{{"", value}}).at(""); }

/// The values that the winners give a parameter, each once.
std::vector<Value> values_of(const std::vector<Winner>& winners, const std::string& name) {
  std::vector<Value> values;
  for (const Winner& winner : winners) {
    const auto found = winner.configuration.find(name);
    if (found == winner.configuration.end()) continue;
    if (std::ranges::none_of(values, [&](const Value& v) { return same_value(v, found->second); }))
      values.push_back(found->second);
  }
  return values;
}

/// The parameter with no values but the winners'; null where none of them has it.
json parameter_json(const Parameter& parameter, const std::vector<Winner>& winners) {
  const std::vector<Value> values = values_of(winners, parameter.name);
  if (values.empty()) return nullptr;
  json text;
  if (values.size() == 1) text["value"] = value_json(values.front());
  for (const Value& value : values)
    if (values.size() > 1) text["values"].push_back(value_json(value));
  if (parameter.condition)
    for (const Value& value : parameter.condition->values)
      text["when"][parameter.condition->parameter].push_back(value_json(value));
  return text;
}

/// The sweep file of a confirmation, as one would write it.
json file_json(const SweepFile& of, const Parameter* seed, const Confirms& confirms) {
  json file{{"name", of.name.empty() ? confirms.sweep : of.name},
            {"description", fmt::format("the best {} of sweep {}, trained again with {} fresh seeds each",
                                        confirms.winners.size(), confirms.sweep, confirms.seeds.size())},
            {"method", "grid"}};
  file["name"] = file["name"].get<std::string>() + " confirmed";
  if (of.metric) file["metric"] = {{"name", of.metric->name}, {"goal", of.metric->maximize ? "maximize" : "minimize"}};
  file["run_cap"] = confirms.winners.size() * confirms.seeds.size();
  json& parameters = file["parameters"] = json::object();
  for (const Parameter& parameter : of.space.parameters) {
    if (&parameter == seed) continue;
    json text = parameter_json(parameter, confirms.winners);
    if (!text.is_null()) parameters[parameter.name] = std::move(text);
  }
  parameters[confirms.seed] = {{"values", confirms.seeds}};
  return file;
}

/// Seeds that follow the trainings' own, without that of the search.
std::vector<std::uint64_t> fresh_seeds(const SweepRequest& searched, const Parameter* constant, int count) {
  std::uint64_t seed = searched.setup.base.seed;
  if (constant)
    if (const Value value = at_quantile(*constant, 0); std::holds_alternative<std::int64_t>(value))
      seed = static_cast<std::uint64_t>(std::get<std::int64_t>(value));
  constexpr std::uint64_t kLast = std::uint64_t{1} << 53;  // as far as every reader of JSON counts
  if (seed >= kLast) seed = 0;
  std::vector<std::uint64_t> seeds;
  while (static_cast<int>(seeds.size()) < count)
    if (++seed != searched.seed) seeds.push_back(seed);
  return seeds;
}

Result<std::vector<Winner>> winners_of(Store& store, const Sweep& sweep, int most, const Parameter* seed) {
  const auto outcome = outcome_of(store, sweep);
  if (!outcome) return pass_on(outcome);
  std::vector<Winner> winners;
  for (const std::size_t i : ranked(*outcome)) {
    const TrialLine& trial = outcome->trials[i];
    if (!is_whole(trial) || static_cast<int>(winners.size()) == most) continue;
    winners.push_back({trial.number, trial.run, trial.name, *trial.value, trial.configuration});
    if (seed) winners.back().configuration.erase(seed->name);
  }
  if (winners.empty())
    return fail(Trouble::data, fmt::format("sweep {} has no finished trial to confirm", sweep.id),
                fmt::format("of its {} trials none was trained to its end", outcome->trials.size()),
                fmt::format("go on with it: atelier sweep --resume {}", sweep.id));
  return winners;
}

std::map<std::string, std::string> renamings_left(const SweepSetup& setup, const SweepFile& file) {
  std::map<std::string, std::string> left;
  for (const auto& [theirs, ours] : setup.renamed)
    if (file.lines.contains(theirs) || (file.metric && file.metric->name == theirs)) left[theirs] = ours;
  return left;
}

/// All of it as the request of a sweep.
Result<SweepRequest> request_for(const SweepRequest& searched, const Parameter* seed, Confirms confirms,
                                 const std::string& name) {
  std::string source = file_json(searched.setup.file, seed, confirms).dump(2) + "\n";
  auto file = parse_sweep(source, name);
  if (!file) return pass_on(file);
  auto renamed = renamings_left(searched.setup, *file);
  if (confirms.seed != "seed") renamed[confirms.seed] = "seed";
  auto setup = set_up(*std::move(file), searched.setup.base, std::move(renamed));
  if (!setup) return pass_on(setup);
  SweepRequest request{*std::move(setup), std::move(source)};
  request.seed = searched.seed;
  request.budget = confirms.winners.size() * confirms.seeds.size();
  request.parallel = searched.parallel;
  request.audit = 0;
  for (const std::uint64_t s : confirms.seeds)
    for (const Winner& winner : confirms.winners) {
      request.enqueued.push_back(winner.configuration);
      request.enqueued.back()[confirms.seed] = static_cast<std::int64_t>(s);
    }
  request.confirms = std::move(confirms);
  return request;
}

bool same(const Confirms& a, const Confirms& b) {
  return a.sweep == b.sweep && a.seeds == b.seeds &&
         std::ranges::equal(a.winners, b.winners, {}, &Winner::trial, &Winner::trial);
}

}  // namespace

Result<void> can_be_confirmed(const SweepSetup& setup) {
  if (setup.program)
    return fail(Trouble::usage, "this sweep runs another program: its winners cannot be confirmed",
                "Atelier gives fresh seeds to trainings of its own",
                "leave out --confirm, or add --builtin to train with Atelier");
  const Parameter* seed = seed_parameter(setup);
  if (!seed || level_count(*seed) == 1) return {};
  return fail(Trouble::usage, fmt::format("this sweep searches {} itself: its winners cannot be confirmed", seed->name),
              "a winner is trained again with seeds that the search has not chosen by",
              fmt::format("take {} out of the sweep file, or leave out --confirm", seed->name));
}

Result<Sweep> confirmation_sweep(Store& store, const Sweep& sweep, const ConfirmPlan& plan) {
  const auto searched = request_of(sweep);
  if (!searched) return pass_on(searched);
  if (auto fine = can_be_confirmed(searched->setup); !fine) return pass_on(fine);
  const Parameter* seed = seed_parameter(searched->setup);
  auto winners = winners_of(store, sweep, plan.winners, seed);
  if (!winners) return pass_on(winners);
  const auto& parameters = searched->setup.file.space.parameters;
  const auto taken = std::ranges::find(parameters, "seed", &Parameter::name);
  const bool free = taken == parameters.end() || &*taken == seed;
  Confirms confirms{sweep.id, *std::move(winners), free ? "seed" : "fresh_seed",
                    fresh_seeds(*searched, seed, plan.seeds)};
  const auto sweeps = store.sweeps();
  if (!sweeps) return pass_on(sweeps);
  std::string id = sweep.id + "-confirm";
  for (int next = 2;; next++) {
    const auto there = std::ranges::find(*sweeps, id, &Sweep::id);
    if (there == sweeps->end()) break;
    const auto request = request_of(*there);
    if (!request) return pass_on(request);
    if (request->confirms && same(*request->confirms, confirms)) return *there;
    id = fmt::format("{}-confirm{}", sweep.id, next);
  }
  const auto request = request_for(*searched, seed, std::move(confirms), id);
  if (!request) return pass_on(request);
  return create_sweep(store, *request, id);
}

std::vector<std::string> ConfirmationReport::names() const {
  std::vector<std::string> names;
  for (const Winner& winner : confirms.winners) names.push_back(fmt::format("#{}", winner.trial));
  return names;
}

Result<ConfirmationReport> confirmation_report(Store& store, const Sweep& confirmation) {
  auto request = request_of(confirmation);
  if (!request) return pass_on(request);
  if (!request->confirms) return fail(Trouble::usage, fmt::format("sweep {} confirms no other one", confirmation.id));
  const auto outcome = outcome_of(store, confirmation);
  if (!outcome) return pass_on(outcome);
  ConfirmationReport report{confirmation.id, *std::move(request->confirms), outcome->objective, {}, {}};
  std::map<std::string, double> values;
  for (const TrialLine& trial : outcome->trials)
    if (trial.value && is_whole(trial)) values[fingerprint(trial.configuration)] = *trial.value;
  std::vector<double> first;
  for (const Winner& winner : report.confirms.winners) {
    first.push_back(winner.first);
    std::vector<double>& row = report.scores.emplace_back();
    for (const std::uint64_t s : report.confirms.seeds) {
      Configuration configuration = winner.configuration;
      configuration[report.confirms.seed] = static_cast<std::int64_t>(s);
      const auto value = values.find(fingerprint(configuration));
      row.push_back(value == values.end() ? std::numeric_limits<double>::quiet_NaN() : value->second);
    }
  }
  const Objective& objective = report.objective;
  report.result = confirm_winners(report.scores, first, {objective.maximize, objective.metric.ends_with("accuracy")});
  return report;
}

Result<void> tag_trials(Store& store, const Sweep& confirmation) {
  const auto runs = store.runs({.where = fmt::format("sweep = \"{}\"", confirmation.id)});
  if (!runs) return pass_on(runs);
  for (const Run& run : *runs)
    if (std::ranges::find(run.tags, kTag) == run.tags.end())
      if (auto tagged = store.annotate(run.id, {.add_tags = {std::string(kTag)}}); !tagged) return tagged;
  return {};
}

}  // namespace atelier
