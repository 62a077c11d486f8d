// gp.cpp: Bayesian optimisation by a Gaussian process and the logarithm of expected improvement.
//
// Ament et al. 2023 (arXiv:2310.20708) for log EI; the search over 2,048 scrambled Sobol points and local search follow
// Optuna's GPSampler (_gp/optim_mixed.py). Beyond it: stopped trials count with their last value and more noise, failed
// ones with the worst value, pending ones with what the process believes of them (Kriging believer); high losses are
// compressed logarithmically; improvement is measured against the best believed value,
// of pending trials too, not the luckiest seen one.
#include <algorithm>
#include <cmath>

#include "base/math.hpp"
#include "tune/detail/acquisition.hpp"
#include "tune/detail/encoding.hpp"
#include "tune/samplers/all.hpp"

namespace atelier {
namespace {

using namespace detail;
using State = Observation::State;

constexpr std::size_t kMostTrials = 400;

bool known(const Observation& o) { return o.state != State::failed && o.loss && std::isfinite(*o.loss); }

/// Losses above the median by more than two spreads grow logarithmically from there on; then mean 0 and variance 1.
void standardise(std::vector<double>& y) {
  std::vector<double> sorted = y;
  std::ranges::sort(sorted);
  const double middle = sorted[sorted.size() / 2], spread = sorted[sorted.size() * 3 / 4] - sorted[sorted.size() / 4];
  if (spread > 0)
    for (double& v : y)
      if (const double over = (v - middle) / spread - 2; over > 0)
        v = middle + spread * (2 + math::log1p(std::min(over, 1e12)));
  double mean = 0, square = 0;
  for (const double v : y) mean += v / static_cast<double>(y.size());
  for (const double v : y) square += (v - mean) * (v - mean) / static_cast<double>(y.size());
  const double scale = square > 0 ? 1 / math::sqrt(square) : 0;
  for (double& v : y) v = (v - mean) * scale;
}

/// The trials that the process learns from: all, or the best and the latest halves of what it can carry.
std::vector<std::size_t> chosen(const History& history) {
  std::vector<std::size_t> trials;
  for (std::size_t i = 0; i < history.observations.size(); i++)
    if (history.observations[i]->state != State::pending) trials.push_back(i);
  if (trials.size() <= kMostTrials) return trials;
  const auto loss = [&](std::size_t i) {
    return known(*history.observations[i]) ? *history.observations[i]->loss : HUGE_VAL;
  };
  const auto latest = trials.end() - static_cast<std::ptrdiff_t>(kMostTrials / 2);
  std::ranges::sort(trials.begin(), latest,
                    [&](std::size_t a, std::size_t b) { return std::pair(loss(a), a) < std::pair(loss(b), b); });
  trials.erase(trials.begin() + static_cast<std::ptrdiff_t>(kMostTrials / 2), latest);
  std::ranges::sort(trials);
  return trials;
}

GpData learn_from(const Encoder& encoder, const History& history, std::span<const std::size_t> trials) {
  GpData data;
  data.width = encoder.width();
  for (std::size_t d = 0; d < data.width; d++) data.unordered.push_back(encoder.unordered(d));
  double worst = -HUGE_VAL;
  for (const std::size_t t : trials)
    if (known(*history.observations[t])) worst = std::max(worst, *history.observations[t]->loss);
  for (const std::size_t t : trials) {
    const Observation& o = *history.observations[t];
    const auto row = history.row(t, data.width);
    data.x.insert(data.x.end(), row.begin(), row.end());
    data.y.push_back(known(o) ? *o.loss : worst);
    const bool early = o.state == State::stopped && o.step > 0 && o.steps_planned > o.step;
    data.noise.push_back(early ? std::min(10.0, static_cast<double>(o.steps_planned) / static_cast<double>(o.step))
                               : 1);
  }
  standardise(data.y);
  return data;
}

void believe_pending(const History& history, const GpParameters& parameters, GpData& data) {
  std::vector<double> rows;
  for (std::size_t i = 0; i < history.observations.size(); i++)
    if (history.observations[i]->state == State::pending) {
      const auto row = history.row(i, data.width);
      rows.insert(rows.end(), row.begin(), row.end());
    }
  if (rows.empty()) return;
  const auto beliefs = GaussianProcess(data, parameters).predict(rows);
  data.x.insert(data.x.end(), rows.begin(), rows.end());
  for (const auto& belief : beliefs) data.y.push_back(belief.mean), data.noise.push_back(1);
}

Incumbent incumbent_of(const GaussianProcess& process, const GpData& data) {
  const auto beliefs = process.predict(data.x);
  const auto best = std::ranges::min_element(beliefs, {}, &GaussianProcess::Belief::mean);
  const auto at = static_cast<std::size_t>(best - beliefs.begin());
  return {best->mean, std::span(data.x).subspan(at * data.width, data.width)};
}

}  // namespace

std::optional<Configuration> propose_gp(const Ask& ask, std::uint64_t attempt) {
  constexpr std::uint64_t patience = 8;
  if (attempt >= patience) return propose_random(ask, attempt);
  const Encoder encoder(ask.space);
  const History history(encoder, ask.history);
  if (exhausted(encoder, history)) return std::nullopt;
  const auto trials = chosen(history);
  const std::size_t startup = std::clamp<std::size_t>(encoder.width() + 1, 5, 10);
  const auto heard = std::ranges::count_if(trials, [&](std::size_t t) { return known(*history.observations[t]); });
  if (trials.size() < startup || heard < 2) return propose_sobol(ask, attempt);

  GpData data = learn_from(encoder, history, trials);
  const GpParameters parameters = GaussianProcess::fit(data);
  believe_pending(history, parameters, data);
  const GaussianProcess process(data, parameters);
  const Incumbent incumbent = incumbent_of(process, data);
  if (auto proposal = most_promising(encoder, history, process, incumbent, numbers(ask, use::gp), attempt))
    return proposal;
  return propose_random(ask, attempt + patience);  // all that was looked at has been tried
}

}  // namespace atelier
