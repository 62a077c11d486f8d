// sweep_table.cpp: what of a sweep can be compared, and its values as text.
#include "analysis/sweep_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "figures/progress.hpp"

namespace atelier {

bool is_scored(const SweepTable::Trial& trial) {
  return trial.metric && std::isfinite(*trial.metric) && trial.state != RunState::diverged &&
         trial.state != RunState::failed;
}

std::vector<std::size_t> scored_trials(const SweepTable& table) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < table.trials.size(); i++)
    if (is_scored(table.trials[i])) found.push_back(i);
  return found;
}

std::vector<std::size_t> varying_parameters(const SweepTable& table, const std::vector<std::size_t>& trials) {
  std::vector<std::size_t> found;
  for (std::size_t p = 0; p < table.parameters.size(); p++)
    if (std::ranges::any_of(
            trials, [&](std::size_t t) { return table.trials[t].values[p] != table.trials[trials.front()].values[p]; }))
      found.push_back(p);
  return found;
}

std::string value_text(const SweepTable::Parameter& parameter, double value) {
  if (parameter.kind == SweepTable::Parameter::Kind::category)
    return parameter.values.at(static_cast<std::size_t>(value));
  if (parameter.kind == SweepTable::Parameter::Kind::integer) return fmt::format("{:.0f}", value);
  const std::string brief = fmt::format("{:.6g}", value);
  return std::strtod(brief.c_str(), nullptr) == value ? brief : fmt::format("{:.3g}", value);
}

std::string metric_text(const SweepTable::Metric& metric, double value) {
  if (!metric.share) return brief_number(value);
  if (metric.samples == 0) return percent(value);
  return percent_with_doubt(value, std::sqrt(value * (1 - value) / static_cast<double>(metric.samples)));
}

std::string label_of(std::string_view name) {
  std::string label(name);
  const std::size_t at = label.find("val_");
  if (at == 0 || label.starts_with("best_val_")) label.replace(at, 4, "validation ");
  std::ranges::replace(label, '_', ' ');
  return label;
}

}  // namespace atelier
