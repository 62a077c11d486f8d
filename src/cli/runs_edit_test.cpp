// runs_edit_test.cpp: tags, notes, deleting and resuming.
#include <fstream>

#include "cli/detail/runs_testing.hpp"

namespace atelier::cli {
namespace {

using testing::Ran;
using Words = std::vector<std::string>;

class RunsEdit : public testing::RunsTest {
 protected:
  atelier::Run stored(const std::string& id) const { return store_->run(id).value(); }
  bool is_there(const std::string& id) const { return store_->run(id).has_value(); }
};

TEST_F(RunsEdit, TagsComeAndGo) {
  EXPECT_EQ(run({"tag", "wide", "--add", "b", "--add=a"}).err, "wide: tags a, b\n");
  EXPECT_EQ(stored("wide").tags, (Words{"a", "b"}));
  EXPECT_EQ(output({"tag", "wide"}), "a\nb\n");
  EXPECT_EQ(run({"tag", "wide", "--remove", "a"}).err, "wide: tags b\n");
  const Ran none = run({"tag", "wide", "--remove", "c", "--add", "d"});
  EXPECT_EQ(none.code, 2);
  EXPECT_EQ(none.err, "error: wide has no tag \"c\"\n  it has b\n");
  EXPECT_EQ(stored("wide").tags, Words{"b"});
  EXPECT_EQ(heads(output({"--where", "tag = 'b'", "--csv", "--columns", "id"})).back(), "wide\r");
}

TEST_F(RunsEdit, SeveralRunsAreTaggedAtOnce) {
  EXPECT_EQ(run({"tag", "wide", "worn", "--add", "b"}).err, "wide: tags b\nworn: tags b\n");
  EXPECT_EQ(output({"tag", "wide", "worn"}), "wide  b\nworn  b\n");
  EXPECT_EQ(run({"tag"}).code, 2);
  EXPECT_EQ(run({"tag", "wide", "nobody", "--add", "c"}).code, 2);
  EXPECT_EQ(stored("wide").tags, Words{"b"}) << "all or none";
  for (const char* bad : {"", "  ", "a,b"}) EXPECT_EQ(run({"tag", "wide", std::string("--add=") + bad}).code, 2) << bad;
  EXPECT_EQ(stored("wide").tags, Words{"b"});
}

TEST_F(RunsEdit, ANoteReplacesANote) {
  EXPECT_EQ(run({"note", "wide", "it", "pays", "--name", "the wide one", "--group=course"}).code, 0);
  EXPECT_EQ(stored("wide").notes, "it pays");
  EXPECT_EQ(stored("wide").name, "the wide one");
  EXPECT_EQ(stored("wide").group, "course");
  EXPECT_EQ(output({"note", "wide"}), "it pays\n");
  EXPECT_EQ(run({"note", "wide", "--name", "other"}).code, 0);
  EXPECT_EQ(stored("wide").notes, "it pays");
  EXPECT_EQ(run({"note", "wide", "--no-group", "--no-name"}).code, 0);
  EXPECT_EQ(stored("wide").group + stored("wide").name, "");
  EXPECT_EQ(run({"note", "wide", "--clear"}).code, 0);
  EXPECT_EQ(stored("wide").notes, "");
  EXPECT_EQ(run({"note", "wide", "x", "--clear"}).code, 2);
  EXPECT_EQ(run({"note", "nobody", "x"}).code, 2);
}

TEST_F(RunsEdit, DeletingGivesTheSpaceBack) {
  std::filesystem::create_directories(folder_ / "wide");
  std::ofstream(folder_ / "wide" / "model.safetensors") << std::string(50'000, 'x');
  const Ran dry = run({"delete", "wide", "--dry-run"});
  EXPECT_EQ(dry.out.find("would delete 1 run: wide; 5"), 0u) << dry.out;
  EXPECT_TRUE(is_there("wide") && std::filesystem::exists(folder_ / "wide"));
  const auto gone = json({"delete", "wide"});
  EXPECT_EQ(gone["runs"], Words{"wide"});
  EXPECT_GE(gone["bytes"], 50'000);
  EXPECT_FALSE(is_there("wide") || std::filesystem::exists(folder_ / "wide"));
  EXPECT_TRUE(is_there("worn"));
}

TEST_F(RunsEdit, AFilterDeletesNothingUnsaid) {
  const Ran refused = run({"delete", "--where", "state = 'finished'"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_NE(refused.err.find("--dry-run shows what would go"), std::string::npos) << refused.err;
  EXPECT_NE(output({"delete", "--where", "state = 'finished'", "--dry-run"}).find("would delete 2 runs: worn, wide;"),
            std::string::npos);
  EXPECT_TRUE(is_there("wide") && is_there("worn"));
  EXPECT_EQ(output({"delete", "--where", "state = 'finished'", "--yes"}).find("deleted 2 runs: worn, wide;"), 0u);
  EXPECT_FALSE(is_there("wide") || is_there("worn"));
  EXPECT_EQ(run({"delete", "--where", "state = 'finished'", "--yes"}).err, "no run meets the filter\n");
  for (const Words& words : {Words{"delete"}, Words{"delete", "live", "--where", "id = 'live'"},
                             Words{"delete", "live", "--yes", "--dry-run"}})
    EXPECT_EQ(run(words).code, 2);
}

TEST_F(RunsEdit, ARunningRunIsLeftAlone) {
  const Ran some = run({"delete", "live", "wide"});
  EXPECT_EQ(some.code, 0);
  EXPECT_EQ(some.out.find("deleted 1 run: wide;"), 0u);
  EXPECT_EQ(some.err, "note: 1 run is running and was left alone: live\n");
  const Ran one = run({"delete", "live"});
  EXPECT_EQ(one.code, 2);
  EXPECT_EQ(one.err, "error: 1 run is running and was left alone\n  live\nhint: stop it first with Ctrl-C\n");
  EXPECT_TRUE(is_there("live"));
}

TEST_F(RunsEdit, WhatIsNotThereIsNotMade) {
  const std::filesystem::path none = folder_ / "none";
  for (const Words& words : {Words{"tag", "x", "--add", "y"}, Words{"note", "x", "y"}, Words{"delete", "x"}}) {
    Words all{"runs"};
    all.insert(all.end(), words.begin(), words.end());
    all.push_back("--workspace=" + none.string());
    EXPECT_EQ(run_words(all).code, 4);
  }
  EXPECT_FALSE(std::filesystem::exists(none));
}

TEST_F(RunsEdit, ATrialIsResumedByItsSweep) {
  const auto sweep = store_->create_sweep({.id = "sw", .name = "s"}).value();
  const std::vector<NewTrial> trials{{.number = 0}};
  ASSERT_TRUE(store_->add_trials(sweep.id, trials).has_value());
  EXPECT_EQ(run({"resume", "sw-0"}).err,
            "error: sw-0 is a trial of the sweep sw\n  a sweep decides itself which trials go on\nhint: atelier sweep "
            "--resume sw\n");
  const Ran no_checkpoint = run({"resume", "wid"});
  EXPECT_NE(no_checkpoint.code, 0);
  EXPECT_NE(no_checkpoint.err.find("wide"), std::string::npos) << no_checkpoint.err;
}

}  // namespace
}  // namespace atelier::cli
