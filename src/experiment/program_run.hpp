// program_run.hpp: one run of another program: its epochs as it tells them, its log, and how it ended.
#pragma once
#include <chrono>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "experiment/program.hpp"
#include "track/run.hpp"

namespace atelier {

namespace detail {
class Process;
class Lines;
}  // namespace detail

/// A program that runs, writes event lines (docs/formats/events.md) to its standard output, and whatever else to its
/// log. It ends with the thread that started it, and with this process, however that ends. For one thread.
class ProgramRun {
 public:
  struct Plan {
    ProgramCall call;
    std::filesystem::path folder;               ///< it runs in
    std::filesystem::path log;                  ///< lines that are no events, and standard error: appended
    std::string metric = {};                    ///< an epoch is over with the line that has it; empty: with each
    std::vector<std::string> other_names = {};  ///< of the metric, where a line does not have its own
    std::chrono::milliseconds grace{10'000};    ///< to end by itself when it is asked to
    int lock = -1;                              ///< an open file that stays open until all it began has ended
  };
  /// An error when it cannot be started, or its log not be written.
  static Result<ProgramRun> start(const Plan& plan);
  ProgramRun(ProgramRun&&) noexcept;
  ~ProgramRun();

  /// The metrics of the next epoch; none when there is none within the patience, or no more at all. An error when the log
  /// cannot be written.
  Result<std::optional<Metrics>> epoch(std::chrono::milliseconds patience);
  bool over() const { return over_ && waiting_.empty(); }
  /// Asks it to end, and sees to it. Returns at once: go on until it is over.
  void stop();

  /// How it ended, once over: finished, failed or, where the metric's last value is no number, diverged; with a reason.
  Ending ending() const;
  /// What its last words, an `end` event, said.
  const Metrics& last_words() const { return last_words_; }

 private:
  struct Log;
  ProgramRun();
  void take(std::string_view line, bool whole);
  void keep_complaint(std::string_view line);
  std::optional<Metrics> completed(Metrics numbers);
  std::string how_it_ended() const;

  Plan plan_;
  std::unique_ptr<detail::Process> process_;
  std::unique_ptr<detail::Lines> out_, err_;
  std::unique_ptr<Log> log_;
  std::deque<Metrics> waiting_;  // epochs not yet asked for
  Metrics open_;                 // what lines without the metric said since
  Metrics last_words_;
  std::deque<std::string> complaints_;  // the last lines of standard error
  std::set<std::string> seen_;          // names in event lines
  std::size_t epochs_ = 0;
  double last_ = 0;  // value of the metric
  bool over_ = false;
};

}  // namespace atelier
