// sweep_trouble_test.cpp: sweeps that are killed, disturbed or damaged lose nothing; what fails is recorded.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>

#include "experiment/detail/sweep_testing.hpp"
#include "experiment/sweep.hpp"

namespace atelier {
namespace {

using namespace testing_experiment;

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

TEST_F(SweepTest, AFailedTrialIsTriedAgainAsOftenAsAskedFor) {
  for (const int retries : {0, 2}) {
    const std::string name = std::to_string(retries);
    const auto workspace = open(name);
    const Sweep begun = begin(
        *workspace, "method: grid\nmetric: {name: val_loss}\nparameters:\n  batch_size: {values: [60, 5000, 40]}\n");
    const Sweep sweep = value(extend_sweep(workspace->store(), begun, {.retries = retries}));
    const auto outcome = value(work_at(*workspace, sweep, with(2), {}));
    EXPECT_TRUE(outcome.over);
    ASSERT_EQ(outcome.trials.size(), 3u);
    EXPECT_EQ(outcome.trials[1].state, RunState::failed);
    EXPECT_NE(outcome.trials[1].reason.find("batch"), std::string::npos) << outcome.trials[1].reason;
    EXPECT_EQ(value(workspace->store().run("s-1")).attempt, 1 + retries);
    EXPECT_EQ(outcome.trials[2].state, RunState::finished);
  }
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

TEST_F(SweepTest, DataThatHaveChangedStopTheWorkAndFailNoTrial) {
  whole(kSearch);
  std::atomic<bool> stop = false;
  const auto workspace = open("changed");
  const Sweep sweep = begin(*workspace, kSearch);
  EXPECT_FALSE(value(work_at(*workspace, sweep, with(2), until_epoch(4, stop))).over);
  fs::rename(folder_.path / "data", folder_.path / "good");
  fs::create_directories(folder_.path / "data");
  write_small_set(folder_.path / "data", "train", 300, 7);
  const auto changed = work_at(*workspace, sweep, with(2), {});
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().summary, "the data of this sweep have changed since it began");
  fs::remove_all(folder_.path / "data");
  fs::rename(folder_.path / "good", folder_.path / "data");
  EXPECT_TRUE(value(work_at(*workspace, sweep, with(2), {})).over);
  EXPECT_EQ(record("changed"), record("whole"));
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

/// Deletes the trials of a state that wait, once, in the midst of the work.
SweepWatch deleting(Store& store, RunState state, int epoch) {
  return {.news = [&store, state, epoch, seen = 0](const TrialNews& news) mutable {
    if (news.kind != TrialNews::Kind::epoch || ++seen != epoch) return;
    const auto ids = value(store.table({.where = fmt::format("state = \"{}\"", name_of(state))}, {}));
    std::vector<std::string> gone;
    for (const auto& row : ids) gone.push_back(std::get<std::string>(row.front()));
    EXPECT_FALSE(gone.empty());
    EXPECT_EQ(value(store.remove(gone, false)).runs.size(), gone.size());
  }};
}

TEST_F(SweepTest, ATrialThatIsDeletedMeanwhileIsTriedAnew) {
  const std::string grid =
      "method: grid\nmetric: {name: val_loss}\nparameters:\n  learning_rate: {values: [1e-4, 1e-3, 1e-2]}\n";
  for (const auto& [text, state, epoch] :
       {std::tuple{grid, RunState::queued, 2}, {std::string(kSearch), RunState::paused, 9}}) {
    whole(text, fmt::format("whole-{}", epoch));
    const std::string name = fmt::format("deleted-{}", epoch);
    const auto workspace = open(name);
    const auto outcome = value(work_at(*workspace, begin(*workspace, text), {.workers = 1, .seconds = 30},
                                       deleting(workspace->store(), state, epoch)));
    EXPECT_TRUE(outcome.over);
    EXPECT_EQ(record(name), record(fmt::format("whole-{}", epoch)));
  }
}

TEST_F(SweepTest, TrialsThatAllFailAtTheBeginningStopTheWork) {
  const auto workspace = open("hopeless");
  const Sweep sweep = begin(*workspace,
                            "method: grid\nmetric: {name: val_loss}\nparameters:\n  batch_size: {values: [901, 902, "
                            "903, 904, 905, 906, 907, 908]}\n");
  for (const std::size_t failed : {3u, 6u}) {
    const auto outcome = work_at(*workspace, sweep, with(1), {});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().summary, fmt::format("the first {} trials have all failed, without an epoch", failed));
    EXPECT_NE(outcome.error().detail.find("batch"), std::string::npos) << outcome.error().detail;
    EXPECT_EQ(value(workspace->store().sweep("s")).trials.at(RunState::failed), static_cast<int>(failed));
    EXPECT_EQ(value(workspace->store().sweep("s")).state, SweepState::paused);
  }
  EXPECT_TRUE(value(work_at(*workspace, sweep, with(1), {})).over) << "two were left";
}

TEST_F(SweepTest, ATrialThatIsStoppedWhileItWaitsKeepsItsTimes) {
  const auto outcome = whole(kSearch);
  const auto store = value(open_store(folder_.path / "whole", {.read_only = true}));
  int stopped = 0;
  for (const TrialLine& trial : outcome.trials) {
    const atelier::Run run = value(store->run(trial.run));
    if (run.state != RunState::stopped_early || trial.epochs != 1) continue;
    stopped++;
    EXPECT_EQ(run.attempt, 1) << run.id;
    double trained = 0;
    for (const EpochRow& row : value(store->history(run.id))) trained += row.metrics.at("train_seconds");
    EXPECT_GE(std::chrono::duration<double>(*run.ended - *run.started).count(), trained - 0.002);
  }
  EXPECT_GT(stopped, 0);
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
