// store_test.cpp: what every store does, case by case.
#include "track/store.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <functional>
#include <limits>
#include <thread>

#include "track/detail/store_fixture.hpp"

namespace atelier {
namespace {

using namespace testing;

INSTANTIATE_TEST_SUITE_P(Every, StoreTest, ::testing::ValuesIn(kStores),
                         [](const auto& test) { return std::string(test.param.name); });
TEST_P(StoreTest, KeepsARunAsItWasGiven) {
  const auto claim = value(store_->begin_run({.id = {},
                                              .name = "näme",
                                              .group = "g",
                                              .notes = "n",
                                              .tags = {"b", "a", "a"},
                                              .config = R"({"lr": 1e-3})",
                                              .environment = R"({"isa":"avx2"})"},
                                             "me"));
  EXPECT_EQ(claim.ticket, (Ticket{claim.run.id, 1}));
  store_ = nullptr;
  store_ = open();
  const auto run = value(store_->run(claim.run.id));
  EXPECT_EQ(run.name, "näme");
  EXPECT_EQ(run.group, "g");
  EXPECT_EQ(run.notes, "n");
  EXPECT_EQ(run.tags, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(run.state, RunState::running);
  EXPECT_EQ(run.config, R"({"lr": 1e-3})");
  EXPECT_EQ(run.environment, R"({"isa":"avx2"})");
  EXPECT_EQ(run.created, clock_->wall());
  EXPECT_EQ(run.started, clock_->wall());
  EXPECT_EQ(run.worker, "me");
  EXPECT_FALSE(run.ended || run.trial);
}

TEST_P(StoreTest, AnIdIsTakenOnceAndNamesAFolder) {
  begin("same");
  EXPECT_FALSE(store_->begin_run({.id = "same"}, "w"));
  for (const char* bad : {"../up", "a/b", ".", "-flag", "sp ace", "é"})
    EXPECT_FALSE(store_->begin_run({.id = bad}, "w"));
  EXPECT_FALSE(store_->run("nobody"));
  EXPECT_EQ(ids(value(store_->runs({}))), (std::vector<std::string>{"same"}));
}

TEST_P(StoreTest, WhatIsNoJsonIsRefusedAndChangesNothing) {
  for (const char* bad : {"", "[]", "{", "{\"a\":nan}", "\"x\"", "{\"\xff\":1}"}) {
    EXPECT_FALSE(store_->begin_run({.id = "x", .config = bad}, "w")) << bad;
    const Progress news{begin("ok"), {{1, {{"loss", 1}}}}, {}, bad};
    EXPECT_FALSE(store_->record({&news, 1})) << bad;
    EXPECT_TRUE(value(store_->history("ok")).empty());
    const std::array<std::string, 1> gone{"ok"};
    EXPECT_EQ(value(store_->end(news.ticket, {})), Acceptance::accepted);
    EXPECT_EQ(value(store_->remove(gone, false)).runs.size(), 1u);
  }
  EXPECT_TRUE(value(store_->runs({})).empty());
}

TEST_P(StoreTest, HistoryComesBackToTheBit) {
  const auto ticket = begin("r");
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  const EpochRow one{1, {{"loss", 0.1 + 0.2}, {"tiny", 5e-324}, {"whole", 3.0}}}, two{2, {{"loss", -inf}, {"up", inf}}};
  EXPECT_EQ(record({ticket, {one}, {}, R"({"loss":0.3,"best":1})"}), Acceptance::accepted);
  EXPECT_EQ(record({ticket, {one, two, {3, {{"loss", nan}}}}, {}, R"({"loss":0.2})"}), Acceptance::accepted);
  const auto history = value(store_->history("r"));
  ASSERT_EQ(history.size(), 3u);
  EXPECT_EQ(history[0], one);
  EXPECT_EQ(history[1], two);
  EXPECT_TRUE(std::isnan(history[2].metrics.at("loss")));
  EXPECT_EQ(value(store_->run("r")).summary, R"({"loss":0.2,"best":1})");
}

TEST_P(StoreTest, SeriesComeBackToTheBitAndAreCutByARewind) {
  const auto ticket = begin("r");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Series first{"step", {"loss", "norm"}, {1, 2, 3}, {0.1, 1, 0.2, nan, 0.3, 3}};
  const Series second{"step", {"loss", "norm"}, {4, 5}, {0.4, 4, 0.5, 5}}, system{"system", {"cpu"}, {10}, {0.5}};
  EXPECT_EQ(record({ticket, {{1, {}}, {2, {}}}, {first, second, system}}), Acceptance::accepted);
  const auto blocks = value(store_->series("r", "step"));
  ASSERT_EQ(blocks.size(), 2u);
  EXPECT_EQ(blocks[1], second);
  EXPECT_EQ(blocks[0].at, first.at);
  EXPECT_TRUE(std::isnan(blocks[0].values[3]));
  EXPECT_EQ(value(store_->rewind(ticket, 1, 2)), Acceptance::accepted);
  EXPECT_EQ(value(store_->history("r")).size(), 1u);
  const auto left = value(store_->series("r", "step"));
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].at, (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(left[0].values.size(), 4u);
  EXPECT_EQ(value(store_->series("r", "system")), std::vector<Series>{system});
  const Progress scored{.ticket = ticket, .summary = R"({"score":9})"};
  ASSERT_TRUE(store_->record({&scored, 1}));
  EXPECT_EQ(value(store_->rewind(ticket, 0, 0)), Acceptance::accepted);
  EXPECT_EQ(value(store_->run("r")).summary, "{}") << "nothing stays that it could tell of";
  for (const Series& bad : {Series{"step", {"a"}, {1, 2}, {1}}, Series{"step", {"a"}, {2, 2}, {1, 1}}}) {
    const Progress news{ticket, {}, {bad}};
    EXPECT_FALSE(store_->record({&news, 1}));
  }
}

TEST_P(StoreTest, EveryStateEndsARunOnce) {
  for (const auto state : {RunState::queued, RunState::paused, RunState::stopped_early, RunState::finished,
                           RunState::diverged, RunState::failed, RunState::killed}) {
    const auto ticket = begin(std::string(name_of(state)));
    clock_->wall_now += 1500;
    EXPECT_EQ(value(store_->end(ticket, {state, "because"})), Acceptance::accepted);
    EXPECT_EQ(value(store_->end(ticket, {RunState::failed, "late"})), Acceptance::refused);
    EXPECT_EQ(record({ticket, {{1, {}}}}), Acceptance::refused);
    const auto run = value(store_->run(ticket.run));
    EXPECT_EQ(run.state, state);
    EXPECT_EQ(run.reason, "because");
    EXPECT_EQ(*run.ended - *run.started, std::chrono::milliseconds(1500));
    EXPECT_TRUE(value(store_->history(ticket.run)).empty());
  }
  EXPECT_FALSE(store_->end(begin("r"), {RunState::running}));
  EXPECT_EQ(value(store_->end({"nobody", 1}, {})), Acceptance::refused);
}

TEST_P(StoreTest, AResumedRunRefusesItsFormerSelf) {
  const auto old = begin("r");
  EXPECT_FALSE(store_->take_over("r", "w2")) << "its worker is alive";
  clock_->steady_now += 61'000;
  const auto next = value(store_->take_over("r", "w2"));
  EXPECT_EQ(next.ticket, (Ticket{"r", 2}));
  EXPECT_EQ(record({old, {{1, {}}}, {}, R"({"x":1})"}), Acceptance::refused);
  EXPECT_EQ(value(store_->end(old, {})), Acceptance::refused);
  EXPECT_EQ(value(store_->rewind(old, 0, 0)), Acceptance::refused);
  EXPECT_EQ(value(store_->add_artifact(old, {.name = "m"})), Acceptance::refused);
  EXPECT_EQ(record({next.ticket, {{1, {}}}}), Acceptance::accepted);
  const auto run = value(store_->run("r"));
  EXPECT_EQ(run.summary, "{}");
  EXPECT_EQ(run.worker, "w2");
}

TEST_P(StoreTest, NotesTagsAndArtifacts) {
  const auto ticket = begin("r");
  ok(store_->annotate("r", {.name = "new", .group = {}, .notes = "why", .add_tags = {"x", "y"}, .remove_tags = {}}));
  ok(store_->annotate("r", {.name = {}, .group = {}, .notes = {}, .add_tags = {"z"}, .remove_tags = {"x"}}));
  const auto run = value(store_->run("r"));
  EXPECT_EQ(run.name, "new");
  EXPECT_EQ(run.notes, "why");
  EXPECT_EQ(run.tags, (std::vector<std::string>{"y", "z"}));
  EXPECT_FALSE(store_->annotate("nobody", {}));
  const Artifact model{"model", "r/model.safetensors", "model", 7, "ab"}, newer{"model", "r/m2", "model", 8, "cd"};
  EXPECT_EQ(value(store_->add_artifact(ticket, model)), Acceptance::accepted);
  EXPECT_EQ(value(store_->artifacts("r")), std::vector<Artifact>{model});
  EXPECT_EQ(value(store_->add_artifact(ticket, newer)), Acceptance::accepted);
  EXPECT_EQ(value(store_->artifacts("r")), std::vector<Artifact>{newer});
}

TEST_P(StoreTest, FiltersFindWhatTheySay) {
  summarise("a", R"({"optimizer":"adam","lr":0.001,"deep":{"er":1},"b.c":2})", R"({"val_accuracy":0.9})");
  summarise("b", R"({"optimizer":"adam","lr":0.1,"deep":{"er":2}})", R"({"val_accuracy":0.8})");
  summarise("c", R"({"optimizer":"sgd","lr":"auto","nesterov":true})", R"({"val_accuracy":"nan","acc-x":1})");
  ok(store_->annotate(
      "a", {.name = "o'neil \"x\"", .group = "g", .notes = {}, .add_tags = {"gold", "1"}, .remove_tags = {}}));
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "abc"},
      {"optimizer = \"adam\"", "ab"},
      {"optimizer = 'adam' and val_accuracy > 0.88", "a"},
      {"optimizer != \"adam\"", "c"},
      {"val_accuracy < 1", "ab"},
      {"not val_accuracy > 0.85", "bc"},
      {"val_accuracy >= 0.8 and (optimizer == 'sgd' or lr <= 1e-3)", "a"},
      {"lr > 0", "ab"},
      {"lr = 'auto' OR config.lr = .1", "bc"},
      {"optimizer in ('sgd', 'lion')", "c"},
      {"optimizer not in ('sgd') AND deep.er = 2", "b"},
      {"b.c = 2", "a"},
      {"nesterov = true", "c"},
      {"nesterov is null", "ab"},
      {"nesterov is not null", "c"},
      {"summary.val_accuracy = \"nan\"", "c"},
      {"optimizer like 'ad%'", "ab"},
      {"optimizer not like '%d%'", ""},
      {"tag = 'gold'", "a"},
      {"tags != 'gold'", "bc"},
      {"tag in ('1', 'none')", "a"},
      {"tag like 'go%'", "a"},
      {"tag is null", "bc"},
      {"name = 'o''neil \"x\"'", "a"},
      {"group = \"g\" and state = 'finished'", "a"},
      {"`acc-x` = 1 and acc-x = +1", "c"},
      {"0.85 < val_accuracy", "a"},
      {"created > '2023-11-14' and created < '2023-11-15'", "abc"},
      {"lr > -1", "ab"},
      {"seconds = 0 and attempt = 1 and epochs_done is null", "abc"}};
  for (const auto& [filter, expected] : cases) {
    std::string found;
    for (const auto& id : where(filter)) found += id;
    EXPECT_EQ(found, expected) << filter;
  }
}

TEST_P(StoreTest, FiltersSayWhatIsWrong) {
  summarise("a", R"({"optimizer":"adam"})", "{}");
  EXPECT_NE(refusal("optimiser = 'adam'").find("did you mean \"optimizer\""), std::string::npos)
      << refusal("optimiser = 'adam'");
  EXPECT_NE(refusal("optimizer = adam").find("in quotes"), std::string::npos);
  const std::vector<std::string> bad{"optimizer",
                                     "optimizer =",
                                     "= 'adam'",
                                     "optimizer = 'adam",
                                     "(optimizer = 'adam'",
                                     "optimizer = 'adam')",
                                     "optimizer = 'adam' and",
                                     "optimizer in 'adam'",
                                     "optimizer in ()",
                                     "optimizer is adam",
                                     "optimizer not 'x'",
                                     "optimizer = 1.2.3",
                                     "optimizer = 12abc",
                                     "tag > 'a'",
                                     "'x' = tag",
                                     "optimizer = 'a'; DROP TABLE run",
                                     "optimizer = 'a' -- more",
                                     "`a\"b` = 1",
                                     "optimizer = $1",
                                     std::string(9000, '('),
                                     std::string(20'000, 'a')};
  for (const auto& filter : bad) EXPECT_NE(refusal(filter), "accepted") << filter.substr(0, 40);
  std::string many = "optimizer = 'adam'";
  while (many.size() < 9900) many += " and not optimizer = 'x'";
  EXPECT_EQ(refusal(many), "accepted");
  std::string ids = "id = 'a'";
  while (ids.size() < 9'990) ids += " or id=1";
  EXPECT_EQ(refusal(ids), "accepted") << "a thousand terms and more";
  EXPECT_FALSE(store_->runs({.sort = "nothing"}));
  const std::array<std::string, 1> unknown{"nothing"};
  EXPECT_FALSE(store_->table({}, unknown));
}

TEST_P(StoreTest, NumbersAreComparedWithNumbers) {
  summarise("a", R"({"epochs":3,"lr":"auto"})", R"({"acc":0.9})");
  summarise("b", R"({"epochs":9,"lr":0.1})", R"({"acc":"nan"})");
  EXPECT_EQ(where("acc > \"0.85\""), std::vector<std::string>{"a"});
  EXPECT_EQ(where("acc = \"nan\""), std::vector<std::string>{"b"});
  EXPECT_EQ(where("lr = \"auto\""), std::vector<std::string>{"a"});
  EXPECT_EQ(where("epochs = \"9\" and attempt = \"1\""), std::vector<std::string>{"b"});
  for (const char* filter : {"epochs > \"two\"", "epochs = \"two\"", "attempt < \"x\""})
    EXPECT_NE(refusal(filter).find("holds numbers, and"), std::string::npos) << refusal(filter);
}

TEST_P(StoreTest, SecondsAreThoseTrained) {
  const auto ticket = begin("a");
  EXPECT_EQ(record({ticket, {}, {}, R"({"seconds":12.5})"}), Acceptance::accepted);
  EXPECT_EQ(value(store_->end(ticket, {RunState::paused})), Acceptance::accepted);
  EXPECT_EQ(value(store_->end(value(store_->take_over("a", "w")).ticket, {})), Acceptance::accepted);
  begin("b");
  clock_->wall_now += 2000;
  EXPECT_EQ(value(store_->end({"b", 1}, {})), Acceptance::accepted);
  EXPECT_EQ(where("seconds = 12.5"), std::vector<std::string>{"a"});
  EXPECT_EQ(where("seconds = 2"), std::vector<std::string>{"b"});
}

TEST_P(StoreTest, HostileNamesAreOnlyNames) {
  const std::string hostile = "'; DROP TABLE run; --";
  const std::string with_nul("a\0b", 3);
  summarise("a", R"({"'; DROP TABLE run; --":1,"x\"y":2,"$.[0]":3,"%s{}":4})", "{}");
  ok(store_->annotate("a", {.name = hostile,
                            .group = with_nul,
                            .notes = std::string(100'000, '"'),
                            .add_tags = {hostile, ""},
                            .remove_tags = {}}));
  const auto run = value(store_->run("a"));
  EXPECT_EQ(run.name, hostile);
  EXPECT_EQ(run.group, with_nul);
  EXPECT_EQ(run.tags, (std::vector<std::string>{"", hostile}));
  EXPECT_EQ(where("`'; DROP TABLE run; --` = 1 and name = \"'; DROP TABLE run; --\""), std::vector<std::string>{"a"});
  EXPECT_EQ(where("`$.[0]` = 3 and `%s{}` = 4"), std::vector<std::string>{"a"});
  EXPECT_FALSE(store_->run("' OR 1=1 --"));
  EXPECT_FALSE(store_->runs({.sort = "id; DROP TABLE run"}));
  EXPECT_TRUE(value(store_->check()).empty());
}

TEST_P(StoreTest, ListingsAreSortedCutAndReduced) {
  summarise("a", R"({"lr":2})", R"({"acc":0.5})");
  summarise("b", R"({"lr":"auto"})", "{}");
  summarise("c", R"({"lr":1})", R"({"acc":"nan"})");
  summarise("d", R"({"lr":1})", R"({"acc":0.7})");
  const auto sorted = [&](const std::string& by, bool down) {
    return ids(value(store_->runs({.sort = by, .descending = down})));
  };
  EXPECT_EQ(sorted("acc", true), (std::vector<std::string>{"d", "a", "c", "b"}));
  EXPECT_EQ(sorted("acc", false), (std::vector<std::string>{"a", "d", "c", "b"}));
  EXPECT_EQ(sorted("", true), (std::vector<std::string>{"d", "c", "b", "a"}));
  EXPECT_EQ(ids(value(store_->runs({.limit = 2, .offset = 1}))), (std::vector<std::string>{"b", "c"}));
  const std::array<std::string, 3> columns{"id", "lr", "acc"};
  const auto table = value(store_->table({.where = "lr = 2 or lr = 'auto'"}, columns));
  ASSERT_EQ(table.size(), 2u);
  EXPECT_EQ(table[0], (std::vector<Cell>{"a", std::int64_t{2}, 0.5}));
  EXPECT_EQ(table[1], (std::vector<Cell>{"b", "auto", std::monostate{}}));
  const auto known = value(store_->columns());
  for (const char* name : {"id", "tags", "lr", "acc"}) EXPECT_TRUE(std::ranges::binary_search(known, name)) << name;
}

TEST_P(StoreTest, DeletingTakesFilesAndSparesWhatRuns) {
  const auto dead = begin("dead");
  EXPECT_EQ(value(store_->end(dead, {})), Acceptance::accepted);
  begin("alive");
  std::filesystem::create_directories(folder_.path / "dead" / "media");
  std::ofstream(folder_.path / "dead" / "media" / "x") << std::string(5000, 'x');
  const std::array<std::string, 2> both{"dead", "alive"};
  const auto rehearsed = value(store_->remove(both, true));
  EXPECT_EQ(rehearsed.runs, std::vector<std::string>{"dead"});
  EXPECT_EQ(rehearsed.refused, std::vector<std::string>{"alive"});
  EXPECT_GE(rehearsed.bytes, 5000u);
  EXPECT_EQ(ids(value(store_->runs({}))), (std::vector<std::string>{"dead", "alive"}));
  EXPECT_TRUE(std::filesystem::exists(folder_.path / "dead" / "media" / "x"));
  EXPECT_EQ(value(store_->remove(both, false)).bytes, rehearsed.bytes);
  EXPECT_EQ(ids(value(store_->runs({}))), std::vector<std::string>{"alive"});
  EXPECT_FALSE(std::filesystem::exists(folder_.path / "dead"));
  const std::array<std::string, 2> unknown{"alive", "nobody"};
  EXPECT_FALSE(store_->remove(unknown, false));
}
TEST_P(StoreTest, ManyThreadsShareOneStore) {
  const auto id = sweep(60);
  const auto second = open();
  std::atomic<int> claimed = 0;
  {
    std::vector<std::jthread> workers;
    for (int w = 0; w < 4; ++w)
      workers.emplace_back([&, w] {
        Store& mine = w % 2 == 0 ? *store_ : *second;
        while (const auto got = value(mine.claim(id, "w"))) {
          EXPECT_EQ(got->ticket.attempt, 1);
          EXPECT_EQ(value(mine.end(got->ticket, {})), Acceptance::accepted);
          EXPECT_EQ(value(mine.runs({.where = "state = 'finished'", .limit = 1})).size(), 1u);
          ++claimed;
        }
      });
  }
  EXPECT_EQ(claimed, 60);
  EXPECT_EQ(value(store_->sweep(id)).trials, (std::map<RunState, int>{{RunState::finished, 60}}));
}

}  // namespace
}  // namespace atelier
