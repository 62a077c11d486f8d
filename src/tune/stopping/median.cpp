// median.cpp: the median rule.
#include <fmt/format.h>

#include <algorithm>

#include "tune/stopping/stopping.hpp"

namespace atelier {

Verdict judge(const MedianRule& rule, std::span<const Curve> curves, std::size_t index, const MetricWords& words) {
  const Curve& own = curves[index];
  const std::size_t epoch = own.losses.size();
  Verdict verdict{.trial = own.trial};
  if (own.state != Curve::State::running || epoch == 0) return verdict;
  if (static_cast<std::int64_t>(epoch) <= rule.warmup_epochs) return verdict;
  std::vector<double> values;
  std::int64_t finished = 0;
  for (const Curve& curve : curves) {
    if (curve.state != Curve::State::finished) continue;
    finished++;
    if (curve.losses.size() >= epoch) values.push_back(curve.losses[epoch - 1]);
  }
  if (finished < rule.startup_trials || values.empty()) return verdict;
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  const double median = values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
  const double best = std::ranges::min(own.losses);
  if (!(best > median)) return verdict;
  verdict.kind = Verdict::Kind::stop;
  verdict.reason = fmt::format("median: {} is {} the median {} of {} finished trials at epoch {}",
                               words.best_text(best), words.worse(), words.number(median), values.size(), epoch);
  return verdict;
}

}  // namespace atelier
