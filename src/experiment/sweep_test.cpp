// sweep_test.cpp: sweeps that are shared, stopped, killed and disturbed end with the record of one left alone.
#include "experiment/sweep.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <chrono>
#include <csignal>
#include <mutex>
#include <set>
#include <thread>

#include "base/sha256.hpp"
#include "experiment/detail/testing.hpp"

namespace atelier {
namespace {

using namespace testing_experiment;

constexpr const char* kSearch = R"(
method: tpe
metric: {name: val_loss}
run_cap: 12
early_terminate: {type: asha, min_iter: 1, eta: 2}
parameters:
  layers: {values: [[8], [16, 8]]}
  learning_rate: {distribution: log_uniform_values, min: 1e-4, max: 0.3}
  optimizer: {values: [sgd, adam]}
  batch_size: {values: [20, 60]}
)";

/// The value of a Result; the test fails with the Error's words when there is none.
template <class T>
T value(Result<T> result) {
  EXPECT_TRUE(result) << describe(result.error());
  return result ? *std::move(result) : T{};
}

/// So many workers; what hangs ends after a while, and is not over then.
WorkOptions with(int workers, int retries = 0) { return {.workers = workers, .seconds = 120, .retries = retries}; }

class SweepTest : public testing::Test {
 protected:
  void SetUp() override {
    write_small_data(folder_.path / "data");
    base_.data = (folder_.path / "data").string();
    base_.layers = {12};
    base_.batch_size = 60;
    base_.epochs = 5;
    base_.learning_rate = 0.01;
  }

  std::unique_ptr<Workspace> open(const std::string& name) const { return *Workspace::open(folder_.path / name); }

  SweepRequest request_of_text(const std::string& text) const {
    auto file = value(parse_sweep(text, "sweep.yaml"));
    SweepRequest request{value(set_up(std::move(file), base_, {})), text};
    request.seed = 3;
    request.budget = request.setup.file.run_cap.value_or(0);
    request.parallel = 3;
    return request;
  }
  Sweep begin(Workspace& workspace, const std::string& text) const {
    return value(create_sweep(workspace.store(), request_of_text(text), "s"));
  }

  /// A sweep of this text that nothing disturbs.
  SweepOutcome whole(const std::string& text, const std::string& name = "whole", int workers = 2) const {
    const auto workspace = open(name);
    return value(work_at(*workspace, begin(*workspace, text), with(workers), {}));
  }

  /// All that must not depend on who worked when, a line a trial.
  std::vector<std::string> record(const std::string& name) const {
    const auto store = value(open_store(folder_.path / name, {.read_only = true}));
    std::vector<std::string> lines;
    for (const atelier::Run& run : value(store->runs({.where = "sweep = \"s\"", .sort = "trial"}))) {
      std::string line =
          fmt::format("{} {} {} ({}) {}", run.trial->number, run.name, name_of(run.state), run.reason, run.config);
      for (const EpochRow& row : value(store->history(run.id))) {
        line += fmt::format("\n  {}", row.epoch);
        for (const auto& [metric, number] : row.metrics)
          if (metric != "train_seconds" && metric != "samples_per_second")
            line += fmt::format(" {}={}", metric, number);
      }
      const std::string model = bytes_of(folder_.path / name / run.id / "model.safetensors");
      line += fmt::format("\n  model {}",
                          to_hex(sha256({reinterpret_cast<const std::uint8_t*>(model.data()), model.size()})));
      lines.push_back(std::move(line));
    }
    return lines;
  }

  /// A watch that raises `stop` with the n-th epoch, and holds the work up until that must have been seen.
  SweepWatch until_epoch(int n, std::atomic<bool>& stop) const {
    return {.news =
                [&stop, n, seen = 0](const TrialNews& news) mutable {
                  if (news.kind != TrialNews::Kind::epoch || ++seen != n) return;
                  stop = true;
                  std::this_thread::sleep_for(std::chrono::milliseconds(250));
                },
            .stop = &stop};
  }

  Folder folder_;
  Recipe base_;
};

bool contains_state(const SweepOutcome& outcome, RunState state) {
  return std::ranges::any_of(outcome.trials, [&](const TrialLine& t) { return t.state == state; });
}

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

TEST_F(SweepTest, AStopBeforeItBeginsChangesNothing) {
  const auto workspace = open("w");
  const Sweep sweep = begin(*workspace, kSearch);
  const std::atomic<bool> stop = true;
  const auto outcome = value(work_at(*workspace, sweep, with(2), {.stop = &stop}));
  EXPECT_FALSE(outcome.over);
  EXPECT_TRUE(outcome.trials.empty());
}

/// Runs `body` in a process of its own, which is to be killed by its own hand.
template <class Body>
void killed(const Body& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    body();
    ::_exit(1);  // it came to an end before
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

SweepWatch fatal_epoch(int n) {
  return {.news = [n, seen = 0](const TrialNews& news) mutable {
    if (news.kind == TrialNews::Kind::epoch && ++seen == n) ::raise(SIGKILL);
  }};
}

TEST_F(SweepTest, AKilledTrialGoesOnFromItsCheckpointToTheSameWeights) {
  whole(kSearch);
  for (const int epoch : {1, 5, 9}) {
    killed([&] {
      const auto workspace = open("killed");
      const auto sweep = find_sweep(workspace->store(), "last");
      static_cast<void>(work_at(*workspace, sweep ? *sweep : begin(*workspace, kSearch), with(2), fatal_epoch(epoch)));
    });
  }
  const auto workspace = open("killed");
  EXPECT_TRUE(value(work_at(*workspace, value(find_sweep(workspace->store(), "s")), with(2), {})).over);
  EXPECT_EQ(record("killed"), record("whole"));
  for (int trial = 0; trial < 12; trial++) {
    const auto path = [&](const char* name) {
      return folder_.path / name / fmt::format("s-{}", trial) / "checkpoint.safetensors";
    };
    const auto a = value(read_checkpoint(path("killed"))), b = value(read_checkpoint(path("whole")));
    EXPECT_EQ(a.snapshot.parameters, b.snapshot.parameters) << trial;
    EXPECT_EQ(a.snapshot.state, b.snapshot.state) << trial;
  }
}

TEST_F(SweepTest, ATrialWhoseWorkerDiedIsTakenOverByThoseAtWork) {
  whole(kSearch);
  std::array<int, 2> gate{};
  ASSERT_EQ(::pipe(gate.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    char word = 0;
    if (::read(gate[0], &word, 1) != 1) ::_exit(2);
    const auto workspace = open("shared");
    static_cast<void>(work_at(*workspace, *find_sweep(workspace->store(), "s"), with(2), fatal_epoch(2)));
    ::_exit(1);
  }
  const auto workspace = open("shared");  // it finds nobody dead yet
  const Sweep sweep = begin(*workspace, kSearch);
  ASSERT_EQ(::write(gate[1], "!", 1), 1);
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_TRUE(value(work_at(*workspace, sweep, with(1), {})).over);
  EXPECT_EQ(record("shared"), record("whole"));
  ::close(gate[0]), ::close(gate[1]);
}

TEST_F(SweepTest, ADivergingTrialIsRecordedAndEndsNothing) {
  base_.norm = "none", base_.optimizer = "sgd", base_.loss = "squared_error_raw", base_.activation = "identity";
  const auto outcome =
      whole("method: grid\nmetric: {name: val_loss}\nparameters:\n  learning_rate: {values: [1e-3, 1000, 1e-4]}\n");
  EXPECT_TRUE(outcome.over);
  ASSERT_EQ(outcome.trials.size(), 3u);
  EXPECT_EQ(outcome.trials[0].state, RunState::finished);
  EXPECT_EQ(outcome.trials[1].state, RunState::diverged);
  EXPECT_FALSE(outcome.trials[1].reason.empty());
  EXPECT_EQ(outcome.trials[2].state, RunState::finished);
  EXPECT_NE(outcome.best, 1u);
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

TEST_F(SweepTest, AFailedTrialIsTriedAgainAsOftenAsAskedFor) {
  for (const int retries : {0, 2}) {
    const std::string name = std::to_string(retries);
    const auto workspace = open(name);
    const Sweep sweep = begin(
        *workspace, "method: grid\nmetric: {name: val_loss}\nparameters:\n  batch_size: {values: [60, 5000, 40]}\n");
    const auto outcome = value(work_at(*workspace, sweep, with(2, retries), {}));
    EXPECT_TRUE(outcome.over);
    ASSERT_EQ(outcome.trials.size(), 3u);
    EXPECT_EQ(outcome.trials[1].state, RunState::failed);
    EXPECT_NE(outcome.trials[1].reason.find("batch"), std::string::npos) << outcome.trials[1].reason;
    EXPECT_EQ(value(workspace->store().run("s-1")).attempt, 1 + retries);
    EXPECT_EQ(outcome.trials[2].state, RunState::finished);
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
  whole(text, "other", 3);
  EXPECT_EQ(record("other"), record("whole"));
}

// A folder stands where a trial's model should go, as a full disk would have it: nothing can be saved there.
TEST_F(SweepTest, WhatCannotBeSavedIsOneErrorAndLosesNothing) {
  for (const int epochs : {1, 5}) {  // the last epoch, and one before
    base_.epochs = epochs;
    const std::string name = fmt::format("broken-{}", epochs), good = fmt::format("good-{}", epochs);
    whole(kSearch, good);
    const auto workspace = open(name);
    const Sweep sweep = begin(*workspace, kSearch);
    const fs::path obstacle = folder_.path / name / "s-3" / "model.safetensors";
    fs::create_directories(obstacle / "x");
    const auto broken = work_at(*workspace, sweep, with(2), {});
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().kind, Trouble::file);
    EXPECT_NE(broken.error().detail.find("model.safetensors"), std::string::npos) << describe(broken.error());
    EXPECT_EQ(value(workspace->store().run("s-3")).state, RunState::queued);
    EXPECT_EQ(value(workspace->store().sweep("s")).state, SweepState::paused);
    fs::remove_all(obstacle);
    EXPECT_TRUE(value(work_at(*workspace, sweep, with(2), {})).over);
    EXPECT_EQ(record(name), record(good)) << epochs;
  }
}

TEST_F(SweepTest, ARunFolderThatCannotBeMadeIsOneErrorAndLosesNothing) {
  whole(kSearch);
  const auto workspace = open("broken");
  const Sweep sweep = begin(*workspace, kSearch);
  std::ofstream(folder_.path / "broken" / "s-2") << "in the way";
  const auto broken = work_at(*workspace, sweep, with(2), {});
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().summary, "the run's folder cannot be made");
  fs::remove(folder_.path / "broken" / "s-2");
  EXPECT_TRUE(value(work_at(*workspace, sweep, with(2), {})).over);
  EXPECT_EQ(record("broken"), record("whole"));
}

TEST_F(SweepTest, DataThatAreAwayFailNoTrial) {
  whole(kSearch);
  std::atomic<bool> stop = false;
  const auto workspace = open("away");
  const Sweep sweep = begin(*workspace, kSearch);
  EXPECT_FALSE(value(work_at(*workspace, sweep, with(2), until_epoch(4, stop))).over);
  fs::rename(folder_.path / "data", folder_.path / "elsewhere");
  const auto away = work_at(*workspace, sweep, with(2), {});
  EXPECT_FALSE(away);
  fs::rename(folder_.path / "elsewhere", folder_.path / "data");
  EXPECT_TRUE(value(work_at(*workspace, sweep, with(2), {})).over);
  EXPECT_EQ(record("away"), record("whole"));
}

TEST_F(SweepTest, ADamagedCheckpointCostsTimeOnly) {
  whole(kSearch);
  std::atomic<bool> stop = false;
  const auto workspace = open("damaged");
  const Sweep sweep = begin(*workspace, kSearch);
  EXPECT_FALSE(value(work_at(*workspace, sweep, with(2), until_epoch(6, stop))).over);
  int damaged = 0;
  for (int trial = 0; trial < 12; trial++) {
    const auto path = folder_.path / "damaged" / fmt::format("s-{}", trial) / "checkpoint.safetensors";
    if (!fs::exists(path)) continue;
    fs::resize_file(path, fs::file_size(path) / 2);
    damaged++;
  }
  EXPECT_GT(damaged, 1);
  EXPECT_TRUE(value(work_at(*workspace, sweep, with(2), {})).over);
  EXPECT_EQ(record("damaged"), record("whole"));
}

TEST_F(SweepTest, ADeletedTrialIsTriedAnew) {
  whole(kSearch);
  const auto before = record("whole");
  const auto workspace = open("whole");
  const std::vector<std::string> gone{"s-1", "s-7"};
  EXPECT_EQ(value(workspace->store().remove(gone, false)).runs.size(), 2u);
  EXPECT_TRUE(value(work_at(*workspace, value(find_sweep(workspace->store(), "s")), with(2), {})).over);
  EXPECT_EQ(record("whole"), before);
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

TEST_F(SweepTest, ASweepThatIsNotThereIsAnError) {
  const auto workspace = open("w");
  EXPECT_FALSE(find_sweep(workspace->store(), "last"));
  Sweep sweep = begin(*workspace, kSearch);
  const auto unknown = find_sweep(workspace->store(), "nothing");
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().summary.find("nothing"), std::string::npos);
  sweep.id = "gone";
  const auto outcome = work_at(*workspace, sweep, with(1), {});
  ASSERT_FALSE(outcome);
  EXPECT_NE(outcome.error().summary.find("gone"), std::string::npos);
}

}  // namespace
}  // namespace atelier
