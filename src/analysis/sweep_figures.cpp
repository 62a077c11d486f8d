// sweep_figures.cpp: trials as lines, in order and by what they reach; the catalog of a sweep's figures.
#include "analysis/sweep_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/detail/sweep_parts.hpp"

namespace atelier {
namespace {

using detail::json;

constexpr std::size_t kSmallestGroup = 5;

/// Positions of the trials that have begun.
std::vector<std::size_t> begun_trials(const SweepTable& table) {
  std::vector<std::size_t> found;
  for (std::size_t t = 0; t < table.trials.size(); t++)
    if (table.trials[t].state != RunState::queued || table.trials[t].epochs > 0) found.push_back(t);
  return found;
}

json score_of(const SweepTable::Trial& trial) { return is_scored(trial) ? json(*trial.metric) : json(nullptr); }

/// How long ago the best was found.
std::optional<std::string> since_sentence(const SweepTable& table) {
  if (!table.best) return std::nullopt;
  const std::size_t since = table.trials.size() - 1 - *table.best;
  if (since == 0) return "The last trial is the best.";
  return fmt::format("{} after it brought nothing better.", detail::count_of(since, "trial"));
}

/// That the best of many is flattered by chance.
std::optional<std::string> luck_sentence(const SweepTable& table) {
  if (!table.best || scored_trials(table).size() < 2) return std::nullopt;
  return "The best was picked for its value, so chance has a part in it; `atelier sweep --confirm` trains it again "
         "with "
         "fresh seeds.";
}

/// The value that at least this share of the trials reach.
double reached_by(std::vector<double> values, double share, bool maximize) {
  std::ranges::sort(values);
  if (maximize) std::ranges::reverse(values);
  const double place = share * static_cast<double>(values.size());
  return values[std::max<std::size_t>(1, static_cast<std::size_t>(place + 0.999)) - 1];
}

struct Group {
  std::string name;
  std::vector<double> values = {};
};

/// The random trials and the proposed ones, where both are enough to be compared; else all.
std::vector<Group> groups_of(const SweepTable& table) {
  Group all{"all trials"}, random{"drawn at random"}, proposed{"proposed by the sampler"};
  for (const std::size_t t : scored_trials(table)) {
    const SweepTable::Trial& trial = table.trials[t];
    all.values.push_back(*trial.metric);
    (trial.random ? random : proposed).values.push_back(*trial.metric);
  }
  if (all.values.empty()) return {};
  if (std::min(random.values.size(), proposed.values.size()) < kSmallestGroup) return {all};
  return {proposed, random};
}

std::string distribution_title(const SweepTable& table, const std::vector<Group>& groups) {
  if (groups.empty()) return detail::kNothingYet;
  const auto at = [&](std::size_t group, double share) {
    const double value = reached_by(groups[group].values, share, table.metric.maximize);
    SweepTable::Metric metric = table.metric;
    metric.samples = 0;  // of many trials: the doubt of one is not theirs
    return metric_text(metric, value);
  };
  if (groups.size() > 1)
    return fmt::format("half of the proposed trials reach {}, half of the random ones {}", at(0, 0.5), at(1, 0.5));
  if (groups[0].values.size() < kSmallestGroup) return detail::best_sentence(table);
  return fmt::format("half of the trials reach {}, a tenth {}", at(0, 0.5), at(0, 0.1));
}

/// A figure that takes nothing but the table, as the catalog calls it.
template <Figure (*make)(const SweepTable&)>
Result<Figure> plain(const SweepTable& table, const std::string&, const std::string&) {
  return make(table);
}

Figure importance_by_forest(const SweepTable& table) { return importance_figure(table, forest_importance(table)); }

constexpr auto kFigures = std::to_array<SweepFigure>({
    {"parallel", "every trial as a line through its parameters to its metric", &plain<parallel_figure>},
    {"importance", "which parameters matter, beside their correlation with the metric", &plain<importance_by_forest>},
    {"correlation", "parameters and metrics, each with every other", &plain<correlation_figure>},
    {"created", "the metric in order of creation, and the best so far", &plain<created_figure>},
    {"slices", "the metric against each parameter", &plain<slices_figure>},
    {"contour", "the metric over two parameters", &contour_figure},
    {"distribution", "how many trials reach a value", &plain<distribution_figure>},
});

}  // namespace

Figure parallel_figure(const SweepTable& table) {
  Figure figure = detail::sweep_figure(table, "parallel", "parallel");
  const auto trials = begun_trials(table);
  const auto varying = varying_parameters(table, trials);
  figure.title = detail::best_sentence(table);
  if (table.best && !varying.empty())
    figure.words.push_back(fmt::format("Trial {} has {}.", table.trials[*table.best].number,
                                       detail::settings_of(table, table.trials[*table.best], varying)));
  detail::add_words(figure, {luck_sentence(table), detail::constants_sentence(table, varying)});
  json axes = json::array(), lines = json::array();
  for (const std::size_t p : varying) axes.push_back(detail::axis_of(table.parameters[p]));
  axes.push_back(detail::axis_of(table.metric));
  for (const std::size_t t : trials) {
    const SweepTable::Trial& trial = table.trials[t];
    json values = json::array();
    for (const std::size_t p : varying) values.push_back(detail::json_of(table.parameters[p], trial.values[p]));
    values.push_back(score_of(trial));
    lines.push_back({{"trial", detail::json_of(trial)}, {"values", values}});
  }
  figure.data = {{"axes", axes}, {"goal", detail::goal_of(table)}, {"lines", lines}};
  return figure;
}

Figure created_figure(const SweepTable& table) {
  Figure figure = detail::sweep_figure(table, "created", "created");
  figure.title = detail::best_sentence(table);
  detail::add_words(figure, {since_sentence(table), luck_sentence(table)});
  json trials = json::array();
  for (const std::size_t t : begun_trials(table)) {
    const SweepTable::Trial& trial = table.trials[t];
    const json seconds = trial.seconds ? json(*trial.seconds) : json(nullptr);
    trials.push_back({{"trial", detail::json_of(trial)}, {"value", score_of(trial)}, {"seconds", seconds}});
  }
  figure.data = {{"metric", detail::axis_of(table.metric)}, {"goal", detail::goal_of(table)}, {"trials", trials}};
  return figure;
}

Figure distribution_figure(const SweepTable& table) {
  Figure figure = detail::sweep_figure(table, "distribution", "distribution");
  const auto groups = groups_of(table);
  figure.title = distribution_title(table, groups);
  detail::add_words(figure, {detail::unfinished_sentence(table)});
  json lines = json::array();
  for (const Group& group : groups)
    lines.push_back({{"name", fmt::format("{} ({})", group.name, group.values.size())}, {"values", group.values}});
  figure.data = {{"metric", detail::axis_of(table.metric)}, {"goal", detail::goal_of(table)}, {"groups", lines}};
  return figure;
}

std::span<const SweepFigure> sweep_figures() { return kFigures; }

}  // namespace atelier
