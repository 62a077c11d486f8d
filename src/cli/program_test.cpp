// program_test.cpp: commands, help and exit codes, without a process.
#include "cli/program.hpp"

#include <gtest/gtest.h>

#include <iterator>
#include <set>
#include <sstream>

#include "cli/command.hpp"
#include "cli/exit_code.hpp"
#include "cli/help.hpp"
#include "figures/text.hpp"

namespace atelier::cli {
namespace {

struct Ran {
  int code;
  std::string out, err;
};

Ran run(std::vector<std::string> words) {
  std::ostringstream out, err;
  Console console{out, err, {}, {}};
  const int code = run_program(std::move(words), console);
  return {code, out.str(), err.str()};
}

TEST(Program, WithoutWordsItShowsTheOverview) {
  const Ran ran = run({});
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(ran.out, run({"--help"}).out);
  EXPECT_TRUE(ran.err.empty());
  const std::string wide = overview(Terminal{.width = 100});
  for (const Command& command : commands()) EXPECT_NE(wide.find(command.summary), std::string::npos) << command.name;
}

TEST(Program, TheVersionIsOneLine) { EXPECT_EQ(run({"--version"}).out, run({"version"}).out); }

TEST(Program, TheVersionTakesNothingMore) {
  const Ran ran = run({"--version", "extra"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.err,
            "error: --version takes no further argument\n  found `extra`\nhint: `atelier --help` lists the commands\n");
  EXPECT_EQ(run({"help", "train", "extra"}).code, 2);
}

TEST(Program, QuietMayStandInFront) {
  EXPECT_EQ(run({"--quiet", "optimizers"}).out, run({"optimizers", "--quiet"}).out);
  EXPECT_EQ(run({"--quiet", "nothing"}).code, 2);
  for (const Command& command : commands())
    EXPECT_NE(help_of(command, {}).find("  --quiet "), std::string::npos) << command.name;
}

TEST(Program, AnInstructionSetThatCannotBeUsedIsSaid) {
  setenv("ATELIER_ISA", "sse9", 1);
  EXPECT_TRUE(run({"optimizers"}).err.starts_with("note: ATELIER_ISA=sse9 is not followed: the names are baseline"));
  EXPECT_EQ(run({"optimizers", "--quiet"}).err, "");
  setenv("ATELIER_ISA", "baseline", 1);
  EXPECT_EQ(run({"optimizers"}).err, "");
  unsetenv("ATELIER_ISA");
}

TEST(Program, ErrorsAreWrappedOnATerminal) {
  std::ostringstream out, err;
  Console console{out, err, {}, {.interactive = true, .width = 40}};
  EXPECT_EQ(run_program({"train", "--layers", "64", "--optimizer", "nothing"}, console), 2);
  std::istringstream lines(err.str());
  int count = 0;
  for (std::string line; std::getline(lines, line); count++) {
    if (line.starts_with("  ")) {
      EXPECT_LE(cells(line), 40) << line;
    }
  }
  EXPECT_GT(count, 4) << err.str();
}

/// Every command, and their parts.
std::vector<Command> all_commands() {
  std::vector<Command> all(commands().begin(), commands().end());
  for (const Command& command : commands()) all.insert(all.end(), command.parts.begin(), command.parts.end());
  return all;
}

TEST(Program, EveryCommandHasHelpThatFitsTheWindow) {
  for (const Command& command : all_commands()) {
    const std::string text = help_of(command, Terminal{.width = 80});
    std::istringstream name{std::string(command.name)};
    std::vector<std::string> words{std::istream_iterator<std::string>(name), {}};
    words.push_back("--help");
    EXPECT_EQ(run(words).out, text);
    words.pop_back();
    words.insert(words.begin(), "help");
    EXPECT_EQ(run(words).out, text);
    for (const std::string_view example : command.examples) EXPECT_NE(text.find(example), std::string::npos);
    std::istringstream lines(text.substr(0, text.find("Examples")));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(cells(line), 80) << line;
  }
}

TEST(Program, CommandsHaveTheirOwnNames) {
  std::set<std::string_view> names;
  for (const Command& command : all_commands()) EXPECT_TRUE(names.insert(command.name).second) << command.name;
}

TEST(Program, APartIsNamedAfterItsCommand) {
  for (const Command& command : commands())
    for (const Command& part : command.parts) EXPECT_TRUE(part.name.starts_with(std::string(command.name) + " "));
  EXPECT_EQ(run({"runs", "shwo"}).err, "error: runs has no `shwo`\nhint: did you mean `atelier runs show`?\n");
  EXPECT_EQ(run({"help", "runs", "zzzzzz"}).err,
            "error: runs has no `zzzzzz`\nhint: `atelier runs --help` lists what it has\n");
  EXPECT_EQ(run({"help", "runs", "show", "extra"}).code, 2);
}

TEST(Program, AnUnknownCommandIsAnsweredWithTheNearest) {
  const Ran ran = run({"optimisers"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_TRUE(ran.out.empty());
  EXPECT_EQ(ran.err, "error: there is no command `optimisers`\nhint: did you mean `atelier optimizers`?\n");
}

TEST(Program, SettingsWithoutACommandPointToTrain) {
  EXPECT_NE(run({"-lr", "0.1"}).err.find("atelier train -lr"), std::string::npos);
}

TEST(Program, ExitCodesAreThoseOfTheReference) {
  EXPECT_EQ(exit_code(Trouble::usage), 2);
  EXPECT_EQ(exit_code(Trouble::data), 3);
  EXPECT_EQ(exit_code(Trouble::file), 4);
  EXPECT_EQ(exit_code(Trouble::model), 5);
  EXPECT_EQ(exit_code(Trouble::diverged), 6);
  EXPECT_EQ(exit_code(Trouble::interrupted), 130);
}

TEST(Program, OutputThatCannotBeWrittenIsAnError) {
  std::ostringstream out, err;
  out.setstate(std::ios::badbit);
  Console console{out, err, {}, {}};
  EXPECT_EQ(run_program({"optimizers"}, console), 4);
  EXPECT_NE(err.str().find("cannot write to standard output"), std::string::npos);
}

}  // namespace
}  // namespace atelier::cli
