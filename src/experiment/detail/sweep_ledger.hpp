// sweep_ledger.hpp: what the store says of the trials of a sweep, and what the study wants of them.
#pragma once
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "experiment/detail/data_shelf.hpp"
#include "experiment/detail/trial_plan.hpp"
#include "experiment/run_ending.hpp"
#include "experiment/sweep.hpp"
#include "track/store.hpp"

namespace atelier::detail {

/// A trial that a worker of this process has claimed.
struct TrialJob {
  std::uint64_t number = 0;
  Ticket ticket = {};
  int until = 0;  ///< the epoch to train to
  Configuration configuration = {};
};

/// What becomes of a trial at the end of a span: it goes on to `until`, or ends.
struct Course {
  int until = 0;
  std::optional<Ending> ending = {};
};

/// The trials of one sweep, as one process knows them. The study decides; the ledger brings the records to what was
/// decided and tells the study what the records say, whoever wrote them. Every process of a sweep keeps one, and all
/// come to the same: what another has done already is left as it is. For one thread at a time.
class SweepLedger {
 public:
  SweepLedger(Store& store, std::string sweep, SweepRequest request, std::shared_ptr<DataShelf> shelf, Study study);

  /// Takes in what the store has of the sweep, once, before all else. False: `stop` was raised before the end.
  Result<bool> recall(const std::atomic<bool>* stop);
  /// Looks at the store when it is time to, asks the study, and writes down what it decided.
  Result<void> catch_up();
  /// A queued trial that is ours from now on; none when there is none.
  Result<std::optional<TrialJob>> claim();
  /// A claimed trial begins again from its first epoch.
  void begin_anew(std::uint64_t trial) { entry_of(trial).losses.clear(); }
  /// A claimed trial has finished its next epoch. One that is known already is passed over.
  void report(std::uint64_t trial, int epoch, const Metrics& metrics);
  /// What the study wants of a claimed trial with so many epochs behind it.
  Course course_of(std::uint64_t trial, int epochs) const;
  /// The store has taken the ending of a claimed trial, or refused it: then somebody else has the trial.
  Result<void> end(std::uint64_t trial, const Ending& ending, Acceptance verdict);

  /// Adds to the news: how a trial stands.
  void tell(std::uint64_t trial, TrialNews::Kind kind, std::optional<EpochReport> report = {}, Metrics metrics = {});
  /// The news since it was asked last, in their order.
  std::vector<TrialNews> take_news() { return std::exchange(news_, {}); }

  const SweepSetup& setup() const { return request_.setup; }
  int epochs_known(std::uint64_t trial) const { return static_cast<int>(entries_.at(trial).losses.size()); }
  bool ended(std::uint64_t trial) const { return has_ended(entries_.at(trial).state); }
  /// Nothing more will be decided, and every record is at its end.
  bool over() const;
  /// A person has paused or stopped the sweep.
  bool called_off() const { return called_off_; }
  const std::string& ending() const { return study_.ending(); }

 private:
  /// A trial's record, as far as it is known here.
  struct Entry {
    std::string run = {}, name = {}, reason = {};
    RunState state = RunState::queued;
    int attempt = 0;
    TrialPlan plan = {};
    std::vector<double> losses = {};
    bool ours = false;   // a worker of this process has it: it knows better than the store
    bool stale = false;  // somebody else has done something with it
  };

  Entry& entry_of(std::uint64_t trial);
  bool known(std::uint64_t trial) const { return trial < study_.trials().size(); }
  bool goes_on(const Trial& decided, int epochs) const;
  std::string of_sweep() const;
  std::string open_trials() const;
  Result<void> look_around(const std::atomic<bool>* stop);
  Result<void> renew_deleted(std::span<const std::vector<Cell>> rows);
  Result<void> heed_state();
  std::vector<std::uint64_t> hopeless() const;
  Result<void> check_hope() const;
  Result<void> read(std::uint64_t trial, const std::string& run);
  void expect_data_of(std::uint64_t trial, const Run& run);
  Result<void> read_history(std::uint64_t trial);
  bool strays(std::uint64_t trial) const;
  Result<void> renew();
  Result<void> decide();
  Result<void> settle(std::uint64_t trial);
  void report_end(std::uint64_t trial);
  Result<void> reconcile(std::uint64_t trial, std::vector<NewTrial>& fresh);
  Result<void> add(const std::vector<NewTrial>& fresh);
  Result<void> tag(const std::vector<std::uint64_t>& audited);
  NewTrial new_trial(const Trial& trial);
  bool is_gone(const Entry& entry);
  Result<void> requeue(Entry& entry);
  Result<void> close(std::uint64_t trial, RunState state, const std::string& reason);

  Store& store_;
  const std::string sweep_;
  const SweepRequest request_;
  const std::shared_ptr<DataShelf> shelf_;
  Study study_;
  std::vector<Entry> entries_;
  std::vector<std::uint64_t> changed_;  // by others, not yet reconciled
  std::size_t failed_before_ = 0;       // when this process began
  bool strayed_ = false, recalled_ = false, called_off_ = false;
  std::chrono::steady_clock::time_point next_look_ = {};
  std::vector<TrialNews> news_;
};

}  // namespace atelier::detail
