// program_test.cpp: what a program is called with, in W&B's words.
#include "experiment/program.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace atelier {
namespace {

using Words = std::vector<std::string>;

const Configuration kValues = {{"bn", true},
                               {"lr", 1e-5},
                               {"mode", std::string("a b")},
                               {"opt.momentum", 0.9},
                               {"shape", Literal{"[64,\"x\",null]"}},
                               {"width", std::int64_t{32}},
                               {"wide", false}};
const ProgramTrial kTrial{.sweep = "s1", .run = "s1-0", .attempt = 2, .folder = "/runs/s1-0"};

SweepFile file_with(Words command, std::string program = "train.py") {
  SweepFile file;
  file.path = "sweep.yaml";
  file.program = std::move(program);
  file.command = std::move(command);
  return file;
}

Words words_of(const Words& command) {
  const auto call = program_call(file_with(command), kValues, kTrial);
  return call ? call->words : Words{describe(call.error())};
}

bool has(const Words& words, const std::string& word) { return std::ranges::find(words, word) != words.end(); }

TEST(ProgramCall, TheUsualCommandIsThatOfWandb) {
  const Words words = words_of({});
  ASSERT_EQ(words.size(), 10u);
  EXPECT_EQ(words[0], "/usr/bin/env");
  EXPECT_TRUE(words[1] == "python" || words[1] == "python3");
  EXPECT_EQ(words[2], "train.py");
  EXPECT_EQ(Words(words.begin() + 3, words.end()), (Words{"--bn=True", "--lr=1e-05", "--mode=a b", "--opt.momentum=0.9",
                                                          "--shape=[64, 'x', None]", "--wide=False", "--width=32"}));
}

TEST(ProgramCall, EveryMacroOfTheArguments) {
  EXPECT_TRUE(has(words_of({"x", "${args_no_hyphens}"}), "lr=1e-05"));
  EXPECT_TRUE(has(words_of({"x", "${args_append_hydra}"}), "+lr=1e-05"));
  EXPECT_TRUE(has(words_of({"x", "${args_override_hydra}"}), "++lr=1e-05"));
  const Words apart = words_of({"x", "${args_no_equals}"});
  EXPECT_EQ(Words(apart.begin() + 1, apart.begin() + 3), (Words{"--bn", "True"}));
  const Words flags = words_of({"x", "${args_no_boolean_flags}"});
  EXPECT_TRUE(has(flags, "--bn"));
  EXPECT_TRUE(has(flags, "--width=32"));
  for (const std::string& word : flags) EXPECT_EQ(word.find("wide"), std::string::npos);
  EXPECT_EQ(
      words_of({"x", "${args_json}"})[1],
      R"({"bn":true,"lr":1e-05,"mode":"a b","opt":{"momentum":0.9},"shape":[64,"x",null],"wide":false,"width":32})");
}

TEST(ProgramCall, ArgumentsInAFile) {
  const auto call = program_call(file_with({"x", "${args_json_file}"}), kValues, kTrial);
  ASSERT_TRUE(call);
  EXPECT_EQ(call->words[1], "/runs/s1-0/args.json");
  ASSERT_EQ(call->files.size(), 2u);
  EXPECT_EQ(call->files[1].first, "/runs/s1-0/args.json");
  EXPECT_NE(call->files[1].second.find("\"width\":32"), std::string::npos);
  EXPECT_EQ(call->files[0].first, "/runs/s1-0/wandb-config.yaml");
  EXPECT_NE(call->files[0].second.find("\"wandb_version\": 1"), std::string::npos);
}

TEST(ProgramCall, VariablesStandAnywhereInAWord) {
  ::setenv("ATELIER_TEST_PLACE", "here", 1);
  ::unsetenv("ATELIER_TEST_ABSENT");
  EXPECT_EQ(words_of({"${envvar:ATELIER_TEST_PLACE}"}), (Words{"here"}));
  EXPECT_EQ(words_of({"--to=${envvar:ATELIER_TEST_PLACE}/x"}), (Words{"--to=here/x"}));
  EXPECT_NE(words_of({"${envvar:ATELIER_TEST_ABSENT}"})[0].find("needs the environment variable ATELIER_TEST_ABSENT"),
            std::string::npos);
}

TEST(ProgramCall, WhatIsNoMacroIsRefusedAndTheNearestNamed) {
  EXPECT_NE(words_of({"x", "${arg}"})[0].find("did you mean `${args}`?"), std::string::npos);
  const auto none = program_call(file_with({"x", "${program}"}, ""), kValues, kTrial);
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().summary.find("the file no program"), std::string::npos);
}

TEST(ProgramCall, TheEnvironmentNamesSweepAndRun) {
  ::setenv("WANDB_RUN_ID", "another", 1);
  ::setenv("WANDB_MODE", "online", 1);
  ::unsetenv("PYTHONUNBUFFERED");
  const auto call = program_call(file_with({}), kValues, kTrial);
  ::unsetenv("WANDB_RUN_ID");
  ::unsetenv("WANDB_MODE");
  ASSERT_TRUE(call);
  for (const char* entry : {"WANDB_SWEEP_ID=s1", "WANDB_RUN_ID=s1-0", "ATELIER_RUN=s1-0", "ATELIER_SWEEP=s1",
                            "ATELIER_ATTEMPT=2", "ATELIER_RUN_FOLDER=/runs/s1-0", "PYTHONUNBUFFERED=1",
                            "WANDB_MODE=online", "WANDB_SWEEP_PARAM_PATH=/runs/s1-0/wandb-config.yaml"})
    EXPECT_TRUE(has(call->environment, entry)) << entry;
  EXPECT_FALSE(has(call->environment, "WANDB_RUN_ID=another"));
  EXPECT_FALSE(has(call->environment, "WANDB_MODE=offline"));
}

TEST(CheckProgram, SaysBeforeTheFirstTrialWhatCannotBeRun) {
  const auto absent = check_program(file_with({}, "no_such.py"), "/");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().summary, "sweep.yaml: there is no program no_such.py");
  const auto first = check_program(file_with({"no-such-program-at-all"}), "/");
  ASSERT_FALSE(first);
  EXPECT_NE(first.error().summary.find("begins with no program"), std::string::npos);
  EXPECT_TRUE(check_program(file_with({"sh", "-c", "true"}), "/"));
}

}  // namespace
}  // namespace atelier
