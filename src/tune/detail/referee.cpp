// referee.cpp: the stopping rules behind one face.
#include "tune/detail/referee.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace atelier::detail {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

std::int64_t first_above(const std::vector<std::int64_t>& ascending, std::int64_t epoch) {
  const auto at = std::ranges::upper_bound(ascending, epoch);
  return at == ascending.end() ? kNever : *at;
}

std::int64_t look_after(const Hyperband& rule, std::int64_t epoch) {
  const std::int64_t band = first_above(bands(rule), epoch - 1);
  return band == kNever ? kNever : band + 1;
}

std::int64_t look_after(const Asha& rule, std::int64_t epoch) { return first_above(rungs(rule), epoch); }

std::int64_t look_after(const MedianRule& rule, std::int64_t epoch) { return std::max(epoch, rule.warmup_epochs) + 1; }

}  // namespace

Referee::Referee(const std::optional<StoppingRule>& rule, MetricWords words) : rule_(rule), words_(std::move(words)) {
  const Asha* asha = rule_ ? std::get_if<Asha>(&*rule_) : nullptr;
  grows_ = asha != nullptr && asha->max_epochs == 0;
}

void Referee::see(int epochs) {
  if (!grows_) return;
  auto& asha = std::get<Asha>(*rule_);
  asha.max_epochs = std::max<std::int64_t>(asha.max_epochs, epochs);
}

int Referee::next_look(int epoch, int epochs) const {
  if (!rule_) return epochs;
  const std::int64_t look = std::visit([&](const auto& rule) { return look_after(rule, epoch); }, *rule_);
  return static_cast<int>(std::min<std::int64_t>(look, epochs));
}

Verdict Referee::judge(std::span<const Curve> curves, std::size_t index) const {
  if (!rule_) return {.trial = curves[index].trial};
  return std::visit([&](const auto& rule) { return atelier::judge(rule, curves, index, words_); }, *rule_);
}

std::optional<std::uint64_t> Referee::promoted(std::span<const Curve> curves) const {
  const Asha* asha = rule_ ? std::get_if<Asha>(&*rule_) : nullptr;
  if (asha == nullptr) return std::nullopt;
  const auto verdict = promotion(*asha, curves, words_);
  return verdict ? std::optional(verdict->trial) : std::nullopt;
}

std::string Referee::standing(std::span<const Curve> curves, std::size_t index) const {
  const Asha* asha = rule_ ? std::get_if<Asha>(&*rule_) : nullptr;
  return asha == nullptr ? "" : atelier::standing(*asha, curves, index, words_);
}

}  // namespace atelier::detail
