// trial_plan.hpp: what a sweep has decided about a trial, as its record keeps it.
#pragma once
#include <string>

#include "track/run.hpp"
#include "tune/study.hpp"

namespace atelier::detail {

struct TrialPlan {
  Configuration configuration = {};
  Origin origin = Origin::sampler;
  std::string sampler = {};
  int until = 0;    ///< the epoch it may train to
  int retried = 0;  ///< how often it has failed and was queued again
};

JsonText text_of(const TrialPlan& plan);
/// The tag of trials that an audit draw fell on: findings may rest on them.
inline constexpr std::string_view kAuditTag = "audit";

/// An error when the record is damaged.
Result<TrialPlan> plan_of(const Run& trial);

}  // namespace atelier::detail
