// study_trials_test.cpp: which trials a study runs: the budget, duplicates, enumeration, audit, what came before.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tune/detail/grid_points.hpp"
#include "tune/detail/testing.hpp"

namespace atelier {
namespace {

using namespace testing_tune;
using State = Trial::State;

std::vector<std::uint64_t> audits(const Study& study) {
  std::vector<std::uint64_t> found;
  for (const Trial& trial : study.trials())
    if (trial.origin == Origin::audit) found.push_back(trial.number);
  return found;
}

TEST(StudyTrials, AGridIsRunOnceEachInItsOrder) {
  for (const std::uint64_t budget : {std::uint64_t{0}, std::uint64_t{100}}) {
    Study study = study_of({.space = dozen(), .method = "grid", .budget = budget, .parallel = 4});
    work_through(study, kCalm);
    std::string order;
    for (const Trial& trial : study.trials())
      order += to_text(trial.configuration.at("a")) + to_text(trial.configuration.at("b")) + " ";
    EXPECT_EQ(order, "1x 1y 1z 1w 2x 2y 2z 2w 3x 3y 3z 3w ");
    EXPECT_EQ(study.ending(), "the space is exhausted");
  }
}

TEST(StudyTrials, ASpaceNoLargerThanTheBudgetIsEnumerated) {
  Space space = dozen();
  space.parameters.push_back({"q", Numeric{.low = 0.1, .high = 0.3, .step = 0.1}});
  for (const char* method : {"bayes", "tpe", "random", "sobol"}) {
    Study study = study_of({.space = space, .method = method, .budget = 36});
    EXPECT_GT(study.decide().size(), 1u) << "no result matters";
    work_through(study, kCalm);
    Study all = study_of({.space = space, .method = method, .budget = 36});
    work_through(all, kCalm);
    ASSERT_EQ(all.trials().size(), 36u) << method;
    EXPECT_EQ(distinct(all.trials()), 36u);
    EXPECT_EQ(to_text(all.trials()[2].configuration.at("q")), "0.30000000000000004") << "the upper end belongs to it";
    for (const Trial& trial : all.trials()) {
      EXPECT_TRUE(contains(space, trial.configuration));
      EXPECT_EQ(trial.sampler, "grid");
      EXPECT_EQ(trial.origin, Origin::sampler);
    }
  }
  Study larger = study_of({.space = space, .method = "random", .budget = 35});
  EXPECT_EQ(larger.decide().size(), 20u);
  EXPECT_EQ(larger.trials()[0].sampler, "random");
}

TEST(StudyTrials, NothingIsRunTwice) {
  const Configuration known = {{"a", std::int64_t{2}}, {"b", std::string("z")}};
  const Configuration same = {{"a", 2.0}, {"b", std::string("z")}};
  for (const char* method : {"random", "sobol", "tpe", "gp", "grid"}) {
    Study study = study_of(
        {.space = dozen(), .method = method, .seed = 3, .parallel = 3, .audit = 0.5, .enqueued = {known, same}});
    work_through(study, {});
    EXPECT_EQ(study.trials().size(), 12u) << method;
    EXPECT_EQ(distinct(study.trials()), 12u) << method;
    EXPECT_EQ(study.trials()[0].origin, Origin::enqueued);
    EXPECT_NE(study.trials()[1].origin, Origin::enqueued);
    EXPECT_EQ(study.ending(), "the space is exhausted");
  }
}

TEST(StudyTrials, TheBudgetCountsEveryTrial) {
  const Configuration known = {{"a", std::int64_t{2}}, {"b", std::string("z")}};
  Study study = study_of({.space = dozen(), .method = "random", .budget = 7, .parallel = 3, .enqueued = {known}});
  work_through(study, {});
  EXPECT_EQ(study.trials().size(), 7u);
  EXPECT_EQ(study.ending(), "the budget of 7 trials is spent");
  Study single = study_of({.space = dozen(), .method = "random", .budget = 1});
  work_through(single, {});
  EXPECT_EQ(single.ending(), "the budget of 1 trial is spent");
}

TEST(StudyTrials, AuditTrialsAreAFixedShareAtFixedPlaces) {
  for (const double share : {0.0, 0.2, 0.35, 1.0}) {
    StudyPlan plan{.space = course(), .method = "tpe", .seed = 5, .budget = 60, .parallel = 2, .audit = share};
    Study calm = study_of(plan), wild = study_of(plan);
    work_through(calm, kCalm);
    work_through(wild, {});
    const auto places = audits(calm);
    EXPECT_EQ(places, audits(wild)) << "whatever the results";
    EXPECT_LE(std::abs(static_cast<double>(places.size()) - 60 * share), 1) << share;
    for (const std::uint64_t number : places) EXPECT_EQ(calm.trials()[number].sampler, "random");
    plan.enqueued = {
        {{"epochs", std::int64_t{4}}, {"optimizer", std::string("sgd")}, {"rate", 0.1}, {"width", std::int64_t{16}}}};
    plan.budget = 61;
    Study later = study_of(plan);
    work_through(later, kCalm);
    auto shifted = places;
    for (std::uint64_t& number : shifted) number++;
    EXPECT_EQ(audits(later), shifted) << "enqueued trials do not count among them";
  }
  Study other = study_of({.space = course(), .method = "tpe", .seed = 6, .budget = 60});
  Study one = study_of({.space = course(), .method = "tpe", .seed = 5, .budget = 60});
  work_through(other, kCalm), work_through(one, kCalm);
  EXPECT_NE(audits(other), audits(one)) << "seeds begin elsewhere";
  Study random = study_of({.space = course(), .method = "random", .budget = 20});
  work_through(random, kCalm);
  EXPECT_TRUE(audits(random).empty()) << "a random sweep audits itself";
}

TEST(StudyTrials, WhatCameEarlierIsKnownAndComesLast) {
  const Configuration known = {{"a", std::int64_t{1}}, {"b", std::string("x")}};
  const Observation seen{known, Observation::State::finished, 0.5, 4, 4};
  for (const char* method : {"grid", "random", "tpe"}) {
    Study study = study_of({.space = dozen(), .method = method, .earlier = {seen}});
    work_through(study, kCalm);
    ASSERT_EQ(study.trials().size(), 12u) << method;
    EXPECT_EQ(study.trials()[11].configuration, known) << method;
  }
  Study again = study_of({.space = dozen(), .method = "grid", .enqueued = {known}, .earlier = {seen}});
  again.decide();
  EXPECT_EQ(again.trials()[0].configuration, known) << "what is enqueued is run, known or not";
}

TEST(StudyTrials, TheSamplerLearnsFromWhatCameEarlier) {
  Study source = study_of({.space = course(), .method = "sobol", .seed = 9, .budget = 60});
  work_through(source, kCalm);
  StudyPlan plan{.space = course(), .method = "gp", .budget = 8, .audit = 0};
  const auto mean_distance = [&] {  // of the rate from the best one, e^-4
    Study study = study_of(plan);
    work_through(study, kCalm);
    double sum = 0;
    for (const Trial& trial : study.trials())
      sum += std::abs(std::log(std::get<double>(trial.configuration.at("rate"))) + 4) / 8;
    return sum;
  };
  const double fresh = mean_distance();
  for (const Trial& trial : source.trials())
    if (trial.state == State::finished)
      plan.earlier.push_back({trial.configuration, Observation::State::finished, trial.losses.back(), 9, 9});
  EXPECT_LT(mean_distance(), 0.5 * fresh);
}

TEST(StudyTrials, ASamplerSeesTheLossesOfTheTrialsBefore) {
  const StudyPlan plan{.space = course(), .method = "tpe", .budget = 30, .audit = 0};
  Study calm = study_of(plan), wild = study_of(plan);
  work_through(calm, kCalm);
  work_through(wild, {});
  std::size_t common = 0;
  while (calm.trials()[common].configuration == wild.trials()[common].configuration) common++;
  EXPECT_GE(common, 10u) << "it begins by chance";
  EXPECT_LT(common, 30u);
}

TEST(StudyTrials, WhatCannotBeRunFailsAtOnceAndFreesItsWorker) {
  const auto effort = [](const Configuration& c) -> Result<Effort> {
    const auto n = std::get<std::int64_t>(c.at("n"));
    if (n == 1) return fail(Trouble::usage, "too deep", "17 layers");
    return Effort{n == 2 ? 0 : 1, 1};
  };
  Study study = *Study::create({.space = numbers(5), .method = "grid", .target = -1.0}, effort);
  EXPECT_EQ(told(study), "train 0 1; ");
  study.report(0, 1, 3);
  EXPECT_EQ(told(study), "fail 1 0; fail 2 0; train 3 1; ");
  EXPECT_EQ(study.trials()[1].reason, "too deep: 17 layers");
  EXPECT_EQ(study.trials()[2].reason, "0 epochs of work 1: a trial needs some of both");
  EXPECT_EQ(study.trials()[3].begun, 1);
}

TEST(StudyTrials, ASweepThatCanRunNothingEnds) {
  const auto never = [](const Configuration&) -> Result<Effort> { return fail(Trouble::usage, "no such network"); };
  Study open = *Study::create({.space = course(), .method = "random"}, never);
  EXPECT_EQ(open.decide().size(), 100u);
  EXPECT_TRUE(open.over());
  EXPECT_EQ(open.ending(), "100 configurations in a row cannot be run; the last: no such network");
  int asked = 0;
  const auto seldom = [&](const Configuration&) -> Result<Effort> {
    if (++asked % 90 == 0) return Effort{};
    return fail(Trouble::usage, "no such network");
  };
  Study slow = *Study::create({.space = course(), .method = "random"}, seldom);
  EXPECT_EQ(slow.decide().size(), 20u * 90) << "in a row counts, not in all";
  EXPECT_FALSE(slow.over());
  Study finite = *Study::create({.space = numbers(150), .method = "grid"}, never);
  EXPECT_EQ(finite.decide().size(), 150u) << "this one ends by itself";
  EXPECT_EQ(finite.ending(), "the space is exhausted");
}

/// As many dimensions and configurations as the assignment has, by their digits.
Space assignment() {
  Space space;
  for (const auto& [name, count] :
       {std::pair{"a", 3}, {"b", 3}, {"c", 2}, {"d", 3}, {"e", 2}, {"f", 3}, {"g", 6}, {"h", 3}, {"i", 2}, {"j", 3}}) {
    Choice digits{{}, {}, true};
    for (std::int64_t i = 0; i < count; i++) digits.values.emplace_back(i);
    space.parameters.push_back({name, std::move(digits)});
  }
  return space;
}

TEST(StudyTrials, AWholeGridComesInItsOrder) {
  const Space space = assignment();
  const std::uint64_t all = *cardinality(space);
  ASSERT_GT(all, 11'663u);
  for (const char* method : {"grid", "tpe"}) {
    Study study = study_of({.space = space, .method = method, .budget = all, .parallel = 2});
    work_through(study, kCalm);
    ASSERT_EQ(study.trials().size(), all);
    const detail::GridPoints grid(space);
    for (const Trial& trial : study.trials()) ASSERT_EQ(trial.configuration, grid.configuration(trial.number));
  }
}

TEST(StudyTrials, AGridOfNothingIsOverAtOnce) {
  const Space empty{{{"q", Numeric{.low = 2, .high = 2, .step = 1}}}};
  Study study = study_of({.space = empty, .method = "grid"});
  EXPECT_TRUE(study.decide().empty());
  EXPECT_EQ(study.ending(), "the space is exhausted");
}

}  // namespace
}  // namespace atelier
