// study_trials_test.cpp: which trials a study runs: the budget, duplicates, enumeration, audit, what came before.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

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

TEST(StudyTrials, AFiniteSpaceIsRunToItsEndInTheMethodsOwnOrder) {
  Space space = dozen();
  space.parameters.push_back({"q", Numeric{.low = 0.1, .high = 0.3, .step = 0.1}});
  for (const char* method : {"bayes", "tpe", "random", "sobol"}) {
    for (const std::uint64_t budget : {0u, 36u, 500u}) {
      Study study = study_of({.space = space, .method = method, .budget = budget});
      work_through(study, kCalm);
      ASSERT_EQ(study.trials().size(), 36u) << method;
      EXPECT_EQ(distinct(study.trials()), 36u);
      bool upper_end = false;
      for (const Trial& trial : study.trials()) {
        EXPECT_TRUE(contains(space, trial.configuration));
        EXPECT_NE(trial.sampler, "grid");
        upper_end = upper_end || to_text(trial.configuration.at("q")) == "0.30000000000000004";
      }
      EXPECT_TRUE(upper_end);
    }
  }
}

/// A bowl over 10 x 10 x 5 whose lowest point is the last but one in a grid's order.
TEST(StudyTrials, ABudgetBeyondTheSpaceMakesNoSearchBlind) {
  const Space space{{{"a", Numeric{.low = 0, .high = 9, .integer = true}},
                     {"b", Numeric{.low = 0, .high = 9, .integer = true}},
                     {"c", Numeric{.low = 0, .high = 4, .integer = true}}}};
  const auto loss = [](const Configuration& c) {
    const auto off = [&](const char* name, std::int64_t best) {
      const auto x = static_cast<double>(std::get<std::int64_t>(c.at(name)) - best);
      return x * x;
    };
    return off("a", 9) + off("b", 8) + off("c", 3);
  };
  Study study = *Study::create({.space = space, .method = "bayes", .budget = 1000, .target = 0.0},
                               [](const Configuration&) -> Result<Effort> { return Effort{}; });
  for (auto orders = study.decide(); !orders.empty(); orders = study.decide())
    for (const Decision& order : orders)
      if (order.kind == Decision::Kind::train)
        study.report(order.trial, 1, loss(study.trials()[order.trial].configuration));
  EXPECT_TRUE(study.ending().ends_with("reached the target 0")) << study.ending();
  EXPECT_LT(study.trials().size(), 60u);
}

TEST(StudyTrials, WhatIsLeftOfARandomSweepComesInAnOrderOfTheSeed) {
  const auto first_values = [](std::uint64_t seed) {
    Study study = study_of({.space = numbers(1000), .method = "random", .seed = seed, .budget = 2000});
    work_through(study, kCalm);
    std::vector<std::int64_t> values;
    for (const Trial& trial : study.trials()) values.push_back(std::get<std::int64_t>(trial.configuration.at("n")));
    return values;
  };
  const auto one = first_values(1), two = first_values(2);
  ASSERT_EQ(one.size(), 1000u);
  EXPECT_NE(one, two);
  double sum = 0;
  for (std::size_t i = 900; i < 1000; i++) sum += static_cast<double>(one[i]);
  EXPECT_NEAR(sum / 100, 500, 120) << "the last hundred are spread as the first are";
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
    Study study = study_of({.space = dozen(), .method = method, .audit = 0, .earlier = {seen}});
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
  for (const char* method : {"grid", "random"}) {
    Study large = *Study::create({.space = numbers(1'000'000), .method = method, .budget = 1'000'000}, never);
    EXPECT_EQ(large.decide().size(), 1000u) << method;
    EXPECT_EQ(large.ending(), "1000 configurations in a row cannot be run; the last: no such network");
  }
  const auto late = [](const Configuration& c) -> Result<Effort> {
    const auto n = std::get<std::int64_t>(c.at("n"));
    if (n < 900 || n > 1000) return fail(Trouble::usage, "no such network");
    return Effort{};
  };
  Study patient = *Study::create({.space = numbers(5'000), .method = "grid"}, late);
  work_through(patient, kCalm);
  EXPECT_EQ(patient.trials().size(), 5'000u) << "some could be run";
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
  Study study = study_of({.space = space, .method = "grid", .budget = all, .parallel = 2});
  work_through(study, kCalm);
  ASSERT_EQ(study.trials().size(), all);
  for (const Trial& trial : study.trials()) {
    std::uint64_t number = 0;
    for (const Parameter& parameter : space.parameters)
      number = number * *level_count(parameter) + *level_of(parameter, trial.configuration.at(parameter.name));
    ASSERT_EQ(number, trial.number);
  }
}

/// A choice of `options`, each with parameters of its own of ten values.
Space options(int count, int own) {
  Space space;
  Choice names;
  for (int i = 0; i < count; i++) {
    names.values.emplace_back("o" + std::to_string(i));
    for (int k = 0; k < own; k++)
      space.parameters.push_back({"p" + std::to_string(i) + std::to_string(k),
                                  Numeric{.low = 0, .high = 9, .integer = true},
                                  Condition{"a", {names.values.back()}}});
  }
  space.parameters.insert(space.parameters.begin(), {"a", names});
  return space;
}

TEST(StudyTrials, WhatTakesNoPartCostsAGridNothing) {
  const Space space = options(6, 3);  // 6,000 configurations, but the product of all lists is 6 * 10^18
  ASSERT_EQ(cardinality(space), 6'000u);
  for (const char* method : {"grid", "random"}) {
    Study study = study_of({.space = space, .method = method});
    work_through(study, kCalm);
    EXPECT_EQ(study.trials().size(), 6'000u) << method;
    EXPECT_EQ(distinct(study.trials()), 6'000u) << method;
  }
}

TEST(StudyTrials, AGridIsAsLongAsItsListsAre) {
  const Space space{{{"a", Numeric{.low = 1, .high = 2e6, .integer = true}}}};
  Study study = study_of({.space = space, .method = "grid"});
  study.decide();
  EXPECT_EQ(study.trials()[0].configuration.at("a"), Value{std::int64_t{1}});
  EXPECT_EQ(study.trials()[1].configuration.at("a"), Value{std::int64_t{2}});
}

TEST(StudyTrials, AGridTakesWhatLiesOnItAsEnqueued) {
  const Space space{{{"a", Numeric{.low = 0.05, .high = 0.45, .step = 0.1}}, {"b", Numeric{.low = 0, .high = 1}}}};
  Study study = study_of({.space = space, .method = "grid", .enqueued = {{{"a", 0.25}, {"b", 0.5}}}});
  work_through(study, kCalm);
  EXPECT_EQ(study.trials().size(), 4u * 5);
  EXPECT_FALSE(Study::create({.space = space, .method = "grid", .enqueued = {{{"a", 0.22}, {"b", 0.5}}}}, effort_of));
}

/// The audit trials of a study of six options and thirty numbers in which one option is by far the best.
std::set<std::string> audited(const std::string& best, std::uint64_t seed) {
  Choice letters;
  for (const char* letter : {"a", "b", "c", "d", "e", "f"}) letters.values.emplace_back(std::string(letter));
  const Space space{{{"letter", letters}, {"n", Numeric{.low = 1, .high = 30, .integer = true}}}};
  Study study = *Study::create({.space = space, .method = "tpe", .seed = seed, .budget = 120},
                               [](const Configuration&) -> Result<Effort> { return Effort{}; });
  std::set<std::string> told, marks;
  for (auto orders = study.decide(); !orders.empty(); orders = study.decide())
    for (const Decision& order : orders) {
      const Trial& trial = study.trials()[order.trial];
      if (order.kind == Decision::Kind::audit || trial.origin == Origin::audit)
        told.insert(fingerprint(trial.configuration));
      const auto n = static_cast<double>(std::get<std::int64_t>(trial.configuration.at("n")));
      const bool good = std::get<std::string>(trial.configuration.at("letter")) == best;
      if (order.kind == Decision::Kind::train) study.report(order.trial, 1, (good ? 0 : 10) + n / 100);
    }
  EXPECT_EQ(distinct(study.trials()), 120u);
  for (const Trial& trial : study.trials())
    if (trial.audit) marks.insert(fingerprint(trial.configuration));
  EXPECT_EQ(marks, told);
  return marks;
}

TEST(StudyTrials, AuditTrialsAreDrawnWhateverTheHistory) {
  for (std::uint64_t seed = 1; seed <= 6; seed++) {
    const auto once = audited("a", seed);
    EXPECT_GT(once.size(), 15u);
    EXPECT_EQ(once, audited("f", seed)) << "what is good has no part in it";
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
