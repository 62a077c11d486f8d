// acquisition.cpp: log expected improvement, its candidates and its local search.
#include "tune/detail/acquisition.hpp"

#include <algorithm>
#include <cmath>

#include "base/math.hpp"
#include "tune/detail/minimize.hpp"
#include "tune/detail/sobol_points.hpp"
#include "tune/detail/special.hpp"

namespace atelier::detail {
namespace {

constexpr std::size_t kPoints = 2048, kStarts = 8;
constexpr int kRounds = 8;
constexpr std::uint64_t kFewLevels = 16;
constexpr double kLogSqrtTau = 0.91893853320467274178;

/// log(phi(z) + z Phi(z)), and Phi(z) and phi(z) over that sum.
struct Improvement {
  double log, cdf_share, pdf_share;
};

Improvement improvement(double z) {
  if (z > -1) {
    const double pdf = special::normal_pdf(z), cdf = special::quick_normal_cdf(z), sum = pdf + z * cdf;
    return {math::log(sum), cdf / sum, pdf / sum};
  }
  // phi(z) (1 + z m) with Mills's ratio m; beyond -25 the bracket is 1/z^2 (1 - 3/z^2).
  const double m = special::mills_ratio(z), bracket = z < -25 ? (1 - 3 / (z * z)) / (z * z) : 1 + z * m;
  return {-0.5 * z * z - kLogSqrtTau + math::log(bracket), m / bracket, 1 / bracket};
}

/// Rows with their scores.
struct Candidates {
  std::size_t width;
  std::vector<double> rows, scores;
  std::span<const double> row(std::size_t i) const { return std::span(rows).subspan(i * width, width); }
};

class Search {
 public:
  Search(const Encoder& encoder, const GaussianProcess& process, double best, const Philox& random)
      : encoder_(encoder), process_(process), best_(best), random_(random) {
    const auto& parameters = encoder.space().parameters;
    for (std::size_t i = 0; i < parameters.size(); i++) {
      const auto count = level_count(parameters[i]);
      std::vector<double> levels;
      if (encoder.unordered(i) || (count && *count <= kFewLevels))
        for (std::uint64_t k = 0; k < *count; k++) levels.push_back(coordinate(i, level(parameters[i], k)));
      levels_.push_back(std::move(levels));
      const bool decides = std::ranges::any_of(
          parameters, [&](const Parameter& p) { return p.condition && p.condition->parameter == parameters[i].name; });
      decides_.push_back(decides);
    }
  }

  /// Every configuration of a small space, or Sobol points.
  Candidates candidates() const {
    Candidates found{encoder_.width(), {}, {}};
    std::vector<double> row(encoder_.width());
    const auto add = [&](const Configuration& configuration) {
      if (encoder_.encode(configuration, row)) found.rows.insert(found.rows.end(), row.begin(), row.end());
      return true;
    };
    if (const auto all = cardinality(encoder_.space()); all && *all <= kPoints) {
      for_each_configuration(encoder_, add);
    } else {
      const SobolPoints points(encoder_.width(), random_);
      const bool conditions =
          std::ranges::any_of(encoder_.space().parameters, [](const Parameter& p) { return p.condition.has_value(); });
      for (std::uint32_t k = 0; k < kPoints; k++) {
        if (conditions) {
          add(encoder_.draw([&](std::size_t i) { return points(k, i); }));
          continue;
        }
        for (std::size_t i = 0; i < row.size(); i++) row[i] = snapped(i, points(k, i));
        found.rows.insert(found.rows.end(), row.begin(), row.end());
      }
    }
    found.scores = scores(found.rows);
    return found;
  }

  /// Adds what local search finds from the best candidate, from some drawn by exp(score) and from the incumbent, whose
  /// valley may lie between all of them.
  void refine(Candidates& candidates, std::span<const double> incumbent) const {
    std::vector<std::vector<double>> rows = {{incumbent.begin(), incumbent.end()}};
    for (const std::size_t start : starts(candidates.scores))
      rows.emplace_back(candidates.row(start).begin(), candidates.row(start).end());
    for (std::vector<double>& row : rows) {
      for (int round = 0; round < kRounds; round++) {
        climb(row);
        if (!step_through_levels(row)) break;
      }
      for (std::size_t i = 0; i < row.size(); i++)
        if (row[i] >= 0 && levels_[i].empty()) row[i] = snapped(i, row[i]);
      candidates.rows.insert(candidates.rows.end(), row.begin(), row.end());
      candidates.scores.push_back(scores(row)[0]);
    }
  }

  Configuration decode(std::span<const double> row) const {
    Configuration configuration;
    for (const std::size_t i : encoder_.order()) {
      const Parameter& parameter = encoder_.space().parameters[i];
      if (!is_active(parameter, configuration)) continue;
      const double x = std::max(row[i], 0.0);
      const bool list = encoder_.unordered(i) || std::holds_alternative<Constant>(parameter.domain);
      configuration.emplace(parameter.name,
                            list ? level(parameter, static_cast<std::uint64_t>(x)) : at_quantile(parameter, x));
    }
    return configuration;
  }

 private:
  double coordinate(std::size_t i, const Value& value) const {
    const Parameter& parameter = encoder_.space().parameters[i];
    if (encoder_.unordered(i) || std::holds_alternative<Constant>(parameter.domain))
      return static_cast<double>(level_of(parameter, value).value_or(0));
    return unit_position(parameter, value).value_or(0.5);
  }

  double snapped(std::size_t i, double u) const {
    const Parameter& parameter = encoder_.space().parameters[i];
    const auto* n = std::get_if<Numeric>(&parameter.domain);
    if (n != nullptr && !n->integer && !(n->step > 0)) return u;
    return coordinate(i, at_quantile(parameter, u));
  }

  std::vector<double> scores(std::span<const double> rows) const {
    std::vector<double> found;
    for (const auto& belief : process_.predict(rows))
      found.push_back(log_expected_improvement(belief.mean, belief.variance, best_));
    return found;
  }

  std::vector<std::size_t> starts(std::span<const double> scores) const {
    const auto top = static_cast<std::size_t>(std::ranges::max_element(scores) - scores.begin());
    std::vector<double> sums;
    double total = 0;
    for (const double s : scores) sums.push_back(total += math::exp(std::max(s - scores[top], -700.0)));
    std::vector<std::size_t> found = {top};
    for (std::size_t k = 1; k < kStarts; k++) {
      const double target = random_.uniform(std::uint64_t{1} << 62 | k) * total;
      const auto at = static_cast<std::size_t>(std::ranges::upper_bound(sums, target) - sums.begin());
      if (at < sums.size() && std::ranges::find(found, at) == found.end()) found.push_back(at);
    }
    return found;
  }

  /// Moves the coordinates that are no short lists uphill.
  void climb(std::vector<double>& row) const {
    std::vector<std::size_t> moving;
    for (std::size_t i = 0; i < row.size(); i++)
      if (levels_[i].empty() && row[i] >= 0 && !decides_[i]) moving.push_back(i);
    if (moving.empty()) return;
    std::vector<double> x, whole = row, mean_slope(row.size()), variance_slope(row.size());
    for (const std::size_t i : moving) x.push_back(row[i]);
    const Box box{std::vector<double>(x.size(), 0.0), std::vector<double>(x.size(), 0x1.fffffffffffffp-1)};
    const auto loss = [&](std::span<const double> at, std::span<double> gradient) {
      for (std::size_t k = 0; k < moving.size(); k++) whole[moving[k]] = at[k];
      const auto belief = process_.predict(whole, mean_slope, variance_slope);
      const double sigma = math::sqrt(belief.variance);
      const Improvement gain = improvement((best_ - belief.mean) / sigma);
      for (std::size_t k = 0; k < moving.size(); k++)
        gradient[k] =
            (gain.cdf_share * mean_slope[moving[k]] - gain.pdf_share * variance_slope[moving[k]] / (2 * sigma)) / sigma;
      return -(math::log(sigma) + gain.log);
    };
    minimize(loss, x, box, 1e-3, 40);
    for (std::size_t k = 0; k < moving.size(); k++) row[moving[k]] = x[k];
  }

  /// Tries every value of each short list, one list after the other; whether any was better.
  bool step_through_levels(std::vector<double>& row) const {
    bool moved = false;
    for (std::size_t i = 0; i < row.size(); i++) {
      if (levels_[i].size() < 2 || row[i] < 0 || decides_[i]) continue;
      std::vector<double> rows;
      for (const double x : levels_[i]) {
        rows.insert(rows.end(), row.begin(), row.end());
        rows[rows.size() - row.size() + i] = x;
      }
      const auto found = scores(rows);
      const double better = levels_[i][static_cast<std::size_t>(std::ranges::max_element(found) - found.begin())];
      moved = moved || better != row[i];
      row[i] = better;
    }
    return moved;
  }

  const Encoder& encoder_;
  const GaussianProcess& process_;
  double best_;
  const Philox& random_;
  std::vector<std::vector<double>> levels_;  // coordinates of short lists; empty for the others
  std::vector<bool> decides_;                // whether other parameters depend on it
};

}  // namespace

double log_expected_improvement(double mean, double variance, double best) {
  const double sigma = math::sqrt(variance);
  return math::log(sigma) + improvement((best - mean) / sigma).log;
}

std::optional<Configuration> most_promising(const Encoder& encoder, const History& history,
                                            const GaussianProcess& process, const Incumbent& incumbent,
                                            const Philox& random, std::uint64_t attempt) {
  const Search search(encoder, process, incumbent.value, random);
  Candidates candidates = search.candidates();
  const auto all = cardinality(encoder.space());
  if (!all || *all > kPoints) search.refine(candidates, incumbent.row);
  std::vector<std::size_t> order(candidates.scores.size());
  for (std::size_t i = 0; i < order.size(); i++) order[i] = i;
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return std::pair(-candidates.scores[a], a) < std::pair(-candidates.scores[b], b);
  });
  for (const std::size_t i : order)
    if (!history.has(candidates.row(i)) && attempt-- == 0) return search.decode(candidates.row(i));
  return std::nullopt;
}

}  // namespace atelier::detail
