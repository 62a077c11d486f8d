// tpe.cpp: the multivariate tree-structured Parzen estimator.
//
// Watanabe 2023 (arXiv:2304.11127) with the choices of Optuna 5: the best tenth of the trials (at most 25) against the
// rest, mixtures of product kernels, bandwidths from the larger gap to a neighbour. All in the unit interval of each
// distribution, so the prior is flat. Conditional parameters are taken in groups that share a condition, each group from
// the trials in which it was active (Optuna's `group`). Departures: failed trials stand last instead of being left out;
// lists of numbers are ordered; a proposal that has been tried gives way to the next best of the 24.
#include <algorithm>
#include <array>
#include <cmath>

#include "base/math.hpp"
#include "tune/detail/encoding.hpp"
#include "tune/detail/parzen.hpp"
#include "tune/samplers/all.hpp"

namespace atelier {
namespace {

using namespace detail;

constexpr std::size_t kStartup = 10, kCandidates = 24, kMostBelow = 25;

/// The trials in two heaps: those worth imitating, and all others, the pending ones among them.
struct Split {
  std::vector<std::size_t> below, above;
};

/// Finished before stopped (the later the stop the better) before failed.
struct Rank {
  int kind;
  double value;
  double tie;
  std::size_t trial;
  auto operator<=>(const Rank&) const = default;
};

std::optional<Rank> rank_of(const Observation& o, std::size_t trial) {
  using State = Observation::State;
  if (o.state == State::pending) return std::nullopt;
  const bool known = o.loss && *o.loss == *o.loss && o.state != State::failed;
  if (!known) return Rank{2, 0, 0, trial};
  if (o.state == State::stopped) return Rank{1, -static_cast<double>(o.step), *o.loss, trial};
  return Rank{0, *o.loss, 0, trial};
}

std::optional<Split> split(const History& history) {
  std::vector<Rank> ranks;
  Split parts;
  for (std::size_t i = 0; i < history.observations.size(); i++)
    if (const auto rank = rank_of(*history.observations[i], i)) ranks.push_back(*rank);
  if (ranks.size() < kStartup) return std::nullopt;
  const std::size_t n = std::min((ranks.size() + 9) / 10, kMostBelow);
  const auto end = ranks.begin() + static_cast<std::ptrdiff_t>(n);
  std::ranges::nth_element(ranks, end, [](const Rank& a, const Rank& b) { return (a <=> b) < 0; });
  std::vector<bool> good(history.observations.size());
  for (auto it = ranks.begin(); it != end; ++it) good[it->trial] = true;
  for (std::size_t i = 0; i < good.size(); i++) (good[i] ? parts.below : parts.above).push_back(i);
  return parts;
}

/// Parameters under one condition, in the order in which they can be decided.
std::vector<std::vector<std::size_t>> groups(const Encoder& encoder) {
  std::vector<std::vector<std::size_t>> found;
  const auto& parameters = encoder.space().parameters;
  const auto same = [&](std::size_t a, std::size_t b) {
    const auto &x = parameters[a].condition, &y = parameters[b].condition;
    return x.has_value() == y.has_value() && (!x || (x->parameter == y->parameter && x->values == y->values));
  };
  for (const std::size_t i : encoder.order()) {
    const auto home = std::ranges::find_if(found, [&](const auto& group) { return same(group[0], i); });
    if (home == found.end())
      found.push_back({i});
    else
      home->push_back(i);
  }
  return found;
}

/// The candidates of one group, each with its score log l - log g, best first.
struct Drawn {
  std::vector<Point> points;
  std::vector<double> scores;
};

Drawn draw_group(const Encoder& encoder, const History& history, const Split& parts, std::span<const std::size_t> group,
                 const Philox& random, std::uint64_t counter) {
  const auto active = [&](const std::vector<std::size_t>& trials) {
    std::vector<std::size_t> kept;
    for (const std::size_t t : trials)
      if (history.row(t, encoder.width())[group[0]] != kInactive) kept.push_back(t);
    return kept;
  };
  const ParzenMixture good(encoder, history, active(parts.below), group),
      rest(encoder, history, active(parts.above), group);
  Drawn drawn;
  for (std::size_t c = 0; c < kCandidates; c++) drawn.points.push_back(good.draw(random, counter + (c << 16)));
  const std::vector<double> l = good.log_density(drawn.points), g = rest.log_density(drawn.points);
  for (std::size_t c = 0; c < kCandidates; c++) drawn.scores.push_back(l[c] - g[c]);
  return drawn;
}

}  // namespace

std::optional<Configuration> propose_tpe(const Ask& ask, std::uint64_t attempt) {
  constexpr std::uint64_t patience = 8;
  if (attempt >= patience) return propose_random(ask, attempt);
  const Encoder encoder(ask.space);
  const History history(encoder, ask.history);
  const auto parts = split(history);
  if (!parts) return propose_random(ask, attempt);
  if (exhausted(encoder, history)) return std::nullopt;
  const Philox random = numbers(ask, use::tpe);
  // Each group gives its best candidate first; in a space without conditions the next best are at hand when it was tried.
  const auto all = groups(encoder);
  Configuration chosen;
  for (std::size_t k = 0; k < all.size(); k++) {
    if (!is_active(ask.space.parameters[all[k][0]], chosen)) continue;
    const Drawn drawn = draw_group(encoder, history, *parts, all[k], random, attempt << 48 | k << 40);
    std::vector<std::size_t> order(kCandidates);
    for (std::size_t i = 0; i < kCandidates; i++) order[i] = i;
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
      return std::pair(-drawn.scores[a], a) < std::pair(-drawn.scores[b], b);
    });
    std::size_t pick = order[0];
    std::vector<double> row(encoder.width());
    for (const std::size_t i : order) {
      if (all.size() > 1) break;
      Configuration candidate;
      for (std::size_t j = 0; j < all[k].size(); j++)
        candidate.emplace(ask.space.parameters[all[k][j]].name, drawn.points[i].values[j]);
      if (encoder.encode(candidate, row) && history.has(row)) continue;
      pick = i;
      break;
    }
    for (std::size_t j = 0; j < all[k].size(); j++)
      chosen.emplace(ask.space.parameters[all[k][j]].name, drawn.points[pick].values[j]);
  }
  return chosen;
}

}  // namespace atelier
