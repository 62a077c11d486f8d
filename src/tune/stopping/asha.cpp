// asha.cpp: asynchronous successive halving that pauses and promotes.
#include <fmt/format.h>

#include <algorithm>

#include "tune/stopping/stopping.hpp"

namespace atelier {
namespace {

/// What the trials did at one rung: those that reached it, best first, and how many of them may go on.
struct Rung {
  std::int64_t epoch;
  std::vector<const Curve*> reached;
  std::size_t places;
};

double at(const Curve& curve, std::int64_t epoch) { return curve.losses[static_cast<std::size_t>(epoch - 1)]; }

Rung rung_at(const Asha& rule, std::span<const Curve> curves, std::int64_t epoch) {
  Rung rung{epoch, {}, 0};
  for (const Curve& curve : curves)
    if (static_cast<std::int64_t>(curve.losses.size()) >= epoch) rung.reached.push_back(&curve);
  std::ranges::sort(rung.reached, [&](const Curve* a, const Curve* b) {
    return std::pair(at(*a, epoch), a->trial) < std::pair(at(*b, epoch), b->trial);
  });
  rung.places = static_cast<std::size_t>(static_cast<double>(rung.reached.size()) / rule.eta);
  return rung;
}

std::size_t place(const Rung& rung, const Curve& curve) {
  return static_cast<std::size_t>(std::ranges::find(rung.reached, &curve) - rung.reached.begin()) + 1;
}

std::string ordinal(std::size_t n) {
  const char* ending = n % 100 / 10 == 1 ? "th" : n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" : n % 10 == 3 ? "rd" : "th";
  return fmt::format("{}{}", n, ending);
}

std::string tell(const Asha& rule, const Rung& rung, const Curve& curve, const MetricWords& words) {
  const std::size_t own = place(rung, curve);
  return fmt::format("asha: {} is {} of {} at epoch {}, and the best {} go on (eta {:g})",
                     words.text(at(curve, rung.epoch)), own == 1 ? "the best" : ordinal(own), rung.reached.size(),
                     rung.epoch, rung.places, rule.eta);
}

}  // namespace

std::vector<std::int64_t> rungs(const Asha& rule) {
  std::vector<std::int64_t> found;
  if (!(rule.eta > 1) || rule.min_epochs < 1) return found;
  auto epoch = static_cast<double>(rule.min_epochs);
  while (epoch < static_cast<double>(rule.max_epochs)) {
    if (const auto whole = static_cast<std::int64_t>(epoch); found.empty() || whole > found.back())
      found.push_back(whole);
    epoch *= rule.eta;
  }
  return found;
}

Verdict judge(const Asha& rule, std::span<const Curve> curves, std::size_t index, const MetricWords& words) {
  const Curve& own = curves[index];
  Verdict verdict{.trial = own.trial};
  const auto epoch = static_cast<std::int64_t>(own.losses.size());
  const auto all = rungs(rule);
  if (own.state != Curve::State::running || !std::ranges::binary_search(all, epoch)) return verdict;
  verdict.kind = Verdict::Kind::pause;
  verdict.until = epoch;
  verdict.reason = tell(rule, rung_at(rule, curves, epoch), own, words);
  return verdict;
}

std::optional<Verdict> promotion(const Asha& rule, std::span<const Curve> curves, const MetricWords& words) {
  const auto all = rungs(rule);
  for (std::size_t k = all.size(); k-- > 0;) {
    const Rung rung = rung_at(rule, curves, all[k]);
    for (std::size_t i = 0; i < rung.places; i++) {
      const Curve& curve = *rung.reached[i];
      const bool waits =
          curve.state == Curve::State::paused && static_cast<std::int64_t>(curve.losses.size()) == all[k];
      if (!waits) continue;
      const std::int64_t until = k + 1 < all.size() ? all[k + 1] : rule.max_epochs;
      return Verdict{Verdict::Kind::promote, curve.trial, until, tell(rule, rung, curve, words)};
    }
  }
  return std::nullopt;
}

std::string standing(const Asha& rule, std::span<const Curve> curves, std::size_t index, const MetricWords& words) {
  const Curve& own = curves[index];
  std::int64_t highest = 0;
  for (const std::int64_t epoch : rungs(rule))
    if (epoch <= static_cast<std::int64_t>(own.losses.size())) highest = epoch;
  if (highest == 0) return fmt::format("asha: {} epochs; no rung reached yet", own.losses.size());
  return tell(rule, rung_at(rule, curves, highest), own, words);
}

}  // namespace atelier
