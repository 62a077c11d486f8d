// store_sweeps_test.cpp: what every store does for sweeps: trials handed out, held, closed, and lost workers.
#include <algorithm>
#include <array>

#include "track/detail/store_fixture.hpp"

namespace atelier {
namespace {

using namespace testing;

class StoreSweepsTest : public StoreTest {};
INSTANTIATE_TEST_SUITE_P(Every, StoreSweepsTest, ::testing::ValuesIn(kStores),
                         [](const auto& test) { return std::string(test.param.name); });
TEST_P(StoreSweepsTest, ASweepHandsOutEachTrialOnce) {
  const auto id = sweep(3);
  EXPECT_EQ(
      value(store_->add_trials(id, std::vector<NewTrial>{{2, "again", R"({"lr":9})", "{}"}, {3, "new", "{}", "{}"}})),
      1);
  for (int number = 0; number < 4; ++number) {
    const auto got = claim(id);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->run.trial, (TrialOf{id, number}));
    EXPECT_EQ(got->ticket.attempt, 1);
  }
  EXPECT_FALSE(claim(id));
  EXPECT_EQ(value(store_->run(id + "-2")).config, R"({"lr":0.1})");
  EXPECT_EQ(value(store_->run(id + "-0")).plan, R"({"until":3})");
  EXPECT_EQ(value(store_->sweep(id)).trials, (std::map<RunState, int>{{RunState::running, 4}}));
  EXPECT_FALSE(store_->claim("nobody", "w"));
  EXPECT_FALSE(store_->add_trials("nobody", {}));
}

TEST_P(StoreSweepsTest, APausedTrialIsPromotedAndContinues) {
  const auto id = sweep(1);
  const auto first = claim(id);
  EXPECT_EQ(value(store_->requeue(first->run.id, "{}")), Acceptance::refused) << "it is running";
  EXPECT_EQ(value(store_->end(first->ticket, {RunState::paused, "rung 1"})), Acceptance::accepted);
  EXPECT_FALSE(claim(id));
  EXPECT_EQ(value(store_->requeue(first->run.id, R"({"until":9})")), Acceptance::accepted);
  const auto second = claim(id);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->run.plan, R"({"until":9})");
  EXPECT_EQ(second->ticket.attempt, 2);
  EXPECT_EQ(value(store_->end(second->ticket, {RunState::finished, "", R"({"loss":1})"})), Acceptance::accepted);
  EXPECT_EQ(value(store_->requeue(first->run.id, "{}")), Acceptance::refused) << "it has finished";
}

TEST_P(StoreSweepsTest, LostTrialsAreQueuedAgainAndLateResultsRefused) {
  const auto id = sweep(1);
  const auto old = claim(id);
  const auto alone = begin("alone");
  clock_->steady_now += 59'000;
  EXPECT_TRUE(value(store_->reap()).empty());
  EXPECT_EQ(record({alone}), Acceptance::accepted) << "a heartbeat";
  clock_->steady_now += 2'000;
  EXPECT_EQ(value(store_->reap()), std::vector<std::string>{old->run.id});
  const auto next = claim(id);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->ticket, (Ticket{old->run.id, 2}));
  EXPECT_EQ(value(store_->end(old->ticket, {RunState::finished, "", R"({"loss":666})"})), Acceptance::refused);
  EXPECT_EQ(value(store_->end(next->ticket, {RunState::finished, "", R"({"loss":1})"})), Acceptance::accepted);
  EXPECT_EQ(value(store_->run(old->run.id)).summary, R"({"loss":1})");
  clock_->steady_now += 61'000;
  EXPECT_EQ(value(store_->reap()), std::vector<std::string>{"alone"});
  EXPECT_EQ(value(store_->run("alone")).state, RunState::killed);
  EXPECT_NE(value(store_->run("alone")).reason, "");
}

TEST_P(StoreSweepsTest, ATicketIsNeverValidTwice) {
  const auto id = sweep(1);
  const auto old = claim(id);
  clock_->steady_now += 61'000;
  const std::array<std::string, 1> trial{old->run.id};
  EXPECT_EQ(value(store_->remove(trial, false)).runs.size(), 1u);
  EXPECT_EQ(value(store_->add_trials(id, std::vector<NewTrial>{{0, "again", "{}", "{}"}})), 1);
  const auto next = claim(id);
  ASSERT_TRUE(next);
  EXPECT_NE(next->ticket, old->ticket);
  EXPECT_EQ(record({old->ticket, {{1, {{"loss", 666}}}}}), Acceptance::refused);
  EXPECT_EQ(value(store_->end(old->ticket, {})), Acceptance::refused);
  EXPECT_EQ(value(store_->end(next->ticket, {})), Acceptance::accepted);

  const auto run = begin("r");
  clock_->steady_now += 61'000;
  const std::array<std::string, 1> same{"r"};
  EXPECT_EQ(value(store_->remove(same, false)).runs.size(), 1u);
  EXPECT_NE(begin("r"), run);
  EXPECT_EQ(record({run}), Acceptance::refused);
}

TEST_P(StoreSweepsTest, AnIdNamesOneThing) {
  const auto made = [&](const std::string& id) { return bool(store_->create_sweep({.id = id})); };
  const auto begun = [&](const std::string& id) { return bool(store_->begin_run({.id = id}, "w")); };
  EXPECT_TRUE(made("sw"));
  EXPECT_FALSE(made("sw"));
  EXPECT_FALSE(made("sw-3")) << "a trial may be called so";
  EXPECT_FALSE(begun("sw"));
  EXPECT_FALSE(begun("sw-7"));
  EXPECT_TRUE(begun("sw-7a") && begun("sw-") && begun("other") && begun("other-2"));
  EXPECT_FALSE(made("other")) << "the name of its trial 2 is taken";
  EXPECT_TRUE(made("sw-confirm") && made("sw-confirm2"));
  EXPECT_FALSE(made("sw-confirm-2"));
  EXPECT_FALSE(made(std::string(54, 'a'))) << "its trials could have no folder";
  EXPECT_TRUE(made(std::string(53, 'a')));
}

TEST_P(StoreSweepsTest, TrialsAreTagged) {
  const auto id = sweep(1);
  EXPECT_EQ(value(store_->add_trials(id, std::vector<NewTrial>{{1, "t", "{}", "{}", "{}", {"audit"}}})), 1);
  EXPECT_EQ(where("tag = 'audit'"), std::vector<std::string>{id + "-1"});
}

TEST_P(StoreSweepsTest, WhoIsLostShowsSoToReaders) {
  const auto id = sweep(1);
  const auto trial = claim(id);
  begin("alone");
  clock_->steady_now += 61'000;
  const auto reader = GetParam().open(folder_.path, {.read_only = true, .clock = clock_});
  EXPECT_EQ(ids(value(reader->runs({.where = "state = 'killed'"}))), std::vector<std::string>{"alone"});
  EXPECT_EQ(ids(value(reader->runs({.where = "state = 'queued' and reason like '%lost%'"}))),
            std::vector<std::string>{trial->run.id});
  EXPECT_EQ(value(reader->run("alone")).state, RunState::killed);
  EXPECT_EQ(value(reader->sweep(id)).trials, (std::map<RunState, int>{{RunState::queued, 1}}));
  EXPECT_EQ(record({trial->ticket}), Acceptance::accepted) << "it was only slow";
  EXPECT_EQ(value(reader->run(trial->run.id)).state, RunState::running);
}

TEST_P(StoreSweepsTest, ParametersAreFoundByTheirNames) {
  const auto id = value(store_->create_sweep({})).id;
  const std::vector<NewTrial> trials{
      {0, "a", R"({"layers":[64]})", R"({"configuration":{"hidden_size":64,"opt.lr":0.1},"until":3})"},
      {1, "b", R"({"layers":[32,16]})", R"({"configuration":{"hidden_size":32,"opt.lr":0.2},"until":3})"}};
  EXPECT_EQ(value(store_->add_trials(id, trials)), 2);
  EXPECT_EQ(where("hidden_size = 64"), std::vector<std::string>{id + "-0"});
  EXPECT_EQ(where("opt.lr > 0.15"), std::vector<std::string>{id + "-1"});
  EXPECT_EQ(where("layers = 64"), std::vector<std::string>{id + "-0"});
  EXPECT_EQ(where("layers = \"64\""), std::vector<std::string>{id + "-0"});
  EXPECT_EQ(where("layers != 64"), std::vector<std::string>{id + "-1"});
  EXPECT_EQ(where("layers in (\"32,16\", 8)"), std::vector<std::string>{id + "-1"});
  EXPECT_EQ(where("layers = \"[32,16]\""), std::vector<std::string>{id + "-1"});
  EXPECT_NE(refusal("hiden_size = 64").find("did you mean \"hidden_size\""), std::string::npos)
      << refusal("hiden_size = 64");
  const RunQuery query{
      .where = "hidden = 64 and Hidden_Size = 64", .sort = "hidden", .aliases = {{"hidden", "layers"}}};
  EXPECT_EQ(ids(value(store_->runs(query))), std::vector<std::string>{id + "-0"});
  EXPECT_FALSE(store_->runs({.where = "width = 64", .aliases = {{"width", "depth"}}}));
}

TEST_P(StoreSweepsTest, ASweepIsForgottenOnceItsTrialsAre) {
  const auto id = sweep(2);
  EXPECT_FALSE(store_->remove_sweep(id));
  const std::vector<std::string> trials{id + "-0", id + "-1"};
  ASSERT_TRUE(store_->remove(trials, false));
  EXPECT_TRUE(store_->remove_sweep(id));
  EXPECT_FALSE(store_->sweep(id));
  EXPECT_FALSE(store_->remove_sweep(id));
}

TEST_P(StoreSweepsTest, ATrialThatNobodyWorksAtIsClosedAsItStands) {
  const auto id = sweep(2);
  const Ending stopped{RunState::stopped_early, "not among the best"};
  EXPECT_EQ(value(store_->close(id + "-1", stopped)), Acceptance::accepted) << "queued";
  const auto mine = claim(id);
  ASSERT_TRUE(mine);
  EXPECT_EQ(value(store_->close(mine->run.id, stopped)), Acceptance::refused) << "running";
  ASSERT_EQ(value(store_->end(mine->ticket, {RunState::paused, ""})), Acceptance::accepted);
  const auto before = value(store_->run(mine->run.id));
  EXPECT_EQ(value(store_->close(mine->run.id, stopped)), Acceptance::accepted);
  const auto after = value(store_->run(mine->run.id));
  EXPECT_EQ(after.state, RunState::stopped_early);
  EXPECT_EQ(after.reason, "not among the best");
  EXPECT_EQ(after.attempt, before.attempt);
  EXPECT_EQ(after.started, before.started);
  EXPECT_EQ(value(store_->close(mine->run.id, stopped)), Acceptance::refused) << "it has ended";
}

TEST_P(StoreSweepsTest, ATrialThatKillsItsWorkersIsGivenUp) {
  const auto id = sweep(1);
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(claim(id));
    clock_->steady_now += 61'000;
    EXPECT_EQ(value(store_->reap()).size(), 1u);
  }
  EXPECT_FALSE(claim(id));
  EXPECT_EQ(value(store_->run(id + "-0")).state, RunState::failed);
  EXPECT_EQ(value(store_->requeue(id + "-0", "{}")), Acceptance::accepted) << "asked for a retry";
  EXPECT_TRUE(claim(id));
}

TEST_P(StoreSweepsTest, AClockThatJumpsADayLosesNothing) {
  const auto id = sweep(1);
  const auto held = claim(id);
  for (const std::int64_t day : {86'400'000, -2 * 86'400'000}) {
    clock_->wall_now += day;
    EXPECT_TRUE(value(store_->reap()).empty());
    EXPECT_EQ(record({held->ticket}), Acceptance::accepted);
  }
  EXPECT_EQ(value(store_->end(held->ticket, {})), Acceptance::accepted);
}

TEST_P(StoreSweepsTest, AfterARestartOfTheMachineNobodyIsLeft) {
  const auto id = sweep(1);
  ASSERT_TRUE(claim(id));
  clock_->boot_now = "second boot";
  clock_->steady_now = 5;
  EXPECT_EQ(value(store_->reap()).size(), 1u);
  EXPECT_TRUE(claim(id));
}

TEST_P(StoreSweepsTest, ADeadProcessIsNoticedAtOnce) {
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  const pid_t child = start_child([&] {
    const std::string worker = this_worker();
    return ::write(pipe[1], worker.data(), worker.size()) > 0 ? 0 : 1;
  });
  std::array<char, 1000> buffer{};
  const auto got = ::read(pipe[0], buffer.data(), buffer.size());
  ASSERT_EQ(exit_code(child), 0);
  const std::string dead(buffer.data(), static_cast<std::size_t>(got));
  EXPECT_TRUE(is_gone(dead)) << dead;
  EXPECT_FALSE(is_gone(this_worker()));
  value(store_->begin_run({.id = "theirs"}, dead));
  value(store_->begin_run({.id = "mine"}, this_worker()));
  EXPECT_EQ(value(store_->reap()), std::vector<std::string>{"theirs"});
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST_P(StoreSweepsTest, SweepsRememberAndStop) {
  const auto id = sweep(1);
  ok(store_->update_sweep(id, {.state = {}, .memo = R"({"virtual":3})"}));
  ok(store_->update_sweep(id, {.state = SweepState::paused, .memo = {}}));
  EXPECT_FALSE(claim(id));
  EXPECT_FALSE(value(store_->sweep(id)).ended);
  ok(store_->update_sweep(id, {.state = SweepState::finished}));
  const Sweep over = value(store_->sweep(id));
  EXPECT_EQ(over.memo, R"({"virtual":3})");
  EXPECT_EQ(over.state, SweepState::finished);
  EXPECT_EQ(over.ended, clock_->wall());
  ok(store_->update_sweep(id, {.state = SweepState::running}));
  EXPECT_TRUE(claim(id));
  EXPECT_EQ(value(store_->sweeps()).size(), 1u);
  EXPECT_FALSE(store_->sweep("nobody"));
  EXPECT_FALSE(store_->update_sweep("nobody", {}));
}

}  // namespace
}  // namespace atelier
