// sweep_runner.hpp: the threads of one process that work at a sweep.
#pragma once
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "experiment/detail/held_trainings.hpp"
#include "experiment/detail/sweep_ledger.hpp"
#include "experiment/sweep.hpp"

namespace atelier::detail {

/// The claims of one process, and the threads that train them.
class SweepRunner {
 public:
  SweepRunner(Workspace& workspace, std::string sweep, SweepLedger ledger, std::shared_ptr<DataShelf> shelf,
              const WorkOptions& options, const SweepWatch& watch)
      : workspace_(workspace),
        sweep_(std::move(sweep)),
        options_(options),
        watch_(watch),
        shelf_(std::move(shelf)),
        ledger_(std::move(ledger)) {}

  /// Works until the sweep is over, or the work is to end; whether it is over.
  Result<bool> work();
  const std::string& ending() const { return ledger_.ending(); }

 private:
  void wait_for_workers(std::vector<std::jthread>& threads);
  void work_alone();
  std::optional<TrialJob> next_job();

  void train(const TrialJob& job);
  Result<Ending> train(const TrialJob& job, RunKeeper& keeper, std::optional<Training>& training);
  Result<Training> training_of(const TrialJob& job, Recipe recipe);
  Result<Ending> train_on(const TrialJob& job, Training& training, RunKeeper& keeper);
  Result<std::optional<Ending>> train_span(const TrialJob& job, int until, Training& training, RunKeeper& keeper);
  void run_program(const TrialJob& job);
  Result<Course> ask_study(const TrialJob& job, int epochs, const Metrics* news, int until);
  void conclude(const TrialJob& job, const Ending& ending, const Result<Acceptance>& verdict,
                std::optional<Training> training = {});

  void give_up(Error error);
  void deliver_news();

  Workspace& workspace_;
  const std::string sweep_;
  const WorkOptions options_;
  const SweepWatch& watch_;
  const std::shared_ptr<DataShelf> shelf_;

  std::mutex mutex_;  // guards the ledger and what follows
  std::condition_variable changed_;
  SweepLedger ledger_;
  HeldTrainings held_;
  std::optional<Error> error_;
  int alive_ = 0;
  std::atomic<bool> halt_ = false;  // time is up, somebody wants to stop, or something is broken
  std::mutex telling_;              // taken before the other one
};

}  // namespace atelier::detail
