// parzen.cpp: building, drawing from and evaluating the mixture.
#include "tune/detail/parzen.hpp"

#include <algorithm>
#include <cmath>

#include "base/math.hpp"
#include "tune/detail/special.hpp"

namespace atelier::detail {
namespace {

constexpr double kLogSqrtTau = 0.91893853320467274178, kInvSqrtTau = 0.39894228040143267794, kTiny = 1e-300;

/// Indices in ascending order of their values in [0, 1]; equal ones stay in order. Buckets first: the values are many
/// and spread out.
std::vector<std::size_t> ascending(std::span<const double> values) {
  constexpr std::size_t buckets = 1024;
  std::vector<std::size_t> starts(buckets + 1), order(values.size());
  const auto bucket = [](double v) { return std::min(buckets - 1, static_cast<std::size_t>(v * buckets)); };
  for (const double v : values) starts[bucket(v) + 1]++;
  for (std::size_t b = 1; b <= buckets; b++) starts[b] += starts[b - 1];
  for (std::size_t i = 0; i < values.size(); i++) order[starts[bucket(values[i])]++] = i;
  for (std::size_t i = 1; i < order.size(); i++) {
    const std::size_t moving = order[i];
    std::size_t k = i;
    for (; k > 0 && values[order[k - 1]] > values[moving]; k--) order[k] = order[k - 1];
    order[k] = moving;
  }
  return order;
}

double mass(double mu, double inverse_sigma, double low, double high) {
  return special::quick_normal_cdf((high - mu) * inverse_sigma) - special::quick_normal_cdf((low - mu) * inverse_sigma);
}

}  // namespace

ParzenMixture::ParzenMixture(const Encoder& encoder, const History& history, std::span<const std::size_t> trials,
                             std::span<const std::size_t> group)
    : trials_(trials.size()) {
  const double n = static_cast<double>(trials_);
  double total = 0;
  std::vector<double> weights(trials_ + 1, 1.0);
  const std::size_t old = trials_ > 25 ? trials_ - 25 : 0;
  for (std::size_t i = 0; i < old; i++)
    weights[i] = old == 1 ? 1 / n : 1 / n + (1 - 1 / n) * static_cast<double>(i) / static_cast<double>(old - 1);
  for (const double w : weights) cumulative_.push_back(total += w);
  for (const double w : weights) log_weights_.push_back(math::log(w / total));
  for (const std::size_t i : group) {
    const Parameter& parameter = encoder.space().parameters[i];
    const auto* n_ary = std::get_if<Choice>(&parameter.domain);
    Axis axis{
        &parameter, std::holds_alternative<Constant>(parameter.domain), encoder.unordered(i), false, 0, {}, {}, {}, {}};
    if (n_ary != nullptr) axis.choices = static_cast<double>(n_ary->values.size());
    for (const std::size_t t : trials) axis.mu.push_back(history.row(t, encoder.width())[i]);
    if (!axis.constant && !axis.unordered) set_bandwidths(axis);
    axes_.push_back(std::move(axis));
  }
}

void ParzenMixture::set_bandwidths(Axis& axis) const {
  axis.cells = unit_cell(*axis.parameter, at_quantile(*axis.parameter, 0.5)).has_value();
  axis.order = ascending(axis.mu);
  axis.inverse_sigma.resize(trials_), axis.log_scale.resize(trials_);
  const double least = 1 / std::min(100.0, static_cast<double>(trials_) + 2);
  // The prior's centre counts as a neighbour, the ends of the interval do not, but for a trial alone.
  double last_mu = -1, last_inverse = -1, last_scale = 0;
  for (std::size_t k = 0; k < trials_; k++) {
    const double mu = axis.mu[axis.order[k]];
    double left = k > 0 ? axis.mu[axis.order[k - 1]] : -1, right = k + 1 < trials_ ? axis.mu[axis.order[k + 1]] : 2;
    if (mu >= 0.5) left = std::max(left, 0.5);
    if (mu < 0.5) right = std::min(right, 0.5);
    const double gap = std::max(left < 0 ? 0 : mu - left, right > 1 ? 0 : right - mu);
    const double inverse = 1 / std::clamp(gap, least, 1.0);
    if (mu != last_mu || inverse != last_inverse)
      last_scale = math::log((axis.cells ? 1 : inverse * kInvSqrtTau) / std::max(mass(mu, inverse, 0, 1), kTiny));
    last_mu = mu, last_inverse = inverse;
    axis.inverse_sigma[axis.order[k]] = inverse;
    axis.log_scale[axis.order[k]] = last_scale;
  }
}

Point ParzenMixture::draw(const Philox& random, std::uint64_t counter) const {
  const double target = random.uniform(counter) * cumulative_.back();
  const auto kernel = static_cast<std::size_t>(std::ranges::upper_bound(cumulative_, target) - cumulative_.begin());
  const bool prior = kernel >= trials_;
  Point point;
  for (const Axis& axis : axes_) {
    const double u = random.uniform(++counter);
    if (axis.constant) {
      point.values.push_back(std::get<Constant>(axis.parameter->domain).value);
      point.at.push_back(0);
    } else if (axis.unordered) {
      const double flat = 1 / static_cast<double>(trials_ + 1), own = 1 / (1 + axis.choices * flat);
      const bool keep = !prior && random.uniform(counter + (1 << 12)) < own;
      point.values.push_back(keep ? level(*axis.parameter, static_cast<std::uint64_t>(axis.mu[kernel]))
                                  : at_quantile(*axis.parameter, u));
      point.at.push_back(static_cast<double>(level_of(*axis.parameter, point.values.back()).value_or(0)));
    } else {
      double x = u;
      if (!prior) {
        const double mu = axis.mu[kernel], inverse = axis.inverse_sigma[kernel];
        const double low = special::quick_normal_cdf(-mu * inverse),
                     high = special::quick_normal_cdf((1 - mu) * inverse);
        x = std::clamp(mu + special::quick_normal_quantile(low + u * (high - low)) / inverse, 0.0,
                       0x1.fffffffffffffp-1);
      }
      point.values.push_back(at_quantile(*axis.parameter, x));
      point.at.push_back(x);
    }
  }
  return point;
}

void ParzenMixture::add_normal(const Axis& axis, double x, std::span<double> sums) const {
  for (std::size_t k = 0; k < trials_; k++) {
    const double z = (x - axis.mu[k]) * axis.inverse_sigma[k];
    sums[k] += axis.log_scale[k] - 0.5 * z * z;
  }
}

void ParzenMixture::add_cell(const Axis& axis, double low, double high, std::span<double> sums) const {
  double last_mu = -1, last_inverse = -1, value = 0;
  for (const std::size_t k : axis.order) {
    const double mu = axis.mu[k], inverse = axis.inverse_sigma[k];
    if (mu != last_mu || inverse != last_inverse) {
      const double z = (0.5 * (low + high) - mu) * inverse, within = mass(mu, inverse, low, high);
      value = within > 1e-7 ? math::log(within) : math::log((high - low) * inverse + kTiny) - kLogSqrtTau - 0.5 * z * z;
    }
    last_mu = mu, last_inverse = inverse;
    sums[k] += axis.log_scale[k] + value;
  }
  sums[trials_] += math::log(std::max(high - low, kTiny));
}

void ParzenMixture::add_list(const Axis& axis, double index, std::span<double> sums) const {
  const double flat = 1 / static_cast<double>(trials_ + 1), total = 1 + axis.choices * flat;
  const double hit = math::log((1 + flat) / total), miss = math::log(flat / total);
  for (std::size_t k = 0; k < trials_; k++) sums[k] += axis.mu[k] == index ? hit : miss;
  sums[trials_] -= math::log(axis.choices);
}

std::vector<double> ParzenMixture::log_density(std::span<const Point> points) const {
  std::vector<std::vector<double>> sums(points.size(), log_weights_);
  for (std::size_t a = 0; a < axes_.size(); a++) {
    const Axis& axis = axes_[a];
    std::vector<std::pair<double, std::vector<double>>>
        shares;  // of cells and list values: candidates have them in common
    for (std::size_t c = 0; c < points.size() && !axis.constant; c++) {
      if (!axis.unordered && !axis.cells) {
        add_normal(axis, points[c].at[a], sums[c]);
        continue;
      }
      const auto cell = axis.cells ? unit_cell(*axis.parameter, points[c].values[a]).value_or(std::pair(0.0, 1.0))
                                   : std::pair(points[c].at[a], 0.0);
      auto share = std::ranges::find(shares, cell.first, &std::pair<double, std::vector<double>>::first);
      if (share == shares.end()) {
        share = shares.insert(shares.end(), {cell.first, std::vector<double>(trials_ + 1)});
        if (axis.cells)
          add_cell(axis, cell.first, cell.second, share->second);
        else
          add_list(axis, cell.first, share->second);
      }
      for (std::size_t k = 0; k <= trials_; k++) sums[c][k] += share->second[k];
    }
  }
  std::vector<double> found;
  for (auto& own : sums) {
    const double top = std::ranges::max(own);
    for (double& s : own) s = math::exp(s - top);
    double total = 0;
    for (const double s : own) total += s;
    found.push_back(top + math::log(total));
  }
  return found;
}

}  // namespace atelier::detail
