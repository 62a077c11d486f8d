// proposals.hpp: where the configurations of a study come from.
#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "tune/detail/grid_points.hpp"
#include "tune/study.hpp"

namespace atelier::detail {

/// What a trial is to try, and who says so.
struct Proposal {
  Configuration configuration;
  Origin origin = Origin::sampler;
  std::string sampler = {};
};

/// Enqueued configurations first, then audit trials and the method's own, none of them twice. Which trials are audit
/// trials depends on the seed and their number alone.
class Proposals {
 public:
  /// `plan` is sound, and outlives this.
  explicit Proposals(const StudyPlan& plan);
  Proposals(const Proposals&) = delete;
  Proposals& operator=(const Proposals&) = delete;

  /// Whether proposals depend on no loss.
  bool blind() const { return blind_; }
  /// The configuration of trial `number`. `history`: the plan's earlier observations, then one of every trial before. When
  /// there is nothing more to try, the words that a sweep ends with.
  std::expected<Proposal, std::string> next(std::uint64_t number, std::span<const Observation> history);
  /// The configuration is run, and not proposed again.
  void take(const Configuration& configuration) { own_.insert(fingerprint(configuration)); }

 private:
  bool is_audit(std::uint64_t index) const;
  std::expected<Configuration, std::string> next_of_grid();

  const StudyPlan& plan_;
  std::vector<Configuration> enqueued_;  // each once
  Space listed_;                         // of an enumerated space, every dimension as the list of its values
  std::optional<GridPoints> grid_;       // of a method that goes through one, and of an enumerated space
  std::uint64_t place_ = 0;              // all before it is taken, by this sweep or an earlier one
  std::uint64_t late_place_ = 0;         // all before it is taken by this sweep
  bool blind_ = false;
  double audit_ = 0, offset_ = 0;
  std::unordered_set<std::string> own_, earlier_;
};

}  // namespace atelier::detail
