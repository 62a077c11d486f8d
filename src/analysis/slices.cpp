// slices.cpp: the metric against each parameter, and what the best trials have in common.
#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/hypergeometric.hpp>
#include <cmath>
#include <map>

#include "analysis/detail/sweep_parts.hpp"
#include "analysis/sweep_figures.hpp"

namespace atelier {
namespace {

using detail::json;

constexpr std::size_t kFewestTrials = 12, kFewValues = 6;
constexpr double kLevel = 0.05;

/// Something that the best trials have in common, and how often chance would bring as much.
struct Agreement {
  std::string words;
  double p = 1;
};

/// A quarter of the trials, from 3 to 10: the best, by value.
std::vector<std::size_t> best_trials(const SweepTable& table, std::vector<std::size_t> trials) {
  std::ranges::stable_sort(trials, [&](std::size_t a, std::size_t b) {
    const double left = *table.trials[a].metric, right = *table.trials[b].metric;
    return table.metric.maximize ? left > right : left < right;
  });
  trials.resize(std::min(std::clamp<std::size_t>(trials.size() / 4, 3, 10), trials.size()));
  return trials;
}

/// The value that is most over-represented among the best: so many of them drawn from all without replacement.
Agreement common_value(const SweepTable& table, std::size_t p, const std::vector<std::size_t>& all,
                       const std::vector<std::size_t>& best, const std::map<double, std::size_t>& counts) {
  Agreement found;
  for (const auto& [value, among_all] : counts) {
    const auto among_best = static_cast<std::size_t>(
        std::ranges::count_if(best, [&, v = value](std::size_t t) { return table.trials[t].values[p] == v; }));
    if (among_best < 2) continue;
    const boost::math::hypergeometric drawn(static_cast<unsigned>(among_all), static_cast<unsigned>(best.size()),
                                            static_cast<unsigned>(all.size()));
    const double tail = boost::math::cdf(boost::math::complement(drawn, static_cast<unsigned>(among_best - 1)));
    const double adjusted = tail * static_cast<double>(counts.size());
    if (adjusted >= found.p) continue;
    const SweepTable::Parameter& parameter = table.parameters[p];
    found = {fmt::format("{} of the best {} trials have {} {}; {} of all {} do", among_best, best.size(),
                         parameter.label, value_text(parameter, value), among_all, all.size()),
             adjusted};
  }
  return found;
}

/// How narrow a stretch of the tried values holds all of the best. Chance would spread them over all ranks evenly: a
/// stretch of the share w holds t of them with probability t w^(t-1) - (t-1) w^t.
Agreement common_range(const SweepTable& table, std::size_t p, const std::vector<std::size_t>& all,
                       const std::vector<std::size_t>& best) {
  const auto values_of = [&](const std::vector<std::size_t>& trials) {
    std::vector<double> values;
    for (const std::size_t t : trials)
      if (table.trials[t].values[p]) values.push_back(*table.trials[t].values[p]);
    std::ranges::sort(values);
    return values;
  };
  const auto tried = values_of(all), good = values_of(best);
  if (good.size() < best.size()) return {};
  const auto inside = std::ranges::upper_bound(tried, good.back()) - std::ranges::lower_bound(tried, good.front());
  const double w = static_cast<double>(inside) / static_cast<double>(tried.size()),
               t = static_cast<double>(good.size());
  const SweepTable::Parameter& parameter = table.parameters[p];
  return {fmt::format("the best {} trials have {} from {} to {}; tried were {} to {}", best.size(), parameter.label,
                      value_text(parameter, good.front()), value_text(parameter, good.back()),
                      value_text(parameter, tried.front()), value_text(parameter, tried.back())),
          t * std::pow(w, t - 1) - (t - 1) * std::pow(w, t)};
}

std::string title_of(const SweepTable& table, const std::vector<std::size_t>& trials,
                     const std::vector<std::size_t>& varying) {
  if (trials.empty()) return detail::kNothingYet;
  if (varying.empty()) return "no parameter varies";
  if (trials.size() < kFewestTrials)
    return fmt::format("{} too few to say what the best have in common",
                       trials.size() == 1 ? "1 trial is" : fmt::format("{} trials are", trials.size()));
  const auto best = best_trials(table, trials);
  Agreement most;
  for (const std::size_t p : varying) {
    std::map<double, std::size_t> counts;
    for (const std::size_t t : trials)
      if (const auto& value = table.trials[t].values[p]) counts[*value]++;
    const bool few = counts.size() <= kFewValues || table.parameters[p].kind == SweepTable::Parameter::Kind::category;
    Agreement here = few ? common_value(table, p, trials, best, counts) : common_range(table, p, trials, best);
    if (here.p < most.p) most = std::move(here);
  }
  if (most.p * static_cast<double>(varying.size()) < kLevel) return most.words;
  return fmt::format("the best {} of {} trials have no more in common than chance brings", best.size(), trials.size());
}

}  // namespace

Figure slices_figure(const SweepTable& table) {
  Figure figure = detail::sweep_figure(table, "slices", "slices");
  const auto trials = scored_trials(table);
  const auto varying = varying_parameters(table, trials);
  figure.title = title_of(table, trials, varying);
  detail::add_words(figure, {detail::unfinished_sentence(table), detail::constants_sentence(table, varying),
                             detail::adaptive_sentence(table)});
  json parameters = json::array();
  for (const std::size_t p : varying) {
    json points = json::array();
    for (const std::size_t t : trials) {
      const SweepTable::Trial& trial = table.trials[t];
      if (!trial.values[p]) continue;
      points.push_back({{"trial", detail::json_of(trial)},
                        {"x", detail::json_of(table.parameters[p], trial.values[p])},
                        {"y", *trial.metric}});
    }
    parameters.push_back({{"axis", detail::axis_of(table.parameters[p])}, {"points", points}});
  }
  figure.data = {
      {"metric", detail::axis_of(table.metric)}, {"goal", detail::goal_of(table)}, {"parameters", parameters}};
  return figure;
}

}  // namespace atelier
