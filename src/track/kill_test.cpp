// kill_test.cpp: whatever is killed, and whoever writes at once, what was reported as written is there, once.
#include <sys/wait.h>

#include <array>

#include <chrono>
#include <csignal>
#include <cstring>
#include <map>
#include <random>
#include <thread>

#include "track/detail/testing.hpp"
#include "track/run_writer.hpp"

namespace atelier {
namespace {

using namespace testing;

/// What a writing child reports: up to which epoch its rows are on the disk.
struct Receipt {
  std::array<char, 8> run;
  int epoch;
};

/// Begins runs one after the other, 40 epochs each, and reports every row after it was written.
int write_for_ever(const std::filesystem::path& folder, int receipts) {
  const auto store = open_store(folder);
  if (!store) return 1;
  for (;;) {
    auto claim = (*store)->begin_run({.config = R"({"lr":1})"}, this_worker());
    if (!claim) return 2;
    for (int epoch = 1; epoch <= 40; ++epoch) {
      const Progress news{claim->ticket, {{epoch, {{"loss", 1.0 / epoch}}}}, {{"step", {"x"}, {epoch}, {1.0}}}};
      if (!(*store)->record({&news, 1})) return 3;
      Receipt receipt{{}, epoch};
      std::memcpy(receipt.run.data(), claim->ticket.run.data(), std::min<std::size_t>(claim->ticket.run.size(), 7));
      if (::write(receipts, &receipt, sizeof receipt) != sizeof receipt) return 4;
    }
    if (!(*store)->end(claim->ticket, {})) return 5;
  }
}

/// Kills a writer after `delay_ms`; the last receipt of each run.
std::map<std::string, int> killed_after(const std::filesystem::path& folder, int delay_ms) {
  int pipe[2];
  EXPECT_EQ(::pipe(pipe), 0);
  const pid_t child = start_child([&] { return write_for_ever(folder, pipe[1]); });
  ::close(pipe[1]);
  std::this_thread::sleep_for(std::chrono::milliseconds(delay_ms));
  ::kill(child, SIGKILL);
  EXPECT_EQ(exit_code(child), 1000 + SIGKILL);
  std::map<std::string, int> last;
  Receipt receipt{};
  while (::read(pipe[0], &receipt, sizeof receipt) == sizeof receipt) last[receipt.run.data()] = receipt.epoch;
  ::close(pipe[0]);
  return last;
}

/// Kills writers one after the other in one workspace; nothing that was receipted may be missing or double.
void kill_often(int times) {
  const Folder folder;
  opened(folder.path);
  std::map<std::string, int> all;
  std::random_device chance;
  for (int round = 0; round < times; ++round) {
    all.merge(killed_after(folder.path, 30 + static_cast<int>(chance() % 300)));
    const auto store = opened(folder.path);
    ASSERT_TRUE(value(store->check()).empty());
    ASSERT_LE(value(store->reap()).size(), 1u);
    for (const auto& [run, epoch] : all) {
      const auto history = value(store->history(run));
      ASSERT_GE(static_cast<int>(history.size()), epoch) << run;
      ASSERT_LE(static_cast<int>(history.size()), std::min(epoch + 1, 40)) << run;
      for (std::size_t i = 0; i < history.size(); ++i) ASSERT_EQ(history[i].epoch, static_cast<int>(i) + 1);
      ASSERT_EQ(value(store->series(run, "step")).size(), history.size()) << "a transaction is whole";
    }
    EXPECT_TRUE(value(store->runs({.where = "state = 'running'"})).empty()) << "the dead are found at once";
  }
  EXPECT_GT(all.size(), 0u);
}

TEST(Kill, AWriterKilledAtAnyMomentLosesNothingReported) { kill_often(5); }
TEST(KillDeep, AWriterKilledAtAnyMomentLosesNothingReported) { kill_often(50); }

/// Trains trials until there are none left; killed agents leave theirs to the others.
int agent(const std::filesystem::path& folder, const std::string& sweep) {
  auto store = open_store(folder);
  if (!store) return 1;
  StoreWriter writer(**store, {.batch_ms = 1});
  for (int idle = 0; idle < 200;) {
    if (!(*store)->reap()) return 2;
    const auto claim = (*store)->claim(sweep, this_worker());
    if (!claim) return 3;
    if (!*claim) {
      auto state = (*store)->sweep(sweep);
      if (!state) return 4;
      if (state->trials[RunState::finished] == 40) return 0;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      ++idle;
      continue;
    }
    auto run = writer.open((*claim)->ticket);
    if (!(*store)->rewind((*claim)->ticket, 0, 0)) return 5;
    for (int epoch = 1; epoch <= 3; ++epoch) {
      run.epoch({epoch, {{"loss", epoch + 0.5}}});
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    if (!run.end({RunState::finished})) return 6;
  }
  return 7;
}

TEST(Kill, AgentsAtOnceDoEachTrialOnceThoughOneIsKilled) {
  const Folder folder;
  const auto store = opened(folder.path);
  const auto sweep = value(store->create_sweep({})).id;
  std::vector<NewTrial> trials;
  for (int i = 0; i < 40; ++i) trials.push_back({.number = i});
  value(store->add_trials(sweep, trials));
  const auto start = [&] { return start_child([&] { return agent(folder.path, sweep); }); };
  const pid_t doomed = start(), first = start(), second = start();
  std::this_thread::sleep_for(std::chrono::milliseconds(60));
  ::kill(doomed, SIGKILL);
  while (::waitpid(first, nullptr, WNOHANG | WNOWAIT) == 0 && value(store->runs({.limit = 3})).size() == 3u)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(exit_code(doomed), 1000 + SIGKILL);
  EXPECT_EQ(exit_code(first), 0);
  EXPECT_EQ(exit_code(second), 0);
  const auto runs = value(store->runs({}));
  ASSERT_EQ(runs.size(), 40u);
  int again = 0;
  for (const auto& run : runs) {
    EXPECT_EQ(run.state, RunState::finished);
    EXPECT_EQ(value(store->history(run.id)).size(), 3u);
    again += run.attempt - 1;
  }
  EXPECT_LE(again, 1) << "only what the killed one had in hand";
  EXPECT_TRUE(value(store->check()).empty());
}

}  // namespace
}  // namespace atelier
