// trial_plan_test.cpp: what a sweep decided about a trial, written and read.
#include <gtest/gtest.h>

#include "experiment/detail/trial_plan.hpp"

namespace atelier {
namespace {

TEST(TrialPlans, AreReadAsTheyWereWritten) {
  const detail::TrialPlan plan{{{"lr", 0.1}, {"n", std::int64_t{3}}}, Origin::audit, "random", 4, 2};
  atelier::Run run{.id = "s-1"};
  run.plan = detail::text_of(plan);
  const auto again = detail::plan_of(run);
  ASSERT_TRUE(again) << again.error().summary;
  EXPECT_EQ(again->configuration, plan.configuration);
  EXPECT_EQ(again->origin, plan.origin);
  EXPECT_EQ(again->sampler, "random");
  EXPECT_EQ(again->until, 4);
  EXPECT_EQ(again->retried, 2);
  for (const char* damaged : {"", "{", "[]", "{}", R"({"configuration": {}, "until": "far"})"}) {
    run.plan = damaged;
    EXPECT_FALSE(detail::plan_of(run)) << damaged;
  }
}

}  // namespace
}  // namespace atelier
