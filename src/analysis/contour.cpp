// contour.cpp: the metric over two parameters, as trials and as means of cells.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "analysis/detail/sweep_parts.hpp"
#include "analysis/paired.hpp"
#include "analysis/sweep_figures.hpp"
#include "base/catalog.hpp"
#include "figures/progress.hpp"

namespace atelier {
namespace {

using detail::json;

constexpr std::size_t kFewValues = 8;     // each of which has a row of cells of its own
constexpr std::size_t kFewestInCell = 3;  // trials, for its mean to stand in the title

/// The rows of cells along one parameter: the values of a category, few numbers one by one, or equal stretches.
struct Cells {
  const SweepTable::Parameter* parameter;
  std::vector<double> middles = {};
  double low = 0, width = 0;  ///< of stretches, of logarithms where the parameter is; 0: one by one

  double measure(double value) const {
    return parameter->kind == SweepTable::Parameter::Kind::log ? std::log(value) : value;
  }
  std::size_t of(double value) const {
    if (width > 0) return std::min(static_cast<std::size_t>((measure(value) - low) / width), middles.size() - 1);
    return static_cast<std::size_t>(std::ranges::find(middles, value) - middles.begin());
  }
};

Cells cells_of(const SweepTable& table, std::size_t p, const std::vector<std::size_t>& trials) {
  Cells cells{&table.parameters[p]};
  if (cells.parameter->kind == SweepTable::Parameter::Kind::category) {
    for (std::size_t i = 0; i < cells.parameter->values.size(); i++) cells.middles.push_back(static_cast<double>(i));
    return cells;
  }
  for (const std::size_t t : trials) cells.middles.push_back(*table.trials[t].values[p]);
  std::ranges::sort(cells.middles);
  cells.middles.erase(std::unique(cells.middles.begin(), cells.middles.end()), cells.middles.end());
  if (cells.middles.size() <= kFewValues) return cells;
  const double root = std::sqrt(static_cast<double>(trials.size()) / 3);
  const auto count = std::clamp<std::size_t>(static_cast<std::size_t>(root), 3, 10);
  cells.low = cells.measure(cells.middles.front());
  cells.width = (cells.measure(cells.middles.back()) - cells.low) / static_cast<double>(count);
  cells.middles.clear();
  for (std::size_t i = 0; i < count; i++) {
    const double middle = cells.low + (static_cast<double>(i) + 0.5) * cells.width;
    cells.middles.push_back(cells.parameter->kind == SweepTable::Parameter::Kind::log ? std::exp(middle) : middle);
  }
  return cells;
}

using Means = std::map<std::pair<std::size_t, std::size_t>, std::vector<double>>;  // the metrics of each cell

std::string mean_text(const SweepTable::Metric& metric, const MeanInterval& mean) {
  return metric.share ? percent_with_doubt(mean.mean, mean.half_width()) : with_doubt(mean.mean, mean.half_width());
}

std::string contour_title(const SweepTable& table, const Cells& x, const Cells& y, const Means& cells) {
  const std::vector<double>* best = nullptr;
  std::pair<std::size_t, std::size_t> where;
  MeanInterval most;
  for (const auto& [at, values] : cells) {
    if (values.size() < kFewestInCell) continue;
    const MeanInterval mean = mean_interval(values);
    if (best != nullptr && (table.metric.maximize ? mean.mean <= most.mean : mean.mean >= most.mean)) continue;
    best = &values, where = at, most = mean;
  }
  if (best == nullptr)
    return fmt::format("{} and {}: too few trials share a cell to compare means", x.parameter->label,
                       y.parameter->label);
  const auto about = [](const Cells& cells_along) { return cells_along.width > 0 ? "about " : ""; };
  return fmt::format("best on average at {} {}{} and {} {}{}: {} ({} trials)", x.parameter->label, about(x),
                     value_text(*x.parameter, x.middles[where.first]), y.parameter->label, about(y),
                     value_text(*y.parameter, y.middles[where.second]), mean_text(table.metric, most), best->size());
}

json middles_of(const Cells& cells) {
  json middles = json::array();
  for (const double middle : cells.middles) middles.push_back(detail::json_of(*cells.parameter, middle));
  return middles;
}

void fill(Figure& figure, const SweepTable& table, std::size_t px, std::size_t py) {
  std::vector<std::size_t> trials;
  for (const std::size_t t : scored_trials(table))
    if (table.trials[t].values[px] && table.trials[t].values[py]) trials.push_back(t);
  if (trials.empty()) {
    figure.title = fmt::format("no trial has both {} and {}", table.parameters[px].label, table.parameters[py].label);
    return;
  }
  const Cells x = cells_of(table, px, trials), y = cells_of(table, py, trials);
  Means cells;
  json points = json::array(), means = json::array();
  for (const std::size_t t : trials) {
    const SweepTable::Trial& trial = table.trials[t];
    cells[{x.of(*trial.values[px]), y.of(*trial.values[py])}].push_back(*trial.metric);
    points.push_back({{"trial", detail::json_of(trial)},
                      {"x", detail::json_of(*x.parameter, trial.values[px])},
                      {"y", detail::json_of(*y.parameter, trial.values[py])},
                      {"value", *trial.metric}});
  }
  for (const auto& [at, values] : cells) means.push_back({at.first, at.second, mean_interval(values).mean});
  figure.title = contour_title(table, x, y, cells);
  figure.data["points"] = points;
  figure.data["cells"] = {{"x", middles_of(x)}, {"y", middles_of(y)}, {"means", means}};
}

/// The parameter of this name among those that vary.
Result<std::size_t> named(const SweepTable& table, const std::string& name, const std::vector<std::size_t>& varying) {
  std::vector<std::string_view> names;
  for (const SweepTable::Parameter& parameter : table.parameters) names.push_back(parameter.name);
  const auto at = std::ranges::find(names, name);
  if (at == names.end()) {
    const std::string close = nearest(name, names);
    return fail(
        Trouble::usage, fmt::format("the sweep has no parameter '{}'", name), {},
        close.empty() ? fmt::format("it has {}", fmt::join(names, ", ")) : fmt::format("did you mean '{}'?", close));
  }
  const auto p = static_cast<std::size_t>(at - names.begin());
  if (std::ranges::find(varying, p) == varying.end())
    return fail(Trouble::usage, fmt::format("{} is the same in all trials", name), {},
                "take a parameter that varies; `atelier plot importance` lists them");
  return p;
}

/// The axes: what was named, then the most important of the rest.
Result<std::vector<std::size_t>> axes_of(const SweepTable& table, const std::string& x, const std::string& y,
                                         const std::vector<std::size_t>& varying) {
  std::vector<std::size_t> axes;
  for (const std::string& name : {x, y}) {
    if (name.empty()) continue;
    const auto p = named(table, name, varying);
    if (!p) return pass_on(p);
    axes.push_back(*p);
  }
  if (axes.size() == 2 && axes[0] == axes[1])
    return fail(Trouble::usage, fmt::format("a contour of {} takes a second parameter", x));
  if (axes.size() == 2) return axes;
  for (const Importance::Parameter& one : forest_importance(table).parameters)
    if (axes.size() < 2 && std::ranges::find(axes, one.parameter) == axes.end()) axes.push_back(one.parameter);
  return axes;
}

}  // namespace

Result<Figure> contour_figure(const SweepTable& table, const std::string& x, const std::string& y) {
  Figure figure = detail::sweep_figure(table, "contour", "contour");
  const json nobody{{"name", ""}, {"label", ""}, {"scale", "linear"}};
  figure.data = {{"metric", detail::axis_of(table.metric)},
                 {"goal", detail::goal_of(table)},
                 {"x", nobody},
                 {"y", nobody},
                 {"points", json::array()},
                 {"cells", {{"x", json::array()}, {"y", json::array()}, {"means", json::array()}}}};
  const auto trials = scored_trials(table);
  const auto varying = varying_parameters(table, trials);
  if (trials.empty()) {
    figure.title = detail::kNothingYet;
    return figure;
  }
  const auto axes = axes_of(table, x, y, varying);
  if (!axes) return pass_on(axes);
  if (axes->size() < 2) {
    figure.title = "fewer than two parameters vary";
    return figure;
  }
  figure.data["x"] = detail::axis_of(table.parameters[(*axes)[0]]);
  figure.data["y"] = detail::axis_of(table.parameters[(*axes)[1]]);
  fill(figure, table, (*axes)[0], (*axes)[1]);
  if (x.empty() && y.empty()) figure.caption += " Drawn are the two most important parameters.";
  detail::add_words(figure, {detail::unfinished_sentence(table), detail::adaptive_sentence(table)});
  return figure;
}

}  // namespace atelier
