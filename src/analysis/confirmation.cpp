// confirmation.cpp: the best set, paired differences and luck.
#include "analysis/confirmation.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace atelier {
namespace {

constexpr double kLevel = 0.05;
constexpr double kTie = 1e-9;  // of statistics that are the same but for rounding

using Rows = std::vector<std::vector<double>>;  // [configuration, seed], larger is better

std::vector<double> minus(std::span<const double> a, std::span<const double> b) {
  std::vector<double> d(a.size());
  std::ranges::transform(a, b, d.begin(), std::minus{});
  return d;
}

/// Without each seed's mean over the configurations, which no difference sees: sums stay small and exact.
Rows centred(Rows rows) {
  for (std::size_t s = 0; s < rows.front().size(); s++) {
    double mean = 0;
    for (const auto& row : rows) mean += row[s] / static_cast<double>(rows.size());
    for (auto& row : rows) row[s] -= mean;
  }
  return rows;
}

/// 1 / sqrt of the sum of squares of each pair's differences [configuration, configuration]; 0 where they are none.
/// For one pair, (sum of d) / sqrt(sum of d²) rises with Student's t, so it ranks sign flips as t does.
Rows scales(const Rows& rows) {
  Rows scale(rows.size(), std::vector<double>(rows.size()));
  for (std::size_t v = 0; v < rows.size(); v++)
    for (std::size_t w = 0; w < rows.size(); w++) {
      const auto d = minus(rows[w], rows[v]);
      const double squares = std::inner_product(d.begin(), d.end(), d.begin(), 0.0);
      scale[v][w] = squares > 0 ? 1 / std::sqrt(squares) : 0;
    }
  return scale;
}

/// For each configuration v, the share of sign flips in which max_w t(w - v) is at least what was seen.
std::vector<double> chances_to_be_best(const Rows& scores) {
  const std::size_t k = scores.size(), seeds = scores.front().size();
  const Rows rows = centred(scores), scale = scales(rows);
  const SignFlips flips(seeds);
  std::vector<double> signs(seeds), sums(k), seen(k), as_far(k);
  for (std::size_t draw = 0; draw < flips.draws(); draw++) {
    flips.read(draw, signs);
    for (std::size_t w = 0; w < k; w++) sums[w] = std::inner_product(signs.begin(), signs.end(), rows[w].begin(), 0.0);
    for (std::size_t v = 0; v < k; v++) {
      double most = -HUGE_VAL;
      for (std::size_t w = 0; w < k; w++)
        if (w != v) most = std::max(most, (sums[w] - sums[v]) * scale[v][w]);
      if (draw == 0) seen[v] = most;
      as_far[v] += most >= seen[v] - kTie;
    }
  }
  for (double& share : as_far) share /= static_cast<double>(flips.draws());
  return as_far;
}

/// Everything that compares configurations with all their values: `rows` are those of the configurations `which`.
void compare(const Rows& rows, const std::vector<std::size_t>& which, Confirmation& out) {
  std::vector<double> means;
  for (const auto& row : rows) means.push_back(mean_interval(row).mean);
  const auto top = static_cast<std::size_t>(std::ranges::max_element(means) - means.begin());
  out.best = which[top];
  const auto chances = chances_to_be_best(rows);
  std::vector<double> p;
  for (std::size_t i = 0; i < rows.size(); i++) {
    ConfirmedScore& one = out.scores[which[i]];
    one.p_best = chances[i];
    one.in_best_set = one.p_best > kLevel;
    if (i == top) continue;
    const auto d = minus(rows[top], rows[i]);
    one.behind = mean_interval(d);
    one.uneven = has_outlier(d);
    one.worse = static_cast<std::size_t>(std::ranges::count_if(d, [](double x) { return x > 0; }));
    p.push_back(one.p = sign_flip_p(d));
  }
  const auto adjusted = holm(p);
  for (std::size_t i = 0, next = 0; i < rows.size(); i++)
    if (i != top) out.scores[which[i]].p_holm = adjusted[next++];
}

MeanInterval turned(const MeanInterval& x) { return {-x.mean, -x.high, -x.low}; }

}  // namespace

Confirmation confirm_winners(const std::vector<std::vector<double>>& scores, std::span<const double> first,
                             ScoreKind kind) {
  Confirmation out{kind, scores.front().size(), {first.begin(), first.end()}, {}, {}, {}};
  const double sign = kind.maximize ? 1 : -1;
  Rows whole;
  std::vector<std::size_t> which;
  for (std::size_t i = 0; i < scores.size(); i++) {
    std::vector<double> values;
    std::ranges::copy_if(scores[i], std::back_inserter(values), [](double x) { return std::isfinite(x); });
    out.scores.push_back({.score = mean_interval(values), .trained = values.size()});
    if (values.size() < out.seeds) continue;
    for (double& value : values) value *= sign;
    whole.push_back(std::move(values));
    which.push_back(i);
  }
  if (!whole.empty()) compare(whole, which, out);
  const MeanInterval& again = out.scores.front().score;
  out.luck = {first[0] - again.mean, first[0] - again.high, first[0] - again.low};
  if (!kind.maximize) out.luck = turned(out.luck);
  const bool both = which.size() > 1 && which[0] == 0 && which[1] == 1;
  if (both) out.lead = {{sign * (first[0] - first[1]), mean_interval(minus(whole[0], whole[1]))}};
  return out;
}

}  // namespace atelier
