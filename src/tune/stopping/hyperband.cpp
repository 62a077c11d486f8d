// hyperband.cpp: W&B's early stopping, band for band.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tune/stopping/stopping.hpp"

namespace atelier {

std::vector<std::int64_t> bands(const Hyperband& rule) {
  std::vector<std::int64_t> found;
  if (!(rule.eta > 1)) return found;
  if (rule.max_iter) {
    double band = static_cast<double>(*rule.max_iter);
    for (int i = 0; i < rule.s && (band /= rule.eta) >= 1; i++) found.push_back(static_cast<std::int64_t>(band));
    std::ranges::reverse(found);
  } else if (rule.min_iter) {
    double band = static_cast<double>(*rule.min_iter);
    for (int i = 0; i < 100 && band < 0x1p53; i++, band *= rule.eta) found.push_back(static_cast<std::int64_t>(band));
  }
  return found;
}

Verdict judge(const Hyperband& rule, std::span<const Curve> curves, std::size_t index, const MetricWords& words) {
  const Curve& own = curves[index];
  Verdict verdict{.trial = own.trial};
  if (own.state != Curve::State::running) return verdict;
  const std::vector<std::int64_t> all = bands(rule);
  const auto reports = static_cast<std::int64_t>(own.losses.size());
  const auto next = std::ranges::find_if(all, [&](std::int64_t band) { return band >= reports; });
  if (next == all.begin()) return verdict;  // before the first band
  const auto band = static_cast<std::size_t>(*(next - 1));
  std::vector<double> values;
  for (const Curve& curve : curves)
    if (curve.losses.size() > band) values.push_back(curve.losses[band]);
  const auto kept = static_cast<std::size_t>(1 / rule.eta * static_cast<double>(values.size()));
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(kept));
  const double threshold = values[kept], value = rule.strict ? own.losses[band] : std::ranges::min(own.losses);
  if (!(value > threshold)) return verdict;
  verdict.kind = Verdict::Kind::stop;
  const bool alike = words.number(value) == words.number(threshold);
  verdict.reason =
      fmt::format("hyperband: {} is {} the threshold {}{} of band {}, which the best {} of {} trials met (eta {:g})",
                  rule.strict ? words.text(value) : words.best_text(value), words.worse(), words.number(threshold),
                  alike ? fmt::format(" by {:.2g}", value - threshold) : "", band, kept + 1, values.size(), rule.eta);
  return verdict;
}

}  // namespace atelier
