// sweep_view.hpp: a sweep as it is watched: a live table on a terminal, one plain line a trial elsewhere, or JSON.
#pragma once
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "cli/console.hpp"
#include "experiment/sweep.hpp"
#include "figures/live_region.hpp"

namespace atelier::cli {

/// {"event":"trial", ...} and {"event":"epoch", ...}; docs/formats/events.md is their contract.
nlohmann::ordered_json trial_event(const TrialNews& news);
/// {"event":"end","sweep":..., ...}: the last line of a sweep.
nlohmann::ordered_json sweep_end_event(const SweepOutcome& outcome);

/// Shows what it is told. `news` may come from any thread.
class SweepView {
 public:
  SweepView(const Sweep& sweep, const SweepRequest& request, const SweepOutcome& before, bool json,
            const Console& console);

  void news(const TrialNews& news);
  /// Redraws when it is time.
  void tick();
  /// Leaves the screen as it is; what is written next begins below it.
  void end();
  /// Whether nobody reads the events any more.
  bool deaf() const { return deaf_; }
  /// What came out, on standard output.
  void result(const SweepOutcome& outcome, double seconds);

 private:
  struct Row {
    std::string run, name, reason;
    RunState state = RunState::queued;
    int epoch = 0, epochs = 0;
    std::optional<double> value = {};
  };
  std::vector<std::string> screen();
  std::string status(const Terminal& terminal) const;
  std::string plain_line(const TrialNews& news, const Row& row) const;
  std::vector<const Row*> ranked() const;

  const Console& console_;
  const bool json_;
  const Objective objective_;
  const std::uint64_t budget_;
  const bool confirms_;
  std::mutex mutex_;
  std::optional<LiveRegion> region_;
  std::map<std::uint64_t, Row> rows_;
  std::size_t ended_before_ = 0;
  std::string last_failure_;
  std::atomic<bool> deaf_ = false;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace atelier::cli
