// correlation.cpp: Pearson's coefficient over columns of numbers.
#include "analysis/correlation.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>

namespace atelier {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct Columns {
  std::vector<std::string> names;
  std::vector<std::vector<double>> values;
};

void add_parameter(const SweepTable& table, std::size_t p, std::span<const std::size_t> trials, Columns& out) {
  const SweepTable::Parameter& parameter = table.parameters[p];
  if (parameter.kind != SweepTable::Parameter::Kind::category) {
    out.names.push_back(parameter.label);
    out.values.push_back(numbers_of(table, p, trials));
    return;
  }
  for (std::size_t level = 0; level < parameter.values.size(); level++) {
    std::vector<double> column;
    for (const std::size_t t : trials) {
      const auto& value = table.trials[t].values[p];
      column.push_back(value ? *value == static_cast<double>(level) : kNone);
    }
    if (std::ranges::count(column, 1.0) == 0) continue;
    out.names.push_back(parameter.label + " = " + parameter.values[level]);
    out.values.push_back(std::move(column));
  }
}

}  // namespace

Correlation pearson(std::span<const double> x, std::span<const double> y) {
  double n = 0, mean_x = 0, mean_y = 0, xx = 0, yy = 0, xy = 0;  // Welford's running sums: no cancellation
  for (std::size_t i = 0; i < x.size(); i++) {
    if (!std::isfinite(x[i]) || !std::isfinite(y[i])) continue;
    n++;
    const double dx = x[i] - mean_x, dy = y[i] - mean_y;
    mean_x += dx / n, mean_y += dy / n;
    xx += dx * (x[i] - mean_x), yy += dy * (y[i] - mean_y), xy += dx * (y[i] - mean_y);
  }
  const auto pairs = static_cast<std::size_t>(n);
  const auto constant = [n](double squares, double mean) { return squares <= 1e-24 * n * mean * mean; };
  if (pairs < 3 || constant(xx, mean_x) || constant(yy, mean_y)) return {.pairs = pairs};
  return {std::clamp(xy / (std::sqrt(xx) * std::sqrt(yy)), -1.0, 1.0), pairs};
}

bool beyond_chance(const Correlation& correlation, std::size_t count) {
  if (!correlation.r || correlation.pairs < 4) return false;
  const double tail = 0.025 / static_cast<double>(std::max<std::size_t>(count, 1));
  const double z = boost::math::quantile(boost::math::complement(boost::math::normal(), tail));
  return std::abs(*correlation.r) > std::tanh(z / std::sqrt(static_cast<double>(correlation.pairs - 3)));
}

std::vector<double> numbers_of(const SweepTable& table, std::size_t parameter, std::span<const std::size_t> trials) {
  std::vector<double> column;
  const bool log = table.parameters[parameter].kind == SweepTable::Parameter::Kind::log;
  for (const std::size_t t : trials) {
    const double value = table.trials[t].values[parameter].value_or(kNone);
    column.push_back(log ? std::log(value) : value);
  }
  return column;
}

std::vector<double> metric_of(const SweepTable& table, std::span<const std::size_t> trials) {
  std::vector<double> column;
  for (const std::size_t t : trials) column.push_back(table.trials[t].metric.value_or(kNone));
  return column;
}

CorrelationMatrix correlations(const SweepTable& table) {
  const auto trials = scored_trials(table);
  Columns columns;
  for (const std::size_t p : varying_parameters(table, trials)) add_parameter(table, p, trials, columns);
  CorrelationMatrix out{.parameters = columns.names.size()};
  columns.names.push_back(table.metric.label);
  columns.values.push_back(metric_of(table, trials));
  for (std::size_t m = 0; m < table.others.size(); m++) {
    columns.names.push_back(table.others[m]);
    auto& column = columns.values.emplace_back();
    for (const std::size_t t : trials) column.push_back(table.trials[t].others[m].value_or(kNone));
  }
  out.names = std::move(columns.names);
  const std::size_t n = out.names.size();
  out.values.assign(n, std::vector<Correlation>(n));
  for (std::size_t i = 0; i < n; i++)
    for (std::size_t j = i; j < n; j++)
      out.values[i][j] = out.values[j][i] = pearson(columns.values[i], columns.values[j]);
  return out;
}

}  // namespace atelier
