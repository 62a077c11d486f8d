// parzen.hpp: a mixture of product kernels over the unit intervals and lists of some parameters.
#pragma once
#include <span>
#include <vector>

#include "tune/detail/encoding.hpp"

namespace atelier::detail {

/// A draw: the values of the group's parameters, and where each lies (a quantile, or an index where there is no order).
struct Point {
  std::vector<Value> values;
  std::vector<double> at;
};

/// One kernel for each trial and a flat one for the prior. Truncated normals on ordered parameters, their mass over the
/// value's cell where the values are discrete; a bonus for the trial's own value on lists. The kernels of young trials
/// weigh 1, those of trials older than the last 25 fall linearly to 1/n.
class ParzenMixture {
 public:
  /// `trials` are rows of the history, oldest first, in which the whole group is active.
  ParzenMixture(const Encoder& encoder, const History& history, std::span<const std::size_t> trials,
                std::span<const std::size_t> group);

  /// One draw from the mixture; uses counters from `counter` to `counter` + 2^16.
  Point draw(const Philox& random, std::uint64_t counter) const;
  std::vector<double> log_density(std::span<const Point> points) const;

 private:
  struct Axis {
    const Parameter* parameter;
    bool constant, unordered, cells;
    double choices;                                    // of a list
    std::vector<double> mu, inverse_sigma, log_scale;  // of each trial's kernel; mu is the index on a list
    std::vector<std::size_t> order;                    // the trials by mu, so that equal kernels lie side by side
  };
  void set_bandwidths(Axis& axis) const;
  void add_normal(const Axis& axis, double x, std::span<double> sums) const;
  void add_cell(const Axis& axis, double low, double high, std::span<double> sums) const;
  void add_list(const Axis& axis, double index, std::span<double> sums) const;

  std::size_t trials_;
  std::vector<double> log_weights_, cumulative_;  // of the kernels, the prior's last
  std::vector<Axis> axes_;
};

}  // namespace atelier::detail
