// sweep_testing.hpp: sweeps with planted effects, for the tests of what is made from them.
#pragma once
#include <fmt/format.h>

#include <functional>
#include <string>
#include <vector>

#include "analysis/sweep_table.hpp"
#include "base/random.hpp"

namespace atelier::testing_sweeps {

using Kind = SweepTable::Parameter::Kind;

inline SweepTable::Parameter category(std::string name, std::vector<std::string> values) {
  return {.name = name, .label = name, .kind = Kind::category, .values = std::move(values)};
}

/// Trials of values drawn at random: numbers uniform in [0, 1] (of kind log: 10 to a power in [-4, 0]), categories even.
/// The metric is `score` of a trial's values, plus normal noise.
inline SweepTable random_sweep(std::vector<SweepTable::Parameter> parameters, std::size_t trials,
                               const std::function<double(const std::vector<double>&)>& score, double noise = 0,
                               std::uint64_t world = 1) {
  SweepTable table{.name = "planted", .parameters = std::move(parameters)};
  table.metric = {.name = "score", .label = "score"};
  const Philox random(world, stream::check);
  std::uint64_t at = 0;
  for (std::size_t t = 0; t < trials; t++) {
    SweepTable::Trial trial{
        .number = t, .run = fmt::format("s-{}", t), .name = fmt::format("trial {}", t), .epochs = 5};
    std::vector<double> values;
    for (const SweepTable::Parameter& p : table.parameters) {
      const double u = random.uniform(at++);
      if (p.kind == Kind::category)
        values.push_back(std::floor(u * static_cast<double>(p.values.size())));
      else if (p.kind == Kind::integer)
        values.push_back(std::floor(u * 10));
      else
        values.push_back(p.kind == Kind::log ? std::pow(10.0, 4 * u - 4) : u);
    }
    trial.values.assign(values.begin(), values.end());
    trial.metric = score(values) + noise * random.normal((std::uint64_t{1} << 40) + t);
    trial.seconds = 2;
    if (!table.best || *trial.metric > *table.trials[*table.best].metric) table.best = t;
    table.trials.push_back(std::move(trial));
  }
  return table;
}

}  // namespace atelier::testing_sweeps
