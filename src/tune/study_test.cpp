// study_test.cpp: the rules of a study, one by one.
#include "tune/study.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tune/detail/testing.hpp"

namespace atelier {
namespace {

using namespace testing_tune;
using Kind = Decision::Kind;
using State = Trial::State;

/// The same effort for every configuration.
Study::EffortOf all_alike(Effort effort) {
  return [effort](const Configuration&) -> Result<Effort> { return effort; };
}
void report_all(Study& study, std::uint64_t trial, std::vector<double> losses) {
  for (std::size_t i = 0; i < losses.size(); i++) study.report(trial, static_cast<int>(i + 1), losses[i]);
}

TEST(Study, KeepsVirtualTimeByTheWorkOfATrial) {
  const auto effort = [](const Configuration& c) -> Result<Effort> {
    return Effort{2, std::get<std::int64_t>(c.at("n")) == 0 ? 10.0 : 1.0};
  };
  Study study = *Study::create(
      {.space = numbers(5), .method = "grid", .stopping = MedianRule{.warmup_epochs = 9}, .parallel = 2}, effort);
  work_through(study, kCalm);
  const double begun[] = {0, 0, 2, 4, 6}, ended[] = {20, 2, 4, 6, 8};
  for (const Trial& trial : study.trials()) {
    EXPECT_EQ(trial.begun, begun[trial.number]) << trial.number;
    EXPECT_EQ(trial.ended, ended[trial.number]) << trial.number;
  }
}

TEST(Study, WaitsForWhatIsDueAndForNothingElse) {
  const auto effort = [](const Configuration& c) -> Result<Effort> {
    return Effort{2, std::get<std::int64_t>(c.at("n")) == 0 ? 10.0 : 1.0};
  };
  Study study = *Study::create(
      {.space = numbers(4), .method = "grid", .stopping = MedianRule{.warmup_epochs = 9}, .parallel = 2}, effort);
  EXPECT_EQ(told(study), "train 0 2; train 1 2; ");
  report_all(study, 0, {5, 5});
  EXPECT_EQ(told(study), "") << "by the clock trial 1 ends before trial 0";
  study.report(1, 2, 5);
  EXPECT_EQ(told(study), "") << "its first epoch is missing";
  study.report(1, 1, 5);
  EXPECT_EQ(told(study), "train 2 2; ");
  report_all(study, 2, {5, 5});
  EXPECT_EQ(told(study), "train 3 2; ");
  report_all(study, 3, {5, 5});
  EXPECT_EQ(told(study), "");
  EXPECT_TRUE(study.over());
  EXPECT_EQ(study.ending(), "the space is exhausted");
}

TEST(Study, AReportCountsOnceAndOnlyWhereItIsDue) {
  Study study = *Study::create(
      {.space = numbers(2), .method = "grid", .stopping = Asha{.min_epochs = 2, .max_epochs = 4, .eta = 2}},
      all_alike({4, 1}));
  study.decide();
  study.report(0, 1, 3);
  study.report(0, 1, 99);
  study.report(0, 0, 99);
  study.report(0, 2, 2);
  study.report(0, 3, 1);
  study.report(1ull << 60, 1, 1);
  study.decide();
  EXPECT_EQ(study.trials()[0].losses, (std::vector<double>{3, 2})) << "it is held at epoch 2";
  EXPECT_EQ(study.trials()[0].state, State::paused);
}

TEST(Study, RunsAheadOfResultsThatChangeNothing) {
  for (const char* method : {"random", "grid", "sobol"}) {
    StudyPlan plan{.space = course(), .method = method, .seed = 4, .budget = 200, .parallel = 3};
    Study ahead = study_of(plan);
    const auto first = ahead.decide();
    EXPECT_EQ(std::ranges::count(first, Kind::train, &Decision::kind), 16 + 4 * 3) << method;
    EXPECT_TRUE(ahead.decide().empty());
    const std::uint64_t last = first.back().trial;
    const int epochs = ahead.trials()[last].effort.epochs;
    for (int epoch = 1; epoch <= epochs; epoch++) ahead.report(last, epoch, 1);
    EXPECT_EQ(std::ranges::count(ahead.decide(), Kind::train, &Decision::kind), 1) << "whichever has ended";
    EXPECT_EQ(ahead.trials()[last].state, State::finished);

    Study free = study_of(plan);
    plan.target = -1e9;  // which nothing reaches, but which results decide
    Study bound = study_of(plan), idle = study_of(plan);
    EXPECT_EQ(std::ranges::count(idle.decide(), Kind::train, &Decision::kind), 3) << "its workers";
    const Transcript a = work_through(free, {}), b = work_through(bound, {});
    EXPECT_EQ(a.trials, b.trials) << method;
    EXPECT_EQ(a.ending, "the budget of 200 trials is spent");
  }
}

TEST(Study, ATrialThatEndsEarlyHoldsItsWorkerToTheEndOfItsSpan) {
  Study study = *Study::create(
      {.space = numbers(4), .method = "grid", .stopping = Asha{.min_epochs = 3, .max_epochs = 9}}, all_alike({9, 1}));
  study.decide();
  study.report(0, 1, 4);
  study.report_end(0, 2, true, "diverged: the loss is no number");
  EXPECT_EQ(told(study), "") << "the loss of its second epoch is awaited";
  study.report(0, 2, 5);
  EXPECT_EQ(told(study), "train 1 3; ");
  const Trial& failed = study.trials()[0];
  EXPECT_EQ(failed.state, State::failed);
  EXPECT_EQ(failed.reason, "diverged: the loss is no number");
  EXPECT_EQ(failed.losses, (std::vector<double>{4, 5}));
  EXPECT_EQ(failed.ended, 3);
  study.report_end(1, 0, false, "enough");
  study.decide();
  EXPECT_EQ(study.trials()[1].state, State::finished);
  EXPECT_EQ(study.trials()[1].reason, "enough");
  EXPECT_EQ(study.trials()[2].begun, 6);
}

TEST(Study, ATrialThatTellsItsEndMayFailAfterItsLastEpoch) {
  Study study = *Study::create({.space = numbers(2), .method = "grid", .target = -1.0},
                               all_alike({.epochs = 2, .work = 1, .tells_end = true}));
  study.decide();
  report_all(study, 0, {5, 4});
  EXPECT_EQ(told(study), "") << "its end is awaited";
  study.report_end(0, 2, true, "exit code 1");
  EXPECT_EQ(told(study), "train 1 2; ");
  EXPECT_EQ(study.trials()[0].state, State::failed);
  EXPECT_EQ(study.trials()[0].reason, "exit code 1");
  report_all(study, 1, {5, 4});
  study.report_end(1, 2, false);
  study.decide();
  EXPECT_EQ(study.trials()[1].state, State::finished);
  EXPECT_EQ(study.best(), 1u);
}

TEST(Study, AnEndAtARungCountsFromTheNextSpanOn) {
  for (const bool early : {false, true}) {
    Study study = *Study::create(
        {.space = numbers(2), .method = "grid", .stopping = Asha{.min_epochs = 1, .max_epochs = 4, .eta = 2}},
        all_alike({4, 1}));
    study.decide();
    if (early) study.report_end(0, 1, true, "killed");
    study.report(0, 1, 1);
    EXPECT_EQ(told(study), "pause 0 1; train 1 1; ");
    if (!early) study.report_end(0, 1, true, "killed");
    study.report(1, 1, 2);
    EXPECT_EQ(told(study), "pause 1 1; train 0 2; stop 1 1; ");
    EXPECT_EQ(study.trials()[0].state, State::failed);
  }
}

TEST(Study, ATargetEndsIt) {
  Study study = *Study::create({.space = numbers(9),
                                .method = "grid",
                                .stopping = MedianRule{.startup_trials = 99, .warmup_epochs = 1},
                                .parallel = 2,
                                .target = 0.5},
                               all_alike({3, 1}));
  EXPECT_EQ(told(study), "train 0 2; train 1 2; ");
  report_all(study, 0, {2, 1, 0.9});
  report_all(study, 1, {0.4, 0.6, 0.3});
  const auto end = study.decide();
  ASSERT_EQ(end.size(), 3u);
  EXPECT_EQ(end[0], (Decision{Kind::train, 0, 3}));
  EXPECT_EQ(end[1], (Decision{Kind::stop, 1, 2, "its loss 0.4 reached the target 0.5"}));
  EXPECT_EQ(end[2], (Decision{Kind::stop, 0, 3, "trial 1 reached the target 0.5"}));
  EXPECT_TRUE(study.over());
  EXPECT_EQ(study.ending(), "trial 1 reached the target 0.5");
  EXPECT_EQ(study.best(), 1u);
  EXPECT_EQ(study.trials()[0].losses.size(), 2u) << "the third is of an epoch after its stop";
}

TEST(Study, ReasonsSpeakOfTheMetric) {
  Study study = *Study::create({.space = numbers(9),
                                .method = "grid",
                                .stopping = MedianRule{.startup_trials = 1},
                                .parallel = 1,
                                .target = -0.9,
                                .words = {"val_accuracy", true}},
                               all_alike({2, 1}));
  EXPECT_EQ(told(study), "train 0 1; ");
  report_all(study, 0, {-0.3, -0.6});
  EXPECT_EQ(told(study), "train 0 2; train 1 1; ");
  report_all(study, 1, {-0.1});
  const auto stopped = study.decide();
  ASSERT_FALSE(stopped.empty());
  EXPECT_EQ(stopped[0].reason,
            "median: best val_accuracy 0.1000 is below the median 0.3000 of 1 finished trials at epoch 1");
  report_all(study, 2, {-0.95});
  const auto end = study.decide();
  ASSERT_EQ(end.size(), 1u);
  EXPECT_EQ(end[0].reason, "its val_accuracy 0.9500 reached the target 0.9");
  EXPECT_EQ(study.ending(), "trial 2 reached the target 0.9");
}

TEST(Study, AshaPromotesAndLeavesNobodyWaiting) {
  Study study = study_of({.space = course(),
                          .method = "random",
                          .stopping = Asha{.max_epochs = 0},
                          .seed = 2,
                          .budget = 60,
                          .parallel = 4});
  const auto transcript = work_through(study, {});
  EXPECT_TRUE(study.over());
  const auto is_last = [](const std::string& decision) { return decision.starts_with("train 59 "); };
  const auto before = std::ranges::find_if(transcript.decisions, is_last) - transcript.decisions.begin();
  EXPECT_GT(before, 59 + 59 + 10) << "more than a beginning and a pause each: some go on before the last begins";
  std::map<std::size_t, int> reached;
  int trained_on = 0, finished = 0;
  for (const Trial& trial : study.trials()) {
    for (const std::size_t rung : {1u, 3u, 9u}) reached[rung] += trial.losses.size() >= rung;
    finished += trial.state == State::finished;
    if (trial.state == State::stopped) {
      EXPECT_TRUE(trial.losses.size() == 1 || trial.losses.size() == 3) << describe(trial);
      EXPECT_TRUE(trial.reason.starts_with("asha: loss ")) << trial.reason;
    }
    EXPECT_NE(trial.state, State::paused);
  }
  for (const std::string& decision : transcript.decisions) trained_on += decision.starts_with("train");
  EXPECT_GT(trained_on, 60);
  EXPECT_GT(finished, 0);
  EXPECT_GT(reached[3], 60 / 3 - 5);
  EXPECT_LE(reached[3], 60 / 3 + 5);
  EXPECT_GT(reached[9], 0);
}

TEST(Study, AshaWithoutALengthTakesTheLongestTrialSoFar) {
  const auto effort = [](const Configuration& c) -> Result<Effort> {
    return Effort{std::get<std::int64_t>(c.at("n")) < 2 ? 3 : 12, 1};
  };
  Study study = *Study::create(
      {.space = numbers(4), .method = "grid", .stopping = Asha{.min_epochs = 3, .max_epochs = 0, .eta = 2}}, effort);
  const auto transcript = work_through(study, kCalm);
  EXPECT_EQ(transcript.decisions[0], "train 0 3 ") << "no rung below its three epochs";
  EXPECT_EQ(transcript.decisions[2], "train 2 3 ") << "now the rungs are 3 and 6";
  EXPECT_TRUE(transcript.decisions[3].starts_with("pause 2 3 "));
  EXPECT_EQ(study.trials()[0].state, State::finished);
}

TEST(Study, HyperbandLooksWhereABandIsFirstSeen) {
  Study study = *Study::create(
      {.space = numbers(3), .method = "grid", .stopping = Hyperband{.min_iter = 2, .eta = 2}, .parallel = 3},
      all_alike({6, 1}));
  EXPECT_EQ(told(study), "train 0 3; train 1 3; train 2 3; ");
  report_all(study, 0, {3, 3, 1, 1, 1, 1});
  report_all(study, 1, {3, 3, 2, 2, 2, 2});
  report_all(study, 2, {3, 3, 3, 3, 3, 3});
  EXPECT_EQ(told(study), "train 0 5; train 1 5; stop 2 3; train 0 6; train 1 6; ");
  EXPECT_EQ(study.trials()[2].reason,
            "hyperband: loss 3 is above the threshold 2 of band 2, which the best 2 of 3 trials met (eta 2)");
  EXPECT_EQ(study.trials()[1].state, State::finished);
}

TEST(Study, TheMedianRuleLooksAtEveryEpochAfterItsWarmUp) {
  Study study = *Study::create(
      {.space = numbers(2), .method = "grid", .stopping = MedianRule{.startup_trials = 1, .warmup_epochs = 2}},
      all_alike({5, 1}));
  report_all(study, 0, {1, 1, 1, 1, 1});
  report_all(study, 1, {2, 2, 2, 2, 2});
  EXPECT_EQ(told(study), "train 0 3; train 0 4; train 0 5; train 1 3; stop 1 3; ");
  EXPECT_EQ(study.trials()[1].losses.size(), 3u);
}

TEST(Study, ALossThatIsNoNumberIsTheWorst) {
  Study study = *Study::create(
      {.space = numbers(3), .method = "grid", .stopping = Hyperband{.min_iter = 1, .eta = 2}, .parallel = 3},
      all_alike({2, 1}));
  study.decide();
  report_all(study, 0, {1, 3});
  report_all(study, 1, {1, std::nan("")});
  report_all(study, 2, {1, 2});
  study.decide();
  EXPECT_TRUE(std::isinf(study.trials()[1].losses[1]));
  EXPECT_EQ(study.best(), 2u);
  Study nothing = *Study::create({.space = numbers(1), .method = "grid"}, all_alike({1, 1}));
  nothing.report(0, 1, std::nan(""));
  nothing.decide();
  EXPECT_TRUE(nothing.over());
  EXPECT_FALSE(nothing.best());
}

TEST(Study, TheBestIsTheBestOfThoseThatFinished) {
  Study study = *Study::create(
      {.space = numbers(4), .method = "grid", .stopping = Hyperband{.min_iter = 1, .eta = 4}, .parallel = 4},
      all_alike({3, 1}));
  EXPECT_FALSE(study.best());
  report_all(study, 0, {1, 5, 5});
  report_all(study, 1, {1, 5, 4});
  report_all(study, 2, {1, 5, 4});
  study.report(3, 1, 1);
  study.report_end(3, 1, true, "killed");
  study.decide();
  EXPECT_EQ(study.best(), 1u) << "the earlier of equals";

  Study stopped = *Study::create({.space = numbers(2), .method = "grid", .stopping = Asha{.max_epochs = 4, .eta = 2}},
                                 all_alike({4, 1}));
  stopped.report(0, 1, 3);
  report_all(stopped, 1, {2, 9});
  EXPECT_EQ(told(stopped), "train 0 1; pause 0 1; train 1 1; pause 1 1; train 1 2; pause 1 2; stop 0 1; stop 1 2; ");
  EXPECT_EQ(stopped.best(), 1u) << "it was trained furthest, though not to the lowest loss";
}

TEST(Study, DecidesInTheOrderOfArrivalWhenAsynchronous) {
  StudyPlan plan{.space = numbers(5),
                 .method = "grid",
                 .stopping = Asha{.min_epochs = 1, .max_epochs = 4, .eta = 2},
                 .parallel = 2,
                 .async = true};
  Study study = *Study::create(plan, all_alike({4, 1}));
  EXPECT_EQ(told(study), "train 0 1; train 1 1; ");
  study.report(1, 1, 7);
  EXPECT_EQ(told(study), "pause 1 1; train 2 1; ") << "trial 0 is not waited for";
  study.report(2, 1, 9);
  EXPECT_EQ(told(study), "pause 2 1; train 1 2; ");

  Study resumed = *Study::create(plan, all_alike({4, 1}));
  for (const Trial& t : study.trials()) resumed.recall(t.configuration, t.origin, t.sampler, t.until);
  resumed.recall({{"n", std::int64_t{4}}}, Origin::sampler, "grid", 2, "by hand");
  resumed.report(3, 1, 3);
  resumed.report(1, 1, 7);
  resumed.report(2, 1, 9);
  EXPECT_EQ(told(resumed), "train 0 1; train 1 2; train 2 1; stop 3 2; pause 2 1; ");
}

TEST(Study, AnAsynchronousSweepAtItsTargetStaysThereWhenItIsResumed) {
  const StudyPlan plan{.space = numbers(9),
                       .method = "grid",
                       .stopping = MedianRule{.warmup_epochs = 1},
                       .parallel = 2,
                       .target = 0.5,
                       .async = true};
  Study study = *Study::create(plan, all_alike({4, 1}));
  study.decide();
  report_all(study, 1, {1, 0.4});
  EXPECT_EQ(told(study), "stop 1 2; stop 0 2; ");
  Study resumed = *Study::create(plan, all_alike({4, 1}));
  for (const Trial& t : study.trials()) resumed.recall(t.configuration, t.origin, t.sampler, t.until, t.reason);
  report_all(resumed, 1, {1, 0.4});
  resumed.decide();
  EXPECT_TRUE(resumed.over());
  EXPECT_EQ(resumed.ending(), "trial 1 reached the target 0.5");
  EXPECT_EQ(resumed.trials().size(), 2u);
}

TEST(Study, AnAsynchronousSweepEndsToo) {
  for (const char* method : {"random", "tpe"}) {
    Study study = study_of({.space = course(),
                            .method = method,
                            .stopping = Asha{.max_epochs = 0},
                            .budget = 30,
                            .parallel = 3,
                            .async = true});
    work_through(study, {});
    EXPECT_TRUE(study.over());
    EXPECT_EQ(study.trials().size(), 30u);
    EXPECT_EQ(distinct(study.trials()), 30u);
    for (const Trial& trial : study.trials())
      EXPECT_TRUE(trial.state != State::running && trial.state != State::paused);
  }
}

TEST(Study, RefusesAPlanThatContradictsItself) {
  const auto refusal = [](StudyPlan plan) {
    const auto study = Study::create(std::move(plan), effort_of);
    return study ? "" : study.error().summary;
  };
  const StudyPlan fine{.space = dozen(), .method = "random"};
  EXPECT_EQ(refusal(fine), "");
  StudyPlan plan = fine;
  plan.method = "rndom";
  EXPECT_EQ(refusal(plan), "unknown sampler `rndom`");
  plan = fine, plan.parallel = 0;
  EXPECT_EQ(refusal(plan), "a sweep has 1 to 65536 workers");
  plan = fine, plan.audit = 1.5;
  EXPECT_EQ(refusal(plan), "the share of audit trials lies from 0 to 1");
  plan = fine, plan.target = std::nan("");
  EXPECT_EQ(refusal(plan), "the target is no number");
  plan = fine, plan.stopping = Hyperband{};
  EXPECT_EQ(refusal(plan), "hyperband has no bands");
  plan = fine, plan.stopping = Asha{.eta = 1};
  EXPECT_EQ(refusal(plan), "asha needs eta above 1 and its first rung from epoch 1");
  plan = fine, plan.stopping = MedianRule{.warmup_epochs = -1};
  EXPECT_EQ(refusal(plan), "the median rule cannot begin before the sweep");
  plan = fine, plan.enqueued = {{{"a", std::int64_t{9}}, {"b", std::string("x")}}};
  EXPECT_EQ(refusal(plan), "an enqueued configuration is none of the sweep's space");
  plan = fine, std::swap(plan.space.parameters[0], plan.space.parameters[1]);
  EXPECT_EQ(refusal(plan), "parameter a: it stands behind b: names must be sorted, each once");
}

TEST(Study, OriginsHaveNames) {
  for (const Origin origin : {Origin::sampler, Origin::audit, Origin::enqueued})
    EXPECT_EQ(origin_of(name_of(origin)), origin);
  EXPECT_FALSE(origin_of("chance"));
}

}  // namespace
}  // namespace atelier
