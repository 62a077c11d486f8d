// asha.cpp: asynchronous successive halving that pauses and promotes.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "tune/stopping/stopping.hpp"

namespace atelier {
namespace {

double at(const Curve& curve, std::int64_t epoch) { return curve.losses[static_cast<std::size_t>(epoch - 1)]; }

bool has_reached(const Curve& curve, std::int64_t epoch) {
  return static_cast<std::int64_t>(curve.losses.size()) >= epoch;
}

bool better(const Curve& a, const Curve& b, std::int64_t epoch) {
  return std::pair(at(a, epoch), a.trial) < std::pair(at(b, epoch), b.trial);
}

/// Where a trial stands among all that reached a rung, and how many of them may go on.
struct Standing {
  std::int64_t epoch;
  std::size_t place = 1, reached = 0, places = 0;
};

Standing standing_of(const Asha& rule, std::span<const Curve> curves, const Curve& own, std::int64_t epoch) {
  Standing found{epoch};
  for (const Curve& curve : curves) {
    if (!has_reached(curve, epoch)) continue;
    found.reached++;
    found.place += better(curve, own, epoch);
  }
  found.places = static_cast<std::size_t>(static_cast<double>(found.reached) / rule.eta);
  return found;
}

std::string ordinal(std::size_t n) {
  const char* ending = n % 100 / 10 == 1 ? "th" : n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" : n % 10 == 3 ? "rd" : "th";
  return fmt::format("{}{}", n, ending);
}

std::string tell(const Asha& rule, const Standing& own, const Curve& curve, const MetricWords& words) {
  return fmt::format("asha: {} is {} of {} at epoch {}, and the best {} go on (eta {:g})",
                     words.text(at(curve, own.epoch)), own.place == 1 ? "the best" : ordinal(own.place), own.reached,
                     own.epoch, own.places, rule.eta);
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
  verdict.reason = tell(rule, standing_of(rule, curves, own, epoch), own, words);
  return verdict;
}

std::optional<Verdict> promotion(const Asha& rule, std::span<const Curve> curves, const MetricWords& words) {
  const auto all = rungs(rule);
  for (std::size_t k = all.size(); k-- > 0;) {
    const Curve* first = nullptr;  // of those that wait at this rung
    for (const Curve& curve : curves) {
      const bool waits = curve.state == Curve::State::paused && std::ssize(curve.losses) == all[k];
      if (waits && (first == nullptr || better(curve, *first, all[k]))) first = &curve;
    }
    if (first == nullptr) continue;
    const Standing own = standing_of(rule, curves, *first, all[k]);
    if (own.place <= own.places) return Verdict{Verdict::Kind::promote, first->trial, tell(rule, own, *first, words)};
  }
  return std::nullopt;
}

std::string standing(const Asha& rule, std::span<const Curve> curves, std::size_t index, const MetricWords& words) {
  const Curve& own = curves[index];
  std::int64_t highest = 0;
  for (const std::int64_t epoch : rungs(rule))
    if (epoch <= static_cast<std::int64_t>(own.losses.size())) highest = epoch;
  if (highest == 0) return fmt::format("asha: {} epochs; no rung reached yet", own.losses.size());
  return tell(rule, standing_of(rule, curves, own, highest), own, words);
}

}  // namespace atelier
