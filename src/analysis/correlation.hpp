// correlation.hpp: how the columns of a sweep go with one another.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/sweep_table.hpp"

namespace atelier {

/// A correlation coefficient and the number of pairs behind it.
struct Correlation {
  std::optional<double> r =
      {};  ///< in [-1, 1]; none where it is not defined: fewer than three pairs, or one side constant
  std::size_t pairs = 0;
};

/// Pearson's correlation of the pairs of which both sides are numbers.
Correlation pearson(std::span<const double> x, std::span<const double> y);

/// Whether r is further from 0 than chance would bring the largest of `count` such coefficients in 95 % of cases: Fisher's
/// transformation, Bonferroni's correction.
bool beyond_chance(const Correlation& correlation, std::size_t count);

struct CorrelationMatrix {
  std::vector<std::string> names = {};  ///< of parameters ("optimizer = adam": a value of a category), then metrics
  std::size_t parameters = 0;           ///< how many of the names are parameters; the sweep's metric is the next
  std::vector<std::vector<Correlation>> values = {};  ///< [name, name]
};

/// Of every pair of columns, over the scored trials. Numbers of kind log by their logarithms, a category as a column of
/// zeros and ones a value; what takes no part in a trial is left out of its pairs. Constant parameters are left out.
CorrelationMatrix correlations(const SweepTable& table);

/// A numeric parameter's column over these trials as it is correlated; not a number where it takes no part.
std::vector<double> numbers_of(const SweepTable& table, std::size_t parameter, std::span<const std::size_t> trials);
/// The metric over these trials.
std::vector<double> metric_of(const SweepTable& table, std::span<const std::size_t> trials);

}  // namespace atelier
