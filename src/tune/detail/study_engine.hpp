// study_engine.hpp: the state machine behind a Study.
#pragma once
#include <deque>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tune/detail/proposals.hpp"
#include "tune/detail/referee.hpp"
#include "tune/detail/reports.hpp"
#include "tune/study.hpp"

namespace atelier::detail {

/// Virtual workers, their clock, and what is decided on it. Its state follows from the plan and the reports.
class StudyEngine {
 public:
  /// `plan` is sound.
  StudyEngine(StudyPlan plan, Study::EffortOf effort);
  StudyEngine(const StudyEngine&) = delete;
  StudyEngine& operator=(const StudyEngine&) = delete;

  void recall(Proposal proposal, int until, std::string stopped);
  void report(std::uint64_t trial, int epoch, double loss);
  void report_end(std::uint64_t trial, Reports::End end);
  std::vector<Decision> decide();

  const std::vector<Trial>& trials() const { return trials_; }
  bool over() const { return over_; }
  const std::string& ending() const { return ending_; }

 private:
  /// A trial of an earlier life.
  struct Memo {
    Proposal proposal;
    int until;
    std::string stopped;
  };

  void adopt();
  void settle();
  void fill();
  bool promote();
  bool begin();
  bool create(Proposal proposal);
  void grant(std::uint64_t number, int until);
  bool advance();
  void end_span(std::uint64_t number, double time);
  std::optional<std::uint64_t> next_arrived();
  void conclude(std::uint64_t number);
  std::optional<double> on_target(std::span<const double> losses) const;
  void reach_target(std::uint64_t number, double loss);
  void close();

  std::optional<Reports::Span> span_of(const Trial& trial) const;
  bool ready(std::uint64_t number) const;
  void note_arrival(std::uint64_t number);
  void hear(std::uint64_t number, std::span<const double> losses);
  void set(std::uint64_t number, Trial::State state, std::string reason = {});
  void end(std::uint64_t number, Decision::Kind kind, std::string reason);

  StudyPlan plan_;
  Study::EffortOf effort_;
  Proposals proposals_;
  Referee referee_;
  Reports reports_;
  std::vector<Memo> memos_;

  std::vector<Trial> trials_;
  std::vector<Curve> curves_;              // the trials as stopping rules see them
  std::vector<Observation> observations_;  // what came earlier, and the trials as samplers see them
  std::vector<Decision> told_;

  double now_ = 0;
  int busy_ = 0;                                       // virtual workers
  std::set<std::pair<double, std::uint64_t>> events_;  // when which trial's span ends
  std::deque<std::uint64_t> arrived_;                  // asynchronous or ahead: whose span is reported, in that order
  bool ahead_ = false;                                 // of the results, which change nothing
  int open_ = 0;                                       // running ahead: trials whose end is not reported
  int refused_ = 0;                                    // configurations in a row that cannot be run
  bool endless_ = false, adopted_ = false, over_ = false;
  std::string why_, ending_;  // no further trial comes; all is over
};

}  // namespace atelier::detail
