// study.hpp: all decisions of a sweep, in virtual time.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "tune/sampler.hpp"
#include "tune/sweep_file.hpp"

namespace atelier {

namespace detail {
class StudyEngine;
}

/// What a trial costs, known before it runs and the same on every machine.
struct Effort {
  int epochs = 1;          ///< it would train, if nothing stops it
  double work = 1;         ///< of one epoch, above 0, in a unit of the caller's choice; only the ratios matter
  bool tells_end = false;  ///< its end is reported after the last epoch too, and awaited: it may still fail then
};

/// Everything that decides a sweep.
struct StudyPlan {
  Space space;
  std::string method = "bayes";               ///< as `sampler_for` takes it
  std::optional<StoppingRule> stopping = {};  ///< Asha::max_epochs 0: the most epochs of any trial so far
  std::uint64_t seed = 1;
  std::uint64_t budget = 0;                  ///< trials in all, enqueued ones included; 0: until the space is exhausted
  int parallel = 1;                          ///< virtual workers, 1 to 65,536
  double audit = 0.2;                        ///< share of an adaptive method's trials drawn at random, in [0, 1]
  std::optional<double> target = {};         ///< a loss that ends the sweep once a trial reaches it
  std::vector<Configuration> enqueued = {};  ///< known configurations, tried first
  std::vector<Observation> earlier = {};     ///< what another sweep has seen: known to the sampler, never run
  MetricWords words = {};                    ///< how reasons speak of losses
  bool async = false;  ///< decisions in the order of the reports: faster on uneven machines, not repeatable
};

/// Where a trial's configuration came from.
enum class Origin { sampler, audit, enqueued };
std::string_view name_of(Origin origin);
std::optional<Origin> origin_of(std::string_view name);

/// A trial as the study sees it.
struct Trial {
  using State = Curve::State;
  std::uint64_t number = 0;  ///< from 0
  Configuration configuration = {};
  Origin origin = Origin::sampler;
  bool audit = false;        ///< an audit draw fell on it: it was begun by one, or hit by a later trial's
  std::string sampler = {};  ///< who proposed it: "gp"; "random" for audit trials; empty for enqueued ones
  Effort effort = {};
  State state = State::running;
  int until = 0;                    ///< the epoch it may train to
  std::vector<double> losses = {};  ///< one an epoch, as far as the decisions have seen them; infinity for no number
  std::string reason = {};          ///< why it is paused, stopped, failed or ended early, in words and numbers
  double begun = 0, ended = 0;      ///< virtual time
};

/// What is to be done now.
struct Decision {
  enum class Kind {
    train,  ///< train the trial on to epoch `until`: a new one, or one that was held
    pause,  ///< it is held where it stands: another trial's result may let it go on
    stop,   ///< it ends here, for `reason`
    fail,   ///< it cannot be run at all, for `reason`
    audit,  ///< an audit draw fell on it: it counts among the audit trials from now on, and nothing else changes
  };
  Kind kind = Kind::train;
  std::uint64_t trial = 0;
  int until = 0;
  std::string reason = {};
  bool operator==(const Decision&) const = default;
};

/// A sweep in virtual time: `parallel` virtual workers train the trials, an epoch of a trial takes its work, and a
/// decision sees what has ended before it by that clock alone. So plan and results decide everything; who computed the
/// results, when, and how many at once, does not. A virtual worker keeps a trial for the whole of a span that it was
/// granted (to the next epoch that the stopping rule looks at, or the end), also if the trial ends within it.
///
/// Where no decision depends on a result (grid, random, sobol; no stopping rule, no target) the study runs ahead of the results: up to 16 + 4 `parallel` trials are decided whose end is unknown.
///
/// A configuration is never run twice, whoever proposed it. A finite space (of up to 2^20) is run to its end: where the
/// method names only what has been tried, what is left follows in an order of the seed's. What `earlier` has tried comes
/// last, when nothing else is left.
///
/// Audit trials are drawn whatever the history, what `earlier` has tried included. A draw that has been tried in this
/// study is not drawn again: the trial that ran it becomes an audit trial, and the place goes to the method.
///
/// Nothing is kept beside the plan and the reports: fed with the same reports, in any order, a new study makes the same
/// decisions. That is how a sweep is resumed, and how many processes work at one.
class Study {
 public:
  using EffortOf = std::function<Result<Effort>(const Configuration&)>;

  /// An error when the plan contradicts itself: an unknown method, a space that `check` refuses, numbers out of range,
  /// an enqueued configuration that the space does not contain. Method grid goes through `grid_of` the space. A
  /// configuration that `effort` refuses becomes a trial that has failed for the reason given; 100 of them in a row end a
  /// sweep that would have no other end, 1,000 end any that has run nothing yet.
  static Result<Study> create(StudyPlan plan, EffortOf effort);
  Study(Study&&) noexcept;
  Study& operator=(Study&&) noexcept;
  ~Study();

  /// A trial that was decided in an earlier life, to be told by number from 0 before the first `decide`. It spares the
  /// sampler's work. In an asynchronous study, where decisions are no function of the reports, it is also what was
  /// decided: the trial may train to `until`, and one with a reason was stopped.
  void recall(Configuration configuration, Origin origin, std::string sampler, int until, std::string stopped = {});

  /// The loss of a trial after an epoch, from 1; to be minimised. Not a number counts as the worst. Reports may come in
  /// any order, twice (the first counts), or beyond what was granted: what is not yet due waits, and what never is does
  /// not count.
  void report(std::uint64_t trial, int epoch, double loss);
  /// The trial has ended by itself after so many epochs, before those it would have had: early, by its own rule, or
  /// failed (diverged, crashed), with a reason. The losses of these epochs are still awaited. It counts from the first
  /// span on that goes further; a decision to train on needs nothing to be done then.
  void report_end(std::uint64_t trial, int epochs, bool failed, std::string reason = {});

  /// All that is decided by now and was not told before, in its order. Empty: reports are awaited, or all is over.
  std::vector<Decision> decide();

  /// Every trial so far, by number.
  std::span<const Trial> trials() const;
  /// The finished trial of the lowest last loss; where none has finished, of those stopped after the most epochs. The
  /// earlier of equals, and none whose loss is infinite.
  std::optional<std::uint64_t> best() const;
  /// No further trial will come and all are at their end.
  bool over() const;
  /// Why it is over: "the budget of 100 trials is spent", "the space is exhausted", "trial 17 reached the target 0.1".
  /// Empty before.
  const std::string& ending() const;

 private:
  explicit Study(std::unique_ptr<detail::StudyEngine> engine);
  std::unique_ptr<detail::StudyEngine> engine_;
};

}  // namespace atelier
