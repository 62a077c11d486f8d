// stopping.hpp: which trials end early, as pure functions of what the trials have shown so far.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atelier {

/// What one trial has reported: one value an epoch, to be minimised (a metric to be maximised comes negated). A value that
/// is no number comes as infinity.
struct Curve {
  enum class State { running, paused, finished, stopped, failed };
  std::uint64_t trial = 0;
  State state = State::running;
  std::vector<double> losses = {};
};

/// How reasons speak of the values that rules compare: by the metric's name, and by its own value.
struct MetricWords {
  std::string metric = "loss";
  bool negated = false;  ///< the metric is maximised

  /// The metric's own value of such a loss.
  double value(double loss) const { return negated ? -loss : loss; }
  /// "0.8962": of an accuracy four decimals, of anything else six digits.
  std::string number(double loss) const;
  /// "val_accuracy 0.8962".
  std::string text(double loss) const;
  /// "best val_accuracy 0.8962", of the lowest loss so far.
  std::string best_text(double loss) const;
  /// Where the metric's own value lies when a loss is above another.
  std::string_view worse() const { return negated ? "below" : "above"; }
};

/// What a rule says of one trial, with its reason in words and numbers.
struct Verdict {
  enum class Kind { proceed, stop, pause, promote };
  Kind kind = Kind::proceed;
  std::uint64_t trial = 0;
  std::string reason = {};  ///< of all but proceed
};

/// W&B's hyperband: bands at min_iter eta^k, or at max_iter / eta^i for i = 1 ... s. `strict`: the value at the band
/// decides; otherwise the best value so far. Departure: a report that is no number is the worst; W&B leaves it out.
struct Hyperband {
  std::optional<std::int64_t> min_iter = {}, max_iter = {};
  double s = 0;
  double eta = 3;
  bool strict = true;
};
/// The bands, ascending: the number of reports a trial must have behind it before the band's own.
std::vector<std::int64_t> bands(const Hyperband& rule);
/// Whether W&B would stop the trial curves[index] now. Only running trials are stopped.
Verdict judge(const Hyperband& rule, std::span<const Curve> curves, std::size_t index, const MetricWords& words = {});

/// Asynchronous successive halving with promotion (Li et al. 2020, arXiv:1810.05934, Algorithm 2): a trial pauses at
/// each rung min_epochs eta^k below max_epochs and goes on when it is among the best 1/eta of all that have reached the
/// rung; from the last rung, to its own last epoch, be that beyond max_epochs.
struct Asha {
  std::int64_t min_epochs = 1, max_epochs = 1;
  double eta = 3;
};
/// The epochs at which trials pause, ascending; max_epochs is none of them.
std::vector<std::int64_t> rungs(const Asha& rule);
/// Whether the running trial curves[index] stands at a rung that it must pause at.
Verdict judge(const Asha& rule, std::span<const Curve> curves, std::size_t index, const MetricWords& words = {});
/// The paused trial that should go on now, the highest rung first, the best of it first; absent when none has earned it.
std::optional<Verdict> promotion(const Asha& rule, std::span<const Curve> curves, const MetricWords& words = {});
/// Why a paused trial stays where it is; asked when a sweep ends, it is the reason of its stop.
std::string standing(const Asha& rule, std::span<const Curve> curves, std::size_t index, const MetricWords& words = {});

/// The median rule (Golovin et al. 2017, section 3.2.2, in Optuna's form): stops a trial whose best value so far is worse
/// than the median of what finished trials reported at the same epoch.
struct MedianRule {
  std::int64_t startup_trials = 5;  ///< finished trials before it judges
  std::int64_t warmup_epochs = 0;   ///< epochs in which no trial is judged
};
Verdict judge(const MedianRule& rule, std::span<const Curve> curves, std::size_t index, const MetricWords& words = {});

}  // namespace atelier
