// reproduce_sweep.hpp: the sweep of Questions 4, 5 and 7.
#pragma once
#include <algorithm>
#include <string>

#include "experiment/reproduce.hpp"

namespace atelier {

/// The whole as one bar: each training's epochs, weighed alike.
class ReproduceProgress {
 public:
  ReproduceProgress(const ReproduceWatch& watch, double total) : watch_(watch), total_(total) {}
  void stage(std::string what) {
    what_ = std::move(what);
    add(0);
  }
  void add(double epochs) {
    done_ += epochs;
    if (watch_.progress) watch_.progress(what_, std::min(1.0, done_ / total_));
  }
  bool stopped() const { return watch_.stop && watch_.stop->load(); }
  const std::atomic<bool>* stop() const { return watch_.stop; }

 private:
  const ReproduceWatch& watch_;
  double total_, done_ = 0;
  std::string what_;
};

/// Searches the assignment's space in the workspace `runs` of the folder. A sweep of the same making that was interrupted
/// there is gone on with; any other is replaced. `weight`: what one trial counts for the progress.
Result<SweepAnswer> answer_sweep(const ReproduceOptions& options, const Recipe& base, int trials, double weight,
                                 ReproduceProgress& progress);

}  // namespace atelier
