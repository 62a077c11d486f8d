// workspace_test.cpp: runs named for the shell, and runs that have nothing to give yet.
#include "cli/workspace.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace atelier::cli {
namespace {

TEST(Workspace, AWordOfTheShellIsQuotedWhereItMustBe) {
  EXPECT_EQ(shell_word("atelier-runs/r7k2"), "atelier-runs/r7k2");
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("my runs"), "'my runs'");
  EXPECT_EQ(shell_word("~/$HOME"), "'~/$HOME'");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_word("a\nb'\\"), "$'a\\012b\\'\\\\'");
}

TEST(Workspace, ARunIsNamedSoThatItIsFoundAgain) {
  EXPECT_EQ(run_words("atelier-runs/r7k2", ""), "r7k2");
  EXPECT_EQ(run_words("my runs/r7k2", "my runs"), "r7k2 --workspace 'my runs'");
  EXPECT_EQ(run_words("./my/r7k2/", "my"), "r7k2 --workspace my");
  EXPECT_EQ(run_words("-x/r7k2", "-x"), "r7k2 --workspace=-x");
  EXPECT_EQ(run_words("elsewhere/r7k2", ""), "elsewhere/r7k2");
}

TEST(Workspace, TheEnvironmentMayNameIt) {
  EXPECT_EQ(workspace_of(""), "atelier-runs");
  setenv("ATELIER_WORKSPACE", "elsewhere", 1);
  EXPECT_EQ(workspace_of(""), "elsewhere");
  EXPECT_EQ(workspace_of("here"), "here");
  EXPECT_EQ(run_words("elsewhere/r7k2", ""), "r7k2");
  setenv("ATELIER_WORKSPACE", "", 1);
  EXPECT_EQ(workspace_of(""), "atelier-runs");
  unsetenv("ATELIER_WORKSPACE");
}

TEST(Workspace, ARunWithoutAnEpochSaysSo) {
  namespace fs = std::filesystem;
  const fs::path workspace = fs::path(testing::TempDir()) / "workspace_test";
  fs::remove_all(workspace);
  fs::create_directories(workspace / "r7k2");
  const Error resume = run_to_resume("r7k2", workspace.string()).error();
  EXPECT_NE(resume.summary.find("it has no checkpoint"), std::string::npos) << resume.summary;
  EXPECT_NE(model_of("r7k2", workspace.string()).error().hint.find("start it again"), std::string::npos);
  std::ofstream(workspace / "r7k2" / "checkpoint.safetensors") << "x";
  EXPECT_TRUE(run_to_resume("r7k2", workspace.string()).has_value());
  EXPECT_NE(model_of("r7k2", workspace.string()).error().hint.find("--resume r7k2 --workspace"), std::string::npos);
  EXPECT_NE(model_of("r9x9", workspace.string()).error().summary.find("there is no model"), std::string::npos);
  fs::remove_all(workspace);
}

}  // namespace
}  // namespace atelier::cli
