// runs_show_test.cpp: one run in full, the best one, and what differs between some.
#include <limits>

#include "cli/detail/runs_testing.hpp"
#include "figures/text.hpp"

namespace atelier::cli {
namespace {

using testing::Ran;
using Words = std::vector<std::string>;

class RunsShow : public testing::RunsTest {
 protected:
  static bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
};

TEST_F(RunsShow, TellsAllOfARun) {
  static_cast<void>(store_->annotate("live", {.name = "a try", .notes = "first\nsecond", .add_tags = {"x", "y"}}));
  ASSERT_TRUE(store_->add_artifact(live_, {"model", "live/model.safetensors", "model", 12'345'678, "ab"}).has_value());
  const std::string text = output({"show", "live"});
  for (const char* part : {"live  a try   running\n", "tags x, y\nfirst\nsecond\n", "optimizer  sgd  [adam]",
                           "live/model.safetensors   12.3 MB"})
    EXPECT_TRUE(holds(text, part)) << part << "\n" << text;
}

TEST_F(RunsShow, WhatDiffersFromTheDefaultsStandsFirst) {
  const std::string text = output({"show", "wide"});
  const std::size_t own = text.find("  optimizer  nadam  [adam]\n  epochs     3  [10]\n");
  EXPECT_LT(own, text.find("  as by default: layers 256,128\n")) << text;
  EXPECT_TRUE(holds(text, "val_accuracy  90.00 % ± 0.39\n")) << text;
  EXPECT_TRUE(holds(text, "3 of 3 epochs")) << text;
}

TEST_F(RunsShow, AHistoryIsATableAndOnATerminalACurve) {
  EXPECT_TRUE(holds(output({"show", "wide"}), "    2          0.9100     0.090        0.9100\n"))
      << output({"show", "wide"});
  EXPECT_FALSE(holds(output({"show", "wide"}), " ┤ "));
  EXPECT_TRUE(holds(output({"show", "wide"}, {.interactive = true}), "validation accuracy"));
  EXPECT_FALSE(holds(output({"show", "worn"}, {.interactive = true}), " ┤ ")) << "one epoch draws no line";
}

TEST_F(RunsShow, ALongHistoryIsShownInPart) {
  finish("long", "{}", std::vector<double>(100, 0.5));
  const std::string text = output({"show", "long"});
  EXPECT_TRUE(holds(text, "\n    1  ") && holds(text, "\n  100  ")) << text;
  EXPECT_TRUE(holds(text, "12 of 100 epochs; --json has all"));
  EXPECT_FALSE(holds(text, "\n   50  "));
  EXPECT_EQ(json({"show", "long"})["history"].size(), 100u);
}

TEST_F(RunsShow, EveryWindowIsWideEnough) {
  for (const int width : {40, 60, 80, 120})
    for (const char* command : {"show", "best", "diff"}) {
      Words words{command};
      if (words[0] == "show") words.emplace_back("wide");
      if (words[0] == "diff") words.insert(words.end(), {"wide", "worn", "live"});
      std::istringstream lines(output(words, {.interactive = true, .width = width}));
      for (std::string line; std::getline(lines, line);) EXPECT_LE(cells(line), width) << line;
    }
}

TEST_F(RunsShow, AsJson) {
  Progress news{.ticket = live_, .epochs = {{1, {{"val_loss", std::numeric_limits<double>::infinity()}}}}};
  ASSERT_TRUE(store_->record({&news, 1}).has_value());
  const auto live = json({"show", "live"});
  EXPECT_EQ(live["history"], nlohmann::json::parse(R"([{"epoch":1,"val_loss":"inf"}])"));
  EXPECT_EQ(live["state"], "running");
  EXPECT_TRUE(live["ended"].is_null());
  const auto wide = json({"show", "wi"});
  EXPECT_EQ(wide["environment"]["host"], "a");
  EXPECT_EQ(wide["config"]["epochs"], 3);
  EXPECT_EQ(wide["artifacts"], nlohmann::json::array());
}

TEST_F(RunsShow, LastAndUnknownRuns) {
  EXPECT_TRUE(output({"show", "last"}).starts_with("live   running\n"));
  EXPECT_EQ(run({"show", "wiide"}).err,
            "error: there is no run \"wiide\"\nhint: did you mean wide? `atelier runs` lists all\n");
  EXPECT_EQ(run({"show"}).code, 2);
  const Ran none = run_words({"runs", "show", "last", "--workspace", (folder_ / "none").string()});
  EXPECT_EQ(none.code, 4);
  EXPECT_TRUE(holds(none.err, "`atelier train` makes the first one")) << none.err;
}

TEST_F(RunsShow, TheBestIsTheMostAccurate) {
  const Ran best = run({"best"});
  EXPECT_TRUE(
      best.out.starts_with("highest val_accuracy of 2 runs: 90.00 %, 5.00 points ahead of worn\nwide   finished\n"))
      << best.out;
  EXPECT_TRUE(best.err.starts_with("next: atelier evaluate wide --workspace ")) << best.err;
  const auto found = json({"best"});
  EXPECT_EQ(found["id"], "wide");
  EXPECT_EQ(found["metric"], "val_accuracy");
  EXPECT_EQ(found["value"], 0.9);
  EXPECT_EQ(json({"best", "--lowest"})["id"], "worn");
  EXPECT_EQ(json({"best", "--metric", "val_loss"})["id"], "wide");
  EXPECT_EQ(json({"best", "--metric", "val_loss", "--highest"})["id"], "worn");
  EXPECT_EQ(json({"best", "--where", "optimizer = 'adam'"})["id"], "worn");
}

TEST_F(RunsShow, WithoutAnAccuracyTheBestHasTheLowestLoss) {
  finish("worn2", "{}", {0.5});
  const Ticket ticket = store_->begin_run({.id = "table"}, this_worker()).value().ticket;
  ASSERT_TRUE(store_->end(ticket, {.summary = R"({"val_loss":0.7})"}).has_value());
  EXPECT_EQ(json({"best", "--where", "id = 'table'"})["metric"], "val_loss");
  EXPECT_EQ(run({"best", "--where", "id = 'live'"}).code, 2);
  const Ran unknown = run({"best", "--metric", "val_acuracy"});
  EXPECT_TRUE(holds(unknown.err, "did you mean \"val_accuracy\"?")) << unknown.err;
}

TEST_F(RunsShow, OnlyWhatDiffers) {
  const auto found = json({"diff", "worn", "wide"});
  EXPECT_EQ(found["runs"], (Words{"worn", "wide"}));
  EXPECT_EQ(found["config"], nlohmann::json::parse(R"({"optimizer": ["adam", "nadam"], "epochs": [1, 3]})"));
  EXPECT_EQ(found["summary"]["val_accuracy"], nlohmann::json::parse("[0.85, 0.9]"));
  EXPECT_EQ(found["environment"], nlohmann::json::object());
}

TEST_F(RunsShow, ADifferenceOfThreeRuns) {
  const std::string text = output({"diff", "worn", "wide", "live"});
  EXPECT_TRUE(holds(text, "optimizer           adam     nadam    sgd\n")) << text;
  EXPECT_TRUE(holds(text, "host                a        a        –\n")) << text;
  const std::string narrow = output({"diff", "worn", "wide", "live"}, {.interactive = true, .width = 30});
  EXPECT_TRUE(narrow.starts_with("optimizer\n  worn  adam\n  wide  nadam\n  live  sgd\n")) << narrow;
}

TEST_F(RunsShow, NothingDiffers) {
  const Ran same = run({"diff", "wide", "wide"});
  EXPECT_EQ(same.out, "");
  EXPECT_EQ(same.err, "nothing differs: settings, results and environment are the same\n");
  EXPECT_EQ(run({"diff", "wide"}).code, 2);
}

}  // namespace
}  // namespace atelier::cli
