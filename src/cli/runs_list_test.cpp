// runs_list_test.cpp: runs as tables, CSV and JSON.
#include <algorithm>
#include <fstream>

#include "cli/detail/runs_testing.hpp"
#include "figures/text.hpp"

namespace atelier::cli {
namespace {

using testing::Ran;
using Words = std::vector<std::string>;

class RunsList : public testing::RunsTest {};

TEST_F(RunsList, TheNewestFirst) {
  const std::string text = output({});
  EXPECT_EQ(text, output({"list"}));
  EXPECT_EQ(text.substr(0, text.find('\n')), "id    state     val_accuracy  epochs  seconds  created");
  const Words ids = heads(text);
  EXPECT_EQ(Words(ids.begin() + 2, ids.end()), (Words{"live", "wide", "worn"}));
  EXPECT_NE(text.find("wide  finished        0.9000     3/3"), std::string::npos) << text;
  EXPECT_NE(text.find("live  running                    0/5"), std::string::npos) << text;
}

TEST_F(RunsList, FiltersSortsAndLimits) {
  EXPECT_EQ(heads(output({"--where", "val_accuracy > 0.88", "--columns=id"})), (Words{"id", "────", "wide"}));
  EXPECT_EQ(heads(output({"--sort", "val_accuracy", "--csv", "--columns=id"})),
            (Words{"id\r", "worn\r", "wide\r", "live\r"}));
  EXPECT_EQ(heads(output({"--sort", "val_accuracy", "--descending", "--limit", "1", "--csv", "--columns", "id"})),
            (Words{"id\r", "wide\r"}));
  const Ran limited = run({"--limit", "2"});
  EXPECT_EQ(heads(limited.out).size(), 4u);
  EXPECT_EQ(limited.err, "2 of 3 runs; --limit all lists every one\n");
  EXPECT_EQ(run({"--limit", "all"}).err, "");
  EXPECT_EQ(run({"--limit", "0"}).err, "0 of 3 runs; --limit all lists every one\n");
  EXPECT_EQ(run({"--limit", "-1"}).code, 2);
  EXPECT_EQ(run({"--limit", "3x"}).code, 2);
  EXPECT_EQ(run({"--csv", "--json"}).code, 2);
}

TEST_F(RunsList, ANameThatNoRunHasIsAnsweredWithTheNearest) {
  for (const Words& words :
       {Words{"--where", "val_acuracy > 0"}, Words{"--sort", "val_acuracy"}, Words{"--columns", "id,val_acuracy"}}) {
    const Ran ran = run(words);
    EXPECT_EQ(ran.code, 2);
    EXPECT_NE(ran.err.find("did you mean \"val_accuracy\"?"), std::string::npos) << ran.err;
    EXPECT_EQ(ran.out, "");
  }
}

TEST_F(RunsList, SettingsAndMetricsHaveTheirOtherNamesToo) {
  for (const Words& words : {Words{"--where", "val_acc > 0.88 and optimiser = 'nadam'", "--columns", "id", "--csv"},
                             Words{"--where", "VAL_ACCURACY > 0.88", "--columns", "id", "--csv"},
                             Words{"--where", "layers = '256,128' and epochs = 3", "--columns", "id", "--csv"},
                             Words{"--sort", "val-acc", "--descending", "--limit", "1", "--columns", "id", "--csv"}})
    EXPECT_EQ(heads(output(words)).back(), "wide\r") << words[1];
  EXPECT_NE(run({"--where", "optimizr = 'adam'"}).err.find("did you mean \"optimizer\"?"), std::string::npos);
}

TEST_F(RunsList, AFileIsNoWorkspace) {
  const auto file = folder_ / "s.yaml";
  std::ofstream(file) << "method: grid\n";
  const Ran ran = run_words({"runs", "--workspace=" + file.string()});
  EXPECT_EQ(ran.code, 2);
  EXPECT_NE(ran.err.find("s.yaml is no workspace"), std::string::npos) << ran.err;
}

TEST_F(RunsList, TheColumnThatSortsIsShown) {
  const std::string text = output({"--sort", "optimizer"});
  EXPECT_NE(text.find("state     optimizer  val_accuracy"), std::string::npos) << text;
}

TEST_F(RunsList, OneObjectALine) {
  std::istringstream lines(output({"--json"}));
  std::vector<nlohmann::json> all;
  for (std::string line; std::getline(lines, line);) all.push_back(nlohmann::json::parse(line));
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[1]["id"], "wide");
  EXPECT_EQ(all[1]["state"], "finished");
  EXPECT_EQ(all[1]["config"]["optimizer"], "nadam");
  EXPECT_EQ(all[1]["summary"]["val_accuracy"], 0.9);
  for (const char* name : {"name", "group", "tags", "created", "seconds"}) EXPECT_TRUE(all[1].contains(name)) << name;
  EXPECT_TRUE(all[0]["seconds"].is_null());
  const auto chosen = nlohmann::json::parse(output({"--json", "--columns", "id,layers", "--limit", "1"}));
  EXPECT_EQ(chosen, (nlohmann::json{{"id", "live"}, {"layers", nullptr}}));
}

TEST_F(RunsList, AStoredTextOfManyLinesIsOneLine) {
  static_cast<void>(store_->begin_run({.id = "many", .config = "{\n\t\"a\": \"x\\ny\"\r\n}"}, this_worker()));
  const std::string text = output({"--json", "--limit", "1"});
  EXPECT_EQ(std::ranges::count(text, '\n'), 1);
  EXPECT_EQ(nlohmann::json::parse(text)["config"]["a"], "x\ny");
}

TEST_F(RunsList, CsvAsItsStandardSays) {
  ASSERT_TRUE(store_->annotate("wide", {.name = "a \"wide\" one,\nand more"}).has_value());
  EXPECT_EQ(output({"--csv", "--columns", "id, name,layers", "--where", "id = 'wide'"}),
            "id,name,layers\r\nwide,\"a \"\"wide\"\" one,\nand more\",\"[256,128]\"\r\n");
  EXPECT_EQ(output({"--csv", "--columns", "id", "--where", "id = 'nobody'"}), "id\r\n");
  EXPECT_TRUE(output({"--csv", "--columns", "all"}).starts_with("attempt,created,ended,epochs,epochs_done,"));
}

TEST_F(RunsList, AnEmptyWorkspaceSaysOneLine) {
  for (const bool made : {false, true}) {
    const std::filesystem::path empty = folder_ / "empty";
    ASSERT_TRUE(!made || open_store(empty).has_value());
    for (const Words& more : {Words{}, Words{"--json"}, Words{"--csv"}, Words{"--where", "optimizer = 'adam'"}}) {
      Words words{"runs", "--workspace", empty.string()};
      words.insert(words.end(), more.begin(), more.end());
      const Ran ran = run_words(words);
      EXPECT_EQ(ran.code, 0);
      EXPECT_EQ(ran.out, "");
      EXPECT_EQ(ran.err, "there are no runs in " + empty.string() + " yet: `atelier train` makes the first one\n");
    }
    EXPECT_EQ(std::filesystem::exists(empty), made);
  }
  EXPECT_EQ(run({"--where", "id = 'nobody'"}).err, "no run meets the filter\n");
}

TEST_F(RunsList, FitsEveryWindow) {
  ASSERT_TRUE(
      store_->annotate("wide", {.name = "hl_3_bs_16_ac_tanh_in_xavier_op_nadam", .group = "course"}).has_value());
  for (const int width : {24, 40, 60, 80, 120}) {
    const Terminal terminal{.interactive = true, .colour = Colour::basic, .width = width};
    const std::string text = output({}, terminal);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(cells(line), width) << line;
    EXPECT_NE(text.find("wide"), std::string::npos);
    EXPECT_EQ(text.find("hl_3_bs_16_ac_tanh_in_xavier_op_nadam") != std::string::npos, width == 120) << text;
  }
  EXPECT_NE(output({}).find("op_nadam"), std::string::npos) << "a pipe takes lines of any length";
}

TEST_F(RunsList, ATerminalShowsTheNewestFifty) {
  for (int i = 0; i < 60; ++i)
    ASSERT_TRUE(store_->begin_run({.id = "more" + std::to_string(i)}, this_worker()).has_value());
  const Ran shown = run({}, {.interactive = true, .width = 80});
  EXPECT_EQ(heads(shown.out).size(), 52u);
  EXPECT_EQ(shown.err, "50 of 63 runs; --limit all lists every one\n");
  EXPECT_EQ(heads(output({})).size(), 65u);
}

}  // namespace
}  // namespace atelier::cli
