// proposals.hpp: where the configurations of a study come from.
#pragma once
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

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

  /// Whether proposals depend on no loss.
  bool blind() const { return blind_; }
  /// The configuration of trial `number`. `history`: the plan's earlier observations, then one of every trial before. When
  /// there is nothing more to try, the words that a sweep ends with.
  std::expected<Proposal, std::string> next(std::uint64_t number, std::span<const Observation> history) const;
  /// The configuration is run, and not proposed again.
  void take(const Configuration& configuration) { own_.insert(fingerprint(configuration)); }

 private:
  bool is_audit(std::uint64_t index) const;

  const StudyPlan& plan_;
  std::vector<Configuration> enqueued_;  // each once
  Space listed_;                         // of an enumerated space, every dimension as the list of its values
  bool enumerated_ = false, blind_ = false;
  double audit_ = 0, offset_ = 0;
  std::unordered_set<std::string> own_, earlier_;
};

}  // namespace atelier::detail
