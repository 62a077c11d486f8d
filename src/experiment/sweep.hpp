// sweep.hpp: a search over trainings, in a workspace.
#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "experiment/sweep_setup.hpp"
#include "experiment/workspace.hpp"
#include "tune/study.hpp"

namespace atelier {

/// What a sweep confirms: the best trials of another one, trained again with fresh seeds.
struct Confirms {
  struct Winner {
    std::uint64_t trial = 0;  ///< in the other sweep
    std::string run, name;
    double first = 0;  ///< the metric's value that the other sweep saw
    Configuration configuration = {};
  };
  std::string sweep;
  std::vector<Winner> winners;       ///< best first
  std::string seed;                  ///< the parameter that is the seed here
  std::vector<std::uint64_t> seeds;  ///< the same for each of them
};

/// A sweep that is asked for: all that decides it.
struct SweepRequest {
  SweepSetup setup;
  std::string source;        ///< the text of the sweep file
  std::uint64_t seed = 1;    ///< of the search; the trainings' own is the recipe's
  std::uint64_t budget = 0;  ///< trials in all; 0: open
  int parallel = 1;          ///< virtual workers
  double audit = 0.2;
  bool async = false;
  int retries = 0;                           ///< how often a failed trial (not a diverged one) is tried again
  std::vector<Configuration> enqueued = {};  ///< tried first
  std::vector<Observation> earlier = {};     ///< of an earlier sweep
  std::optional<Confirms> confirms = {};     ///< absent of a search
};

/// Writes the sweep down; `id` empty: the store finds a short one. One that `needs_async` is asynchronous.
Result<Sweep> create_sweep(Store& store, const SweepRequest& request, const std::string& id = {});
/// The request that a sweep was made from. An error when its text is damaged.
Result<SweepRequest> request_of(const Sweep& sweep);
/// What may still change of a sweep that has begun; absent: as it is.
struct SweepExtension {
  std::optional<std::uint64_t> budget = {};
  std::optional<int> retries = {};
};
/// Writes that down. An error where another budget would have made other decisions from the beginning.
Result<Sweep> extend_sweep(Store& store, const Sweep& sweep, const SweepExtension& extension);
/// How many trials of a sweep that was over have been deleted since: going on with it would train them again.
std::uint64_t deleted_trials(const Sweep& sweep);
/// What the trials of a sweep have shown, for another sweep to start from.
Result<std::vector<Observation>> observations_of(Store& store, const Sweep& sweep);
/// The sweep of that id, or its beginning; "last": the one made last.
Result<Sweep> find_sweep(Store& store, const std::string& id);

/// What a person wants of a sweep: paused and stopped end the work of all processes at it, as Ctrl-C does; paused, it
/// waits for `running` or for whoever resumes it. An error for a state that only the work itself can reach.
Result<void> set_sweep_state(Store& store, const std::string& id, SweepState state);
/// Whether a person has paused it, rather than all processes left it.
bool is_held(const Sweep& sweep);

/// One thing that happened in a sweep.
struct TrialNews {
  enum class Kind {
    begun,
    epoch,
    seen,  ///< another process has trained on
    held,
    ended,
  };
  Kind kind = Kind::begun;
  std::uint64_t number = 0;
  std::string run, name;
  int epoch = 0, epochs = 0;           ///< finished, and planned in all; 0: not known
  std::optional<double> value = {};    ///< of the sweep's metric, after the last epoch
  RunState state = RunState::running;  ///< with `ended`: how
  std::string reason = {};
  std::optional<EpochReport> report = {};  ///< with `epoch`, of a training
  Metrics metrics = {};                    ///< with `epoch`, of a program
};

struct SweepWatch {
  std::function<void(const TrialNews&)> news = {};  ///< from any thread, one call at a time
  std::function<void()> tick = {};                  ///< some ten times a second, on the calling thread
  const std::atomic<bool>* stop = nullptr;          ///< set: finish the step, save, return
};

struct WorkOptions {
  int workers = 0;                     ///< threads, each trains one trial; 0: a thread a core
  std::optional<double> seconds = {};  ///< time after which no more is done; the sweep can be resumed
  std::string data = {};               ///< where the same data lie by now; empty: where they lay
};

/// One trial as it stands.
struct TrialLine {
  std::uint64_t number = 0;
  std::string run, name, reason, origin;
  RunState state = RunState::queued;
  int epochs = 0;
  std::optional<double> value = {};  ///< of the metric, after the last epoch
  Configuration configuration = {};
};

struct SweepOutcome {
  std::string id, ending;  ///< why it is over; empty when it can go on
  bool over = false;
  Objective objective;
  std::vector<TrialLine> trials = {};    ///< by number
  std::optional<std::size_t> best = {};  ///< position in `trials`
  double seconds = 0;
};

/// Works at a sweep until it is over, time is up or a stop is asked for: decides, trains, records. Any number of
/// processes may work at one sweep of a workspace; what comes out does not depend on their number, nor on how often they
/// were killed. A trial that fails is recorded so and ends nothing; an error is what stops the work itself (a full
/// disk; the first three trials that failed with nothing to show), and everything recorded stays.
Result<SweepOutcome> work_at(Workspace& workspace, const Sweep& sweep, const WorkOptions& options,
                             const SweepWatch& watch);

/// The sweep as it stands.
Result<SweepOutcome> outcome_of(Store& store, const Sweep& sweep);

/// Positions of the trials that have a value, best first: finished before stopped, then the longer trained of those
/// stopped, then by value, then the earlier. Diverged and failed ones are none of them.
std::vector<std::size_t> ranked(const SweepOutcome& outcome);
/// Whether a trial was trained to the end that its own settings give it, `patience` among them.
bool is_whole(const TrialLine& trial);

}  // namespace atelier
