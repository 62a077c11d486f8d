// named_run_test.cpp: ids in full, their beginnings, and what is nearly one.
#include "track/named_run.hpp"

#include "track/detail/testing.hpp"

namespace atelier {
namespace {

using namespace testing;

class NamedRun : public ::testing::Test {
 protected:
  Folder folder_;
  std::unique_ptr<Store> store_ = opened(folder_.path);

  void begin(const std::string& id) { value(store_->begin_run({.id = id}, "w")); }
  std::string named(const std::string& word) {
    const auto run = named_run(*store_, word);
    return run ? run->id : describe(run.error());
  }
};

TEST_F(NamedRun, AnIdOrTheBeginningOfOneOnly) {
  for (const char* id : {"r7k2", "r7x9", "r7k2-b", "q"}) begin(id);
  EXPECT_EQ(named("r7k2"), "r7k2");
  EXPECT_EQ(named("r7x"), "r7x9");
  EXPECT_EQ(named("r7k2-"), "r7k2-b");
  EXPECT_EQ(named("q"), "q");
  EXPECT_EQ(named("r7"),
            "error: more than one run begins with \"r7\"\n  r7k2, r7k2-b, r7x9\nhint: give more of the id\n");
  begin("r7z");
  EXPECT_NE(named("r").find("r7k2, r7k2-b, r7x9, …"), std::string::npos);
  // An underline stands for itself.
  EXPECT_NE(named("r_k").find("there is no run"), std::string::npos);
}

TEST_F(NamedRun, TheNearestIsNamed) {
  begin("r7k2");
  EXPECT_EQ(named("r7kk"), "error: there is no run \"r7kk\"\nhint: did you mean r7k2? `atelier runs` lists all\n");
  EXPECT_NE(named("lsat").find("did you mean last?"), std::string::npos);
  EXPECT_EQ(named("entirely else"), "error: there is no run \"entirely else\"\nhint: `atelier runs` lists them\n");
  EXPECT_EQ(named("\" or 1=1"), "error: there is no run \"\" or 1=1\"\nhint: `atelier runs` lists them\n");
  EXPECT_NE(named("").find("there is no run"), std::string::npos);
}

TEST_F(NamedRun, TheLastIsTheNewestThatHasBegun) {
  EXPECT_NE(named("last").find("`atelier train` makes the first one"), std::string::npos);
  begin("first");
  begin("second");
  EXPECT_EQ(named("last"), "second");
  const auto sweep = value(store_->create_sweep({.id = "sw", .name = "s"}));
  const std::vector<NewTrial> trials{{.number = 0}, {.number = 1}};
  EXPECT_EQ(value(store_->add_trials(sweep.id, trials)), 2);
  EXPECT_EQ(named("last"), "second");
  value(store_->claim(sweep.id, "w"));
  EXPECT_EQ(named("last"), "sw-0");
  EXPECT_EQ(named("sw"),
            "error: sw is a sweep, not a run\nhint: `atelier runs --where 'sweep = \"sw\"'` lists its trials\n");
}

}  // namespace
}  // namespace atelier
