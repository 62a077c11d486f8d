// proposals.hpp: where the configurations of a study come from.
#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "tune/detail/odometer.hpp"
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
  /// Trial `number` runs the configuration, and it is not proposed again. Returns the trial before that the audit draw of
  /// this number fell on, if it fell on one.
  std::optional<std::uint64_t> take(std::uint64_t number, const Configuration& configuration);

 private:
  bool is_audit(std::uint64_t number) const;
  Configuration audit_draw(std::uint64_t number) const;
  std::expected<Configuration, std::string> next_of_grid();
  std::expected<Configuration, std::string> next_of(const Sampler& by, std::uint64_t number,
                                                    std::span<const Observation> history);
  std::optional<Configuration> next_left();
  void list_all();
  bool known(const Configuration& configuration) const;
  bool own(const Configuration& configuration) const { return own_.contains(fingerprint(configuration)); }

  const StudyPlan& plan_;
  std::vector<Configuration> enqueued_;       // each once
  Space points_;                              // of a method that goes through a grid
  std::optional<Odometer> grid_, late_grid_;  // over them; late: over what an earlier sweep has tried
  bool finite_ = false;                       // and small enough to be listed
  std::vector<std::size_t> order_;            // see dependency_order
  std::vector<std::uint32_t> listed_;         // of a finite space [configurations, parameters]: levels, shuffled
  std::size_t place_ = 0, late_place_ = 0;    // in it; all before is taken
  bool blind_ = false;
  double audit_ = 0, offset_ = 0;
  std::unordered_map<std::string, std::uint64_t> own_;  // which trial runs it
  std::unordered_set<std::string> earlier_;
};

}  // namespace atelier::detail
