// sweep_parts.cpp: axes, trials and recurring sentences of a sweep's figures.
#include "analysis/detail/sweep_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "figures/progress.hpp"

namespace atelier::detail {
namespace {

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string all;
  for (const std::string& part : parts) all.append(all.empty() ? "" : between).append(part);
  return all;
}

std::string state_words(RunState state) {
  std::string words(name_of(state));
  std::ranges::replace(words, '_', ' ');
  return words;
}

/// "24 trials: 4 finished, 20 stopped early".
std::string census(const SweepTable& table) {
  std::map<RunState, std::size_t> counts;
  for (const SweepTable::Trial& trial : table.trials) counts[trial.state]++;
  std::vector<std::string> parts;
  for (const auto& [state, count] : counts) parts.push_back(fmt::format("{} {}", count, state_words(state)));
  return count_of(table.trials.size(), "trial") + (parts.empty() ? "" : ": ") + joined(parts, ", ");
}

}  // namespace

Figure sweep_figure(const SweepTable& table, std::string_view figure, std::string_view kind) {
  Figure made{std::string(figure), std::string(kind)};
  made.caption = table.metric.label;
  if (table.metric.samples > 0) made.caption += fmt::format(" on {} samples", grouped(table.metric.samples));
  if (!table.metric.set.empty()) made.caption += " of " + table.metric.set;
  made.caption += fmt::format(", sweep {}. {}.", table.name, census(table));
  return made;
}

json axis_of(const SweepTable::Parameter& parameter) {
  using enum SweepTable::Parameter::Kind;
  const char* scale = parameter.kind == category ? "category" : parameter.kind == log ? "log" : "linear";
  json axis{{"name", parameter.name}, {"label", parameter.label}, {"scale", scale}};
  if (parameter.kind == category) axis["values"] = parameter.values;
  return axis;
}

json axis_of(const SweepTable::Metric& metric) {
  return {{"name", metric.name}, {"label", metric.label}, {"scale", "linear"}};
}

json goal_of(const SweepTable& table) { return table.metric.maximize ? "maximize" : "minimize"; }

json json_of(const SweepTable::Trial& trial) {
  json line{{"number", trial.number}, {"run", trial.run}, {"name", trial.name}, {"state", name_of(trial.state)}};
  if (!trial.reason.empty()) line["reason"] = trial.reason;
  if (trial.random) line["random"] = true;
  return line;
}

json json_of(const SweepTable::Parameter& parameter, const std::optional<double>& value) {
  if (!value) return nullptr;
  if (parameter.kind == SweepTable::Parameter::Kind::category) return value_text(parameter, *value);
  return *value;
}

std::string best_sentence(const SweepTable& table) {
  if (table.trials.empty()) return "no trial has begun yet";
  if (!table.best) return kNothingYet;
  const SweepTable::Trial& best = table.trials[*table.best];
  return fmt::format("best {} at trial {} of {}", metric_text(table.metric, *best.metric), best.number,
                     table.trials.size());
}

std::string settings_of(const SweepTable& table, const SweepTable::Trial& trial,
                        const std::vector<std::size_t>& parameters) {
  std::vector<std::string> parts;
  for (const std::size_t p : parameters)
    if (trial.values[p])
      parts.push_back(table.parameters[p].label + " " + value_text(table.parameters[p], *trial.values[p]));
  return joined(parts, ", ");
}

std::string count_of(std::size_t count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

std::optional<std::string> constants_sentence(const SweepTable& table, const std::vector<std::size_t>& varying) {
  std::vector<std::size_t> constant;
  for (std::size_t p = 0; p < table.parameters.size(); p++)
    if (std::ranges::find(varying, p) == varying.end()) constant.push_back(p);
  if (constant.empty() || table.trials.empty()) return std::nullopt;
  const std::string settings = settings_of(table, table.trials.front(), constant);
  if (settings.empty()) return std::nullopt;
  return fmt::format("The same in all trials: {}.", settings);
}

std::optional<std::string> unfinished_sentence(const SweepTable& table) {
  const auto scored = scored_trials(table);
  const auto unfinished = static_cast<std::size_t>(
      std::ranges::count_if(scored, [&](std::size_t t) { return table.trials[t].state != RunState::finished; }));
  const std::size_t without = table.trials.size() - scored.size();
  std::vector<std::string> parts;
  if (unfinished > 0)
    parts.push_back(fmt::format("{} not trained to the end {} by {} last value", count_of(unfinished, "trial"),
                                unfinished == 1 ? "counts" : "count", unfinished == 1 ? "its" : "their"));
  if (without > 0)
    parts.push_back(
        fmt::format("{} without a value {} left out", count_of(without, "trial"), without == 1 ? "is" : "are"));
  if (parts.empty()) return std::nullopt;
  return joined(parts, "; ") + ".";
}

std::optional<std::string> adaptive_sentence(const SweepTable& table) {
  if (!table.adaptive) return std::nullopt;
  const auto random = std::ranges::count_if(table.trials, &SweepTable::Trial::random);
  return fmt::format(
      "The sampler went by earlier results ({} of {} trials were drawn at random): this ranks what was "
      "tried, it does not prove.",
      random, table.trials.size());
}

void add_words(Figure& figure, std::initializer_list<std::optional<std::string>> sentences) {
  for (const auto& sentence : sentences)
    if (sentence) figure.words.push_back(*sentence);
}

}  // namespace atelier::detail
