// store.hpp: where runs and sweeps are kept.
#pragma once
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/function_ref.hpp"
#include "track/buckets.hpp"
#include "track/clock.hpp"
#include "track/run.hpp"

namespace atelier {

/// The memory of a workspace. Everything that returns well is on the disk, whole; everything that fails has changed
/// nothing. Any number of threads and processes may use one workspace at once.
class Store {
 public:
  virtual ~Store() = default;

  /// Writes down a new run, state running, attempt 1. An id that is taken is an Error.
  virtual Result<Claim> begin_run(const NewRun& run, const std::string& worker) = 0;
  /// Goes on with a run that nobody works at (ended, paused, or its worker is gone), as its next attempt.
  virtual Result<Claim> take_over(const std::string& run, const std::string& worker) = 0;
  /// Forgets what came after an epoch and a step, as the checkpoint that is gone on from does.
  virtual Result<Acceptance> rewind(const Ticket& ticket, int epoch, std::int64_t step) = 0;
  /// Adds news of several runs in one transaction and renews their leases; a verdict each, in order. News that came
  /// before replace themselves: sending twice is sending once.
  virtual Result<std::vector<Acceptance>> record(std::span<const Progress> news) = 0;
  /// Ends an attempt. Refused when another has taken the run over, or when it has ended already.
  virtual Result<Acceptance> end(const Ticket& ticket, const Ending& ending) = 0;
  /// Writes down a file of the run, or replaces the one of that name.
  virtual Result<Acceptance> add_artifact(const Ticket& ticket, const Artifact& artifact) = 0;
  /// Does what only the present attempt of a run may do, while nobody can take the run over. Refused, it is not done; its
  /// own Error comes back.
  virtual Result<Acceptance> while_ours(const Ticket& ticket, FunctionRef<Result<void>()> deed) = 0;
  virtual Result<void> annotate(const std::string& run, const Notes& notes) = 0;

  virtual Result<Run> run(const std::string& id) = 0;
  virtual Result<std::vector<Run>> runs(const RunQuery& query) = 0;
  /// Only these values of the runs, a row each: fields, `config.x`, `summary.x`, or just `x`. None: the id.
  virtual Result<std::vector<std::vector<Cell>>> table(const RunQuery& query, std::span<const std::string> columns) = 0;
  /// How many runs a filter meets.
  virtual Result<std::int64_t> count(const std::string& where) = 0;
  /// Every name that `where`, `sort` and `columns` know, sorted.
  virtual Result<std::vector<std::string>> columns() = 0;
  /// The epochs above `after`.
  virtual Result<std::vector<EpochRow>> history(const std::string& run, int after = 0) = 0;
  virtual Result<std::vector<Series>> series(const std::string& run, const std::string& stream) = 0;
  /// A stream of a run in few points, made within the store; no names, no points.
  virtual Result<Bucketed> buckets(const std::string& run, const BucketQuery& query) = 0;
  /// What a watcher compares from moment to moment.
  virtual Result<Pulse> pulse() = 0;
  virtual Result<std::vector<Artifact>> artifacts(const std::string& run) = 0;
  /// Deletes runs with their files, and gives the space back. Running ones are left alone and named.
  virtual Result<Removal> remove(std::span<const std::string> runs, bool dry_run) = 0;

  virtual Result<Sweep> create_sweep(const NewSweep& sweep) = 0;
  virtual Result<Sweep> sweep(const std::string& id) = 0;
  virtual Result<std::vector<Sweep>> sweeps() = 0;
  virtual Result<void> update_sweep(const std::string& id, const SweepChange& change) = 0;
  /// Forgets a sweep whose trials are deleted; one that still has some is an Error.
  virtual Result<void> remove_sweep(const std::string& id) = 0;
  /// Queues trials; numbers that the sweep has already stay as they are, so that several agents may add the same ones.
  /// Returns how many were new.
  virtual Result<int> add_trials(const std::string& sweep, std::span<const NewTrial> trials) = 0;
  /// Takes the queued trial of the lowest number; none when the queue is empty.
  virtual Result<std::optional<Claim>> claim(const std::string& sweep, const std::string& worker) = 0;
  /// Queues a trial again that is paused, failed, diverged or killed, with a new plan. Refused in any other state.
  virtual Result<Acceptance> requeue(const std::string& run, const JsonText& plan) = 0;
  /// Ends a trial that nobody works at, paused or queued; its last attempt keeps its times. Refused in any other state.
  virtual Result<Acceptance> close(const std::string& run, const Ending& ending) = 0;
  /// Finds running runs whose worker is gone: a trial is queued again (failed, the tenth time without an
  /// epoch between), any other run is killed. Returns their ids.
  virtual Result<std::vector<std::string>> reap() = 0;

  /// What is wrong inside; empty when all is well. Reads everything.
  virtual Result<std::vector<std::string>> check() = 0;
};

struct StoreOptions {
  bool read_only = false;  ///< nothing is created, migrated or written
  int lease_ms = 60'000;   ///< a running run that is silent for so long is lost
  int busy_ms = 30'000;    ///< how long to wait for another writer
  std::shared_ptr<const Clock> clock = system_clock();
};

/// Opens the SQLite store of a workspace folder, both created if need be. Read-only, a folder without a store is an
/// Error of kind Trouble::file.
Result<std::unique_ptr<Store>> open_store(const std::filesystem::path& folder, const StoreOptions& options = {});

}  // namespace atelier
