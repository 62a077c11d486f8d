// sweep_figures_of.cpp: a sweep's records as a table, and the figures of it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "analysis/sweep_figures.hpp"
#include "base/catalog.hpp"
#include "experiment/detail/trial_plan.hpp"
#include "experiment/figures_of.hpp"
#include "experiment/sweep.hpp"

namespace atelier {
namespace {

using json = nlohmann::ordered_json;
using Kind = SweepTable::Parameter::Kind;

constexpr double kLogSpan = 10;         // from which ratio on a list of numbers is compared by logarithms
constexpr std::size_t kMostOthers = 8;  // further metrics

std::optional<double> number_of(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  return std::nullopt;
}

void describe_list(const std::vector<Value>& values, SweepTable::Parameter& out) {
  bool whole = true;
  double low = HUGE_VAL, high = -HUGE_VAL;
  for (const Value& value : values) {
    const auto number = number_of(value);
    if (!number) {
      out.kind = Kind::category;
      for (const Value& each : values) out.values.push_back(to_text(each));
      return;
    }
    whole = whole && *number == std::floor(*number);
    low = std::min(low, *number), high = std::max(high, *number);
  }
  out.kind = low > 0 && high / low >= kLogSpan ? Kind::log : whole ? Kind::integer : Kind::numeric;
}

SweepTable::Parameter column_of(const Parameter& parameter) {
  SweepTable::Parameter out{.name = parameter.name, .label = label_of(parameter.name)};
  if (const auto* numeric = std::get_if<Numeric>(&parameter.domain)) {
    using enum Numeric::Shape;
    const bool log = numeric->shape == log_uniform || numeric->shape == inv_log_uniform || numeric->shape == log_normal;
    out.kind = log ? Kind::log : numeric->integer ? Kind::integer : Kind::numeric;
  } else if (const auto* choice = std::get_if<Choice>(&parameter.domain)) {
    describe_list(choice->values, out);
  } else {
    describe_list({std::get<Constant>(parameter.domain).value}, out);
  }
  return out;
}

/// What a trial tried of a parameter; none where it took no part.
std::optional<double> value_of(const SweepTable::Parameter& column, const Configuration& configuration) {
  const auto found = configuration.find(column.name);
  if (found == configuration.end()) return std::nullopt;
  if (column.kind != Kind::category) return number_of(found->second);
  const auto at = std::ranges::find(column.values, to_text(found->second));
  if (at == column.values.end()) return std::nullopt;
  return static_cast<double>(at - column.values.begin());
}

/// Names of numbers that the summaries have beside the sweep's metric and what is derived from others.
std::vector<std::string> further_metrics(const std::vector<json>& summaries, const std::string& metric) {
  std::set<std::string> names;
  for (const json& summary : summaries)
    for (const auto& [name, value] : summary.items())
      if (value.is_number() && !name.starts_with("best_")) names.insert(name);
  for (const std::string& known :
       {metric, std::string("epochs"), std::string("train_seconds"), std::string("samples_per_second")})
    names.erase(known);
  std::vector<std::string> found(names.begin(), names.end());
  found.resize(std::min(found.size(), kMostOthers));
  return found;
}

std::optional<double> number_in(const json& object, const std::string& name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number() ? std::optional(found->get<double>()) : std::nullopt;
}

/// The metric, and what it was measured on as far as the trials' records tell.
SweepTable::Metric metric_of(const SweepOutcome& outcome, const std::vector<Run>& runs) {
  SweepTable::Metric metric{.name = outcome.objective.metric,
                            .label = label_of(outcome.objective.metric),
                            .maximize = outcome.objective.maximize};
  metric.share = metric.name.ends_with("accuracy") && std::ranges::all_of(outcome.trials, [](const TrialLine& trial) {
                   return !trial.value || (*trial.value >= 0 && *trial.value <= 1);
                 });
  const bool validation = metric.name.find("val_") != std::string::npos;
  for (const Run& run : runs) {
    const json environment = json::parse(run.environment, nullptr, false);
    if (!environment.is_object() || !environment.contains("data")) continue;
    if (environment["data"].is_string()) metric.set = environment["data"];
    const auto samples = number_in(environment, validation ? "validation_samples" : "train_samples");
    metric.samples = static_cast<std::uint64_t>(samples.value_or(0));
    break;
  }
  return metric;
}

/// Whether a trial's values were drawn whatever the trials before had shown; none for values that somebody chose.
std::optional<bool> drawn_blindly(const detail::TrialPlan& plan, const Run& run) {
  if (std::ranges::find(run.tags, detail::kAuditTag) != run.tags.end()) return true;
  if (plan.origin == Origin::enqueued) return std::nullopt;
  const auto who = sampler(plan.sampler);
  return plan.origin == Origin::audit || (who && who->looks != Sampler::Looks::at_losses);
}

Result<SweepTable::Trial> trial_of(const TrialLine& line, const Run& run, const json& summary, SweepTable& table,
                                   const std::vector<std::string>& others) {
  const auto plan = detail::plan_of(run);
  if (!plan) return pass_on(plan);
  const auto blind = drawn_blindly(*plan, run);
  table.adaptive = table.adaptive || blind == false;
  SweepTable::Trial trial{.number = line.number,
                          .run = line.run,
                          .name = line.name,
                          .state = line.state,
                          .reason = line.reason,
                          .random = blind == true,
                          .metric = line.value,
                          .seconds = number_in(summary, "seconds"),
                          .epochs = line.epochs};
  for (const SweepTable::Parameter& column : table.parameters)
    trial.values.push_back(value_of(column, line.configuration));
  for (const std::string& other : others) trial.others.push_back(number_in(summary, other));
  return trial;
}

/// The figure of the best trial's own run.
Result<Figure> figure_of_best(const WorkspaceView& workspace, const SweepTable& table, std::string_view name,
                              const FigureOptions& options) {
  if (!table.best)
    return fail(Trouble::usage, fmt::format("sweep {} has no best trial yet", table.name),
                "no trial has a value that could be compared", "wait for the first one to finish an epoch");
  const SweepTable::Trial& best = table.trials[*table.best];
  auto figure = figure_of_run(workspace, best.run, name, options);
  if (!figure) return figure;
  figure->words.insert(figure->words.begin(),
                       fmt::format("Trial {}, the best of {}, at {}.", best.number, table.trials.size(),
                                   metric_text(table.metric, *best.metric)));
  return figure;
}

constexpr std::array<std::string_view, 2> kOfBest{"curves", "confusion"};

}  // namespace

Result<SweepTable> sweep_table_of(Store& store, const Sweep& sweep) {
  const auto request = request_of(sweep);
  const auto outcome = outcome_of(store, sweep);
  const auto runs = store.runs({.where = fmt::format("sweep = \"{}\"", sweep.id), .sort = "trial"});
  if (!request) return pass_on(request);
  if (!outcome) return pass_on(outcome);
  if (!runs) return pass_on(runs);
  SweepTable table{.name = sweep.name.empty() ? sweep.id : fmt::format("{} ({})", sweep.name, sweep.id)};
  for (const Parameter& parameter : request->setup.file.space.parameters)
    table.parameters.push_back(column_of(parameter));
  table.metric = metric_of(*outcome, *runs);
  std::vector<json> summaries;
  for (const Run& run : *runs) summaries.push_back(json::parse(run.summary, nullptr, false));
  const auto others = further_metrics(summaries, table.metric.name);
  for (const std::string& other : others) table.others.push_back(label_of(other));
  // A trial that another process has begun between the two readings waits for the next.
  for (std::size_t i = 0; i < std::min(outcome->trials.size(), runs->size()); i++) {
    auto trial = trial_of(outcome->trials[i], (*runs)[i], summaries[i], table, others);
    if (!trial) return pass_on(trial);
    table.trials.push_back(*std::move(trial));
  }
  if (outcome->best && *outcome->best < table.trials.size()) table.best = outcome->best;
  return table;
}

std::span<const std::string_view> sweep_figure_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const SweepFigure& figure : sweep_figures()) all.push_back(figure.name);
    all.insert(all.end(), kOfBest.begin(), kOfBest.end());
    return all;
  }();
  return names;
}

Result<Figure> figure_of_sweep(const WorkspaceView& workspace, const std::string& sweep, std::string_view name,
                               const FigureOptions& options) {
  if (std::ranges::find(sweep_figure_names(), name) == sweep_figure_names().end())
    return unknown_name("figure of a sweep", name, sweep_figure_names(), "plot --help");
  const auto found = workspace.store.sweep(sweep);
  if (!found) return pass_on(found);
  const auto table = sweep_table_of(workspace.store, *found);
  if (!table) return pass_on(table);
  if (std::ranges::find(kOfBest, name) != kOfBest.end()) return figure_of_best(workspace, *table, name, options);
  auto figure = std::ranges::find(sweep_figures(), name, &SweepFigure::name)->make(*table, options.x, options.y);
  if (figure && !figure->title.empty())  // a title is a sentence, also where it begins with a setting's name
    figure->title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(figure->title[0])));
  return figure;
}

}  // namespace atelier
