// importance_figure.cpp: what each parameter is worth, and what goes with what, in words and as data.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "analysis/detail/sweep_parts.hpp"
#include "analysis/sweep_figures.hpp"
#include "figures/progress.hpp"

namespace atelier {
namespace {

using detail::json;

constexpr double kHardly = 0.3;       // R² below which a ranking is hardly worth its name
constexpr double kNegligible = 0.01;  // a share whose interval comes down to this is within noise

json number(const std::optional<double>& value) { return value ? json(*value) : json(nullptr); }

std::string importance_title(const SweepTable& table, const Importance& found) {
  if (found.trials == 0) return detail::kNothingYet;
  if (found.parameters.empty()) return "no parameter varies";
  if (found.trials < kFewestForImportance)
    return fmt::format("{} too few to tell what matters",
                       found.trials == 1 ? "1 trial is" : fmt::format("{} trials are", found.trials));
  if (!found.explained) return fmt::format("{} is the same in all trials", table.metric.label);
  const auto& first = found.parameters.front();
  if (!first.share) return fmt::format("nothing that was varied explains {}", table.metric.label);
  const std::string& label = table.parameters[first.parameter].label;
  if (*found.explained < kHardly)
    return fmt::format("{} may matter most, but little of {} is explained: {}", label, table.metric.label,
                       percent(*found.explained, 0));
  if (*first.low <= kNegligible)
    return fmt::format("{} may matter most, {} of what the forest explains, but {} do not tell", label,
                       percent(first.share, 0), detail::count_of(found.trials, "trial"));
  if (found.parameters.size() == 1)
    return fmt::format("{}, all that varies, explains {} of {}", label, percent(*found.explained, 0),
                       table.metric.label);
  const auto& second = found.parameters[1];
  if (*second.high >= *first.low)
    return fmt::format("{} or {} matters most: {} and {} of what the forest explains", label,
                       table.parameters[second.parameter].label, percent(first.share, 0), percent(second.share, 0));
  return fmt::format("{} explains {} of what the forest explains", label, percent(first.share, 0));
}

/// How well the forest predicts, as a warning where it does not.
std::optional<std::string> fit_sentence(const Importance& found) {
  if (!found.explained) return std::nullopt;
  if (*found.explained <= 0)
    return "Predictions of trials that the forest has not seen are no better than their mean, so there is no ranking.";
  return fmt::format("The forest explains {} of the variance of trials that it has not seen.",
                     percent(*found.explained, 0));
}

std::optional<std::string> noise_sentence(const SweepTable& table, const Importance& found) {
  std::vector<std::string> labels;
  for (const auto& one : found.parameters)
    if (one.low && *one.low <= kNegligible) labels.push_back(table.parameters[one.parameter].label);
  if (labels.empty()) return std::nullopt;
  if (labels.size() == found.parameters.size()) return "Every parameter is within noise.";
  return fmt::format("Within noise: {}.", fmt::join(labels, ", "));
}

std::string correlation_title(const SweepTable& table, const CorrelationMatrix& matrix, std::size_t trials) {
  if (trials == 0) return detail::kNothingYet;
  if (matrix.parameters == 0) return "no parameter varies";
  const std::vector<Correlation>& with = matrix.values[matrix.parameters];
  std::size_t most = 0;
  for (std::size_t i = 1; i < matrix.parameters; i++)
    if (std::abs(with[i].r.value_or(0)) > std::abs(with[most].r.value_or(0))) most = i;
  if (!with[most].r) return fmt::format("no correlation with {} is defined", table.metric.label);
  const std::string r = fmt::format("r = {}{:.2f}", *with[most].r < 0 ? "−" : "", std::abs(*with[most].r));
  if (!beyond_chance(with[most], matrix.parameters))
    return fmt::format("no correlation with {} is beyond chance; the strongest is {}, {}", table.metric.label,
                       matrix.names[most], r);
  return fmt::format("{} goes with {} {}: {}", matrix.names[most], *with[most].r > 0 ? "higher" : "lower",
                     table.metric.label, r);
}

}  // namespace

Figure importance_figure(const SweepTable& table, const Importance& importance) {
  Figure figure = detail::sweep_figure(table, "importance", "importance");
  figure.title = importance_title(table, importance);
  figure.caption +=
      " Importance is a share of what a random forest explains of trials it has not seen, with its 95 % interval over "
      "resampled trials; correlation is Pearson's with the metric.";
  std::vector<std::size_t> varying;
  json parameters = json::array();
  for (const Importance::Parameter& one : importance.parameters) {
    const SweepTable::Parameter& parameter = table.parameters[one.parameter];
    varying.push_back(one.parameter);
    parameters.push_back({{"name", parameter.name},
                          {"label", parameter.label},
                          {"importance", number(one.share)},
                          {"low", number(one.low)},
                          {"high", number(one.high)},
                          {"correlation", number(one.correlation.r)}});
  }
  detail::add_words(figure,
                    {fit_sentence(importance), noise_sentence(table, importance), detail::unfinished_sentence(table),
                     detail::constants_sentence(table, varying), detail::adaptive_sentence(table)});
  figure.data = {{"metric", table.metric.label}, {"parameters", parameters}};
  return figure;
}

Figure correlation_figure(const SweepTable& table) {
  Figure figure = detail::sweep_figure(table, "correlation", "correlation");
  const auto trials = scored_trials(table);
  const CorrelationMatrix matrix = correlations(table);
  figure.title = correlation_title(table, matrix, trials.size());
  figure.caption +=
      " Pearson's correlation, of logarithms where a range is logarithmic; a value of a category counts 1 "
      "where it was tried and 0 elsewhere.";
  detail::add_words(
      figure, {detail::unfinished_sentence(table), detail::constants_sentence(table, varying_parameters(table, trials)),
               detail::adaptive_sentence(table)});
  json rows = json::array();
  for (const auto& line : matrix.values) {
    json row = json::array();
    for (const Correlation& one : line) row.push_back(number(one.r));
    rows.push_back(std::move(row));
  }
  figure.data = {{"names", matrix.names}, {"values", rows}, {"parameters", matrix.parameters}};
  return figure;
}

}  // namespace atelier
