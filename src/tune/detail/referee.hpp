// referee.hpp: a study's early stopping rule: at which epochs it looks, and what it says.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "tune/sweep_file.hpp"

namespace atelier::detail {

/// Any of the rules, or none: then trials are looked at when they end.
class Referee {
 public:
  Referee(const std::optional<StoppingRule>& rule, MetricWords words);

  /// A trial of so many epochs has begun: the last rung of an Asha without max_epochs lies below the longest of them.
  void see(int epochs);

  /// The first epoch after `epoch` that the rule looks at, of a trial of `epochs` epochs; these at the latest. Under
  /// Hyperband it is one past a band, where W&B's rule first sees it.
  int next_look(int epoch, int epochs) const;
  /// What becomes of the running trial curves[index] at an epoch that the rule looks at.
  Verdict judge(std::span<const Curve> curves, std::size_t index) const;
  /// The paused trial that goes on now, if one has earned it.
  std::optional<std::uint64_t> promoted(std::span<const Curve> curves) const;
  /// Why the paused trial curves[index] did not go on.
  std::string standing(std::span<const Curve> curves, std::size_t index) const;

 private:
  std::optional<StoppingRule> rule_;
  MetricWords words_;
  bool grows_ = false;  // with the trials' epochs
};

}  // namespace atelier::detail
