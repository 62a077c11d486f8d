// sweep_test.cpp: what a sweep does; shared or stopped, it ends with the record of one left alone.
#include "experiment/sweep.hpp"

#include <array>
#include <map>
#include <set>

#include "experiment/detail/sweep_testing.hpp"
#include "experiment/detail/trial_plan.hpp"

namespace atelier {
namespace {

using namespace testing_experiment;

TEST_F(SweepTest, GivesTheSameRecordForAnyNumberOfWorkers) {
  const SweepOutcome one = whole(kSearch, "one", 1);
  EXPECT_TRUE(one.over);
  EXPECT_EQ(one.ending, "the budget of 12 trials is spent");
  ASSERT_EQ(one.trials.size(), 12u);
  EXPECT_TRUE(contains_state(one, RunState::finished));
  EXPECT_TRUE(contains_state(one, RunState::stopped_early));
  for (const TrialLine& trial : one.trials)
    if (trial.state == RunState::stopped_early) {
      EXPECT_TRUE(trial.reason.starts_with("asha: val_loss ")) << trial.reason;
    }
  for (const int workers : {2, 3}) {
    const std::string name = std::to_string(workers);
    EXPECT_EQ(whole(kSearch, name, workers).best, one.best);
    EXPECT_EQ(record(name), record("one")) << workers;
  }
}

TEST_F(SweepTest, AuditTrialsAreTagged) {
  whole(kSearch);
  const auto store = value(open_store(folder_.path / "whole", {.read_only = true}));
  const auto runs = value(store->runs({.where = "sweep = \"s\""}));
  int tagged = 0;
  for (const atelier::Run& run : runs) {
    const bool audit = value(detail::plan_of(run)).origin == Origin::audit;
    const bool told = run.tags == std::vector<std::string>{"audit"};
    EXPECT_TRUE(told || !audit) << run.id;
    tagged += told;
  }
  EXPECT_GT(tagged, 0);
  EXPECT_LT(tagged, static_cast<int>(runs.size()));
}

TEST_F(SweepTest, AgentsChangeNothing) {
  whole(kSearch);
  const auto leader = open("shared"), agent = open("shared");
  const Sweep sweep = begin(*leader, kSearch);
  std::array<Result<SweepOutcome>, 2> outcomes;
  {
    std::jthread first([&] { outcomes[0] = work_at(*leader, sweep, with(1), {}); });
    std::jthread second([&] { outcomes[1] = work_at(*agent, sweep, with(2), {}); });
  }
  for (const auto& outcome : outcomes) EXPECT_TRUE(value(outcome).over);
  EXPECT_EQ(record("shared"), record("whole"));
}

TEST_F(SweepTest, WhoeverLeavesStopsNobodyElse) {
  whole(kSearch);
  const auto leader = open("shared"), agent = open("shared");
  const Sweep sweep = begin(*leader, kSearch);
  std::atomic<bool> enough = false;
  std::array<Result<SweepOutcome>, 2> outcomes;
  {
    std::jthread first([&] { outcomes[0] = work_at(*leader, sweep, with(1), until_epoch(3, enough)); });
    std::jthread second([&] { outcomes[1] = work_at(*agent, sweep, with(1), {}); });
  }
  EXPECT_TRUE(enough);
  EXPECT_TRUE(value(outcomes[1]).over);
  EXPECT_EQ(value(agent->store().sweep("s")).state, SweepState::finished);
  EXPECT_EQ(record("shared"), record("whole"));
}

TEST_F(SweepTest, GoesOnAfterAStop) {
  whole(kSearch);
  bool over = false;
  int lives = 0;
  for (; !over && lives < 40; lives++) {
    const auto workspace = open("stopped");
    const Sweep sweep = lives == 0 ? begin(*workspace, kSearch) : value(find_sweep(workspace->store(), "last"));
    std::atomic<bool> stop = false;
    const auto outcome = value(work_at(*workspace, sweep, with(2), until_epoch(4, stop)));
    over = outcome.over;
    if (!over) {
      EXPECT_EQ(value(workspace->store().sweep("s")).state, SweepState::paused);
      EXPECT_FALSE(contains_state(outcome, RunState::running));
    }
  }
  EXPECT_TRUE(over);
  EXPECT_GT(lives, 3);
  EXPECT_EQ(record("stopped"), record("whole"));
}

TEST_F(SweepTest, WhatAPersonPausesOrStopsRestsUntilItIsResumed) {
  whole(kSearch);
  for (const SweepState asked : {SweepState::paused, SweepState::stopped}) {
    const std::string name(name_of(asked));
    const auto one = open(name), two = open(name), person = open(name);
    const Sweep sweep = begin(*one, kSearch);
    std::atomic<bool> done = false;
    const auto ask = [&](const TrialNews& news) {
      if (news.kind != TrialNews::Kind::epoch || done.exchange(true)) return;
      EXPECT_TRUE(set_sweep_state(person->store(), "s", asked));
    };
    std::array<Result<SweepOutcome>, 2> outcomes;
    {
      std::jthread first([&] { outcomes[0] = work_at(*one, sweep, with(1), {.news = ask}); });
      std::jthread second([&] { outcomes[1] = work_at(*two, sweep, with(1), {.news = ask}); });
    }
    for (const auto& outcome : outcomes) EXPECT_FALSE(value(outcome).over);
    EXPECT_EQ(value(person->store().sweep("s")).state, asked);
    EXPECT_EQ(is_held(value(person->store().sweep("s"))), asked == SweepState::paused);
    EXPECT_TRUE(value(work_at(*one, sweep, with(2), {})).over);
    EXPECT_EQ(record(name), record("whole")) << name;
  }
}

TEST_F(SweepTest, AStopBeforeItBeginsChangesNothing) {
  const auto workspace = open("w");
  const Sweep sweep = begin(*workspace, kSearch);
  const std::atomic<bool> stop = true;
  const auto outcome = value(work_at(*workspace, sweep, with(2), {.stop = &stop}));
  EXPECT_FALSE(outcome.over);
  EXPECT_TRUE(outcome.trials.empty());
}

TEST_F(SweepTest, ATargetEndsIt) {
  constexpr const char* text =
      "method: random\nmetric: {name: val_acc, goal: maximize, target: 0.7}\nrun_cap: 40\n"
      "parameters:\n  learning_rate: {distribution: log_uniform_values, min: 1e-5, max: 0.1}\n";
  const auto outcome = whole(text, "whole", 1);
  EXPECT_TRUE(outcome.over);
  ASSERT_TRUE(outcome.best);
  EXPECT_LT(outcome.trials.size(), 40u);
  EXPECT_NE(outcome.ending.find("reached the target 0.7"), std::string::npos) << outcome.ending;
  EXPECT_GE(*outcome.trials[*outcome.best].value, 0.7);
  whole(text, "other", 3);
  EXPECT_EQ(record("other"), record("whole"));
}

TEST_F(SweepTest, WhatWasGrantedBeforeTheTargetIsTrainedWhoeverIsFaster) {
  constexpr const char* text =
      "method: grid\nmetric: {name: val_acc, goal: maximize, target: 0.3}\n"
      "parameters:\n  batch_size: {values: [20, 40]}\n  epochs: {values: [1, 5]}\n";
  const auto outcome = whole(text, "whole", 1);
  EXPECT_NE(outcome.ending.find("reached the target 0.3"), std::string::npos) << outcome.ending;
  ASSERT_EQ(outcome.trials.size(), 3u) << "as many as there are virtual workers";
  for (const TrialLine& trial : outcome.trials) EXPECT_EQ(trial.epochs, trial.number == 1 ? 5 : 1);
  whole(text, "other", 3);
  EXPECT_EQ(record("other"), record("whole"));
}

TEST_F(SweepTest, TheTrialThatReachesTheTargetWithinItsEpochsIsFinished) {
  const auto outcome = whole(
      "method: random\nmetric: {name: val_acc, goal: maximize, target: 0.01}\nrun_cap: 40\n"
      "early_terminate: {type: median, min_trials: 4}\n"
      "parameters:\n  learning_rate: {distribution: log_uniform_values, min: 1e-5, max: 0.1}\n");
  EXPECT_TRUE(outcome.over);
  ASSERT_EQ(outcome.trials.size(), 3u) << "as many as there are virtual workers";
  ASSERT_TRUE(outcome.best);
  const TrialLine& best = outcome.trials[*outcome.best];
  EXPECT_EQ(best.state, RunState::finished);
  EXPECT_LT(best.epochs, 5);
  EXPECT_NE(best.reason.find("its val_accuracy "), std::string::npos) << best.reason;
  EXPECT_TRUE(contains_state(outcome, RunState::stopped_early));
  for (const TrialLine& trial : outcome.trials) EXPECT_LT(trial.epochs, 5);
}

TEST_F(SweepTest, WhatIsEnqueuedIsTriedFirst) {
  const auto workspace = open("w");
  SweepRequest request = request_of_text(kSearch);
  const Configuration known{{"layers", Literal{"[8]"}},
                            {"learning_rate", 0.02},
                            {"optimizer", std::string("adam")},
                            {"batch_size", std::int64_t{60}}};
  request.enqueued = {known};
  request.budget = 3;
  const auto outcome = value(work_at(*workspace, value(create_sweep(workspace->store(), request, "s")), with(2), {}));
  ASSERT_EQ(outcome.trials.size(), 3u);
  EXPECT_EQ(fingerprint(outcome.trials[0].configuration), fingerprint(known));
  EXPECT_EQ(outcome.trials[0].origin, "enqueued");
  EXPECT_NE(outcome.trials[1].origin, "enqueued");
}

TEST_F(SweepTest, WhatAnEarlierSweepHasSeenIsNotTriedAgain) {
  constexpr const char* text =
      "method: tpe\nmetric: {name: val_acc, goal: maximize}\nrun_cap: 4\n"
      "parameters:\n  batch_size: {values: [20, 30, 40, 60]}\n  optimizer: {values: [sgd, adam, nadam]}\n";
  whole(text);
  const auto workspace = open("whole");
  SweepRequest request = request_of_text(text);
  request.earlier = value(observations_of(workspace->store(), value(find_sweep(workspace->store(), "s"))));
  ASSERT_EQ(request.earlier.size(), 4u);
  std::set<std::string> tried;
  for (const Observation& seen : request.earlier) {
    EXPECT_EQ(seen.state, Observation::State::finished);
    EXPECT_LT(*seen.loss, 0) << "an accuracy, to be minimised";
    EXPECT_EQ(seen.step, 5);
    tried.insert(fingerprint(seen.configuration));
  }
  const Sweep after = value(create_sweep(workspace->store(), request, "after"));
  const auto outcome = value(work_at(*workspace, after, with(2), {}));
  for (const TrialLine& trial : outcome.trials) tried.insert(fingerprint(trial.configuration));
  EXPECT_EQ(tried.size(), 8u);
}

TEST_F(SweepTest, ASweepThatStopsNoneEarlyCanBeGivenMoreTrials) {
  const std::string text =
      "method: random\nmetric: {name: val_loss}\nrun_cap: 3\nparameters:\n"
      "  learning_rate: {distribution: log_uniform_values, min: 1e-4, max: 0.3}\n";
  base_.epochs = 1;
  whole(text);
  const auto workspace = open("whole");
  Sweep sweep = value(find_sweep(workspace->store(), "s"));
  EXPECT_FALSE(extend_sweep(workspace->store(), sweep, {.budget = 2}));
  sweep = value(extend_sweep(workspace->store(), sweep, {.budget = 5}));
  const auto outcome = value(work_at(*workspace, sweep, with(2), {}));
  EXPECT_TRUE(outcome.over);
  EXPECT_EQ(outcome.trials.size(), 5u);
  whole("method: random\nmetric: {name: val_loss}\nrun_cap: 5\n" + text.substr(text.find("parameters")), "five");
  const auto extended = record("whole"), five = record("five");
  EXPECT_EQ(extended, five);
  const Sweep stopping = value(create_sweep(workspace->store(), request_of_text(kSearch), "asha"));
  EXPECT_FALSE(extend_sweep(workspace->store(), stopping, {.budget = 20}));
}

TEST_F(SweepTest, WhoHelpsTellsWhatTheStoreKnowsOfTheOthersTrials) {
  const auto leader = open("shared"), agent = open("shared");
  const Sweep sweep = begin(*leader, kSearch);
  std::array<std::map<std::uint64_t, TrialNews>, 2> last;
  {
    const auto work = [&](Workspace& workspace, std::size_t who) {
      static_cast<void>(value(work_at(workspace, sweep, with(1), {.news = [&, who](const TrialNews& news) {
                                        if (news.kind == TrialNews::Kind::ended) last[who][news.number] = news;
                                      }})));
    };
    std::jthread other([&] { work(*agent, 1); });
    work(*leader, 0);
  }
  for (const TrialLine& trial : value(outcome_of(leader->store(), value(find_sweep(leader->store(), "s")))).trials)
    for (const auto& seen : last)
      if (const auto news = seen.find(trial.number); news != seen.end() && trial.value) {
        EXPECT_EQ(news->second.value, trial.value) << trial.run;
        EXPECT_EQ(news->second.epoch, trial.epochs) << trial.run;
      }
}

TEST_F(SweepTest, PatienceEndsATrialByItself) {
  base_.patience = 1, base_.epochs = 40;
  constexpr const char* text =
      "method: grid\nmetric: {name: best_val_acc, goal: maximize}\nearly_terminate: {type: asha, min_iter: 4, eta: 2}\n"
      "parameters:\n  learning_rate: {values: [0.3, 0.1, 0.03, 0.01]}\n";
  const auto outcome = whole(text, "whole", 1);
  EXPECT_TRUE(outcome.over);
  const auto impatient =
      std::ranges::find_if(outcome.trials, [](const TrialLine& t) { return t.reason.starts_with("patience"); });
  ASSERT_NE(impatient, outcome.trials.end());
  EXPECT_EQ(impatient->state, RunState::stopped_early);
  EXPECT_LT(impatient->epochs, 40);
  const auto workspace = open("whole");
  for (const Observation& seen :
       value(observations_of(workspace->store(), value(find_sweep(workspace->store(), "s"))))) {
    if (fingerprint(seen.configuration) != fingerprint(impatient->configuration)) continue;
    EXPECT_EQ(seen.state, Observation::State::finished);
  }
  whole(text, "other", 3);
  EXPECT_EQ(record("other"), record("whole"));
}

TEST_F(SweepTest, AgentsOfAnAsynchronousSweepAgreeThroughTheStore) {
  const auto leader = open("shared"), agent = open("shared");
  SweepRequest request = request_of_text(kSearch);
  request.async = true;
  const Sweep sweep = value(create_sweep(leader->store(), request, "s"));
  std::array<Result<SweepOutcome>, 2> outcomes;
  {
    std::jthread first([&] { outcomes[0] = work_at(*leader, sweep, with(2), {}); });
    std::jthread second([&] { outcomes[1] = work_at(*agent, sweep, with(2), {}); });
  }
  std::set<std::string> tried;
  const auto outcome = value(outcomes[0]);
  EXPECT_TRUE(value(outcomes[1]).over && outcome.over);
  for (const TrialLine& trial : outcome.trials) {
    EXPECT_TRUE(trial.state == RunState::finished || trial.state == RunState::stopped_early) << trial.number;
    tried.insert(fingerprint(trial.configuration));
  }
  EXPECT_EQ(tried.size(), 12u);
}

TEST_F(SweepTest, AnAsynchronousSweepTakesWhatAnotherProcessDecided) {
  const auto workspace = open("w");
  SweepRequest request = request_of_text(
      "method: grid\nmetric: {name: val_loss}\nparameters:\n  batch_size: {values: [20, 30, 40, 60]}\n");
  request.async = true, request.parallel = 1;
  const Sweep sweep = value(create_sweep(workspace->store(), request, "s"));
  const auto decide_elsewhere = [&](const TrialNews& news) {
    if (news.number != 0 || news.kind != TrialNews::Kind::begun) return;
    const detail::TrialPlan last{{{"batch_size", std::int64_t{60}}}, Origin::sampler, "grid", 5};
    const NewTrial second{.number = 1, .name = "theirs", .plan = detail::text_of(last)};
    EXPECT_EQ(value(workspace->store().add_trials("s", {&second, 1})), 1);
  };
  const auto outcome = value(work_at(*workspace, sweep, with(1), {.news = decide_elsewhere}));
  EXPECT_TRUE(outcome.over);
  ASSERT_EQ(outcome.trials.size(), 4u);
  std::vector<std::int64_t> sizes;
  for (const TrialLine& trial : outcome.trials)
    sizes.push_back(std::get<std::int64_t>(trial.configuration.at("batch_size")));
  EXPECT_EQ(sizes, (std::vector<std::int64_t>{20, 60, 30, 40}));
  EXPECT_EQ(outcome.trials[1].name, "theirs");
}

TEST_F(SweepTest, EveryTrialBeginsAndEndsInTheNews) {
  const auto workspace = open("w");
  std::map<std::uint64_t, std::vector<TrialNews>> heard;
  const auto outcome = value(work_at(*workspace, begin(*workspace, kSearch), with(3),
                                     {.news = [&](const TrialNews& news) { heard[news.number].push_back(news); }}));
  EXPECT_EQ(heard.size(), 12u);
  for (const auto& [number, news] : heard) {
    EXPECT_EQ(news.front().kind, TrialNews::Kind::begun);
    const auto ends = std::ranges::count(news, TrialNews::Kind::ended, &TrialNews::kind);
    EXPECT_EQ(ends, 1) << number;
    const TrialNews& last = news.back();
    EXPECT_EQ(last.kind, TrialNews::Kind::ended) << number;
    EXPECT_EQ(last.state, outcome.trials[number].state);
    EXPECT_EQ(last.reason, outcome.trials[number].reason);
    EXPECT_EQ(last.epoch, outcome.trials[number].epochs);
    EXPECT_EQ(last.epochs, 5);
    EXPECT_EQ(last.value, outcome.trials[number].value);
  }
}

}  // namespace
}  // namespace atelier
