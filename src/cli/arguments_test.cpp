// arguments_test.cpp: every way to write a flag.
#include "cli/arguments.hpp"

#include <gtest/gtest.h>

#include <tuple>

namespace atelier::cli {
namespace {

using Words = std::vector<std::string>;

/// A command with one of each kind of argument, and what came of them.
struct Sample {
  Draft draft;
  bool json = false;
  std::string split = "test", model, confirm;
  std::vector<std::string> files, tags;
  Command command{"sample", "", "MODEL [FILE...]", "", {}, [] { return Prepared{}; }};
  Prepared prepared{{{"MODEL", "", "", &model, true},
                     {"FILE", "", "", &files, false},
                     {"--split", "NAME", "", &split, false},
                     {"--tag", "NAME", "", &tags, false},
                     {"--json", "", "", &json, false},
                     {"--confirm", "[K]", "", &confirm, false, "5"}},
                    {},
                    nullptr};

  Result<bool> read(Words words) { return read_arguments(command, prepared, std::move(words)); }
};

/// The recipe that `atelier train` would take from these words.
Result<Recipe> recipe_of(Words words) {
  Draft draft;
  const Command command{"train", "", "[settings]", "", {}, [] { return Prepared{}; }};
  const Prepared prepared{{}, {}, &draft};
  if (auto read = read_arguments(command, prepared, std::move(words)); !read) return pass_on(read);
  return draft.settle();
}

TEST(Arguments, OptionsPlacesAndSwitches) {
  Sample sample;
  ASSERT_TRUE(sample.read({"r7k2", "--split", "train", "a.png", "--json", "b.png"}).has_value());
  EXPECT_EQ(sample.model, "r7k2");
  EXPECT_EQ(sample.split, "train");
  EXPECT_EQ(sample.files, (Words{"a.png", "b.png"}));
  EXPECT_TRUE(sample.json);
}

TEST(Arguments, AListedOptionTakesOneWordEachTime) {
  Sample sample;
  ASSERT_TRUE(sample.read({"--tag", "a", "r7k2", "--tag=b", "x.png"}).has_value());
  EXPECT_EQ(sample.tags, (Words{"a", "b"}));
  EXPECT_EQ(sample.model, "r7k2");
  EXPECT_EQ(sample.files, Words{"x.png"});
}

TEST(Arguments, AnOptionThatMayStandAloneTakesWholeNumbersAlone) {
  for (const auto& [words, confirm, model] :
       std::vector<std::tuple<Words, std::string, std::string>>{{{"r7k2", "--confirm"}, "5", "r7k2"},
                                                                {{"--confirm", "r7k2"}, "5", "r7k2"},
                                                                {{"--confirm", "--json", "r7k2"}, "5", "r7k2"},
                                                                {{"--confirm", "3", "r7k2"}, "3", "r7k2"},
                                                                {{"r7k2", "--confirm=7"}, "7", "r7k2"},
                                                                {{"--confirm", "12x"}, "5", "12x"},
                                                                {{"r7k2", "--", "--confirm"}, "", "r7k2"}}) {
    Sample sample;
    ASSERT_TRUE(sample.read(words).has_value());
    EXPECT_EQ(sample.confirm, confirm);
    EXPECT_EQ(sample.model, model);
  }
}

TEST(Arguments, AnOptionKeepsItsPreset) {
  Sample sample;
  ASSERT_TRUE(sample.read({"r7k2"}).has_value());
  EXPECT_EQ(sample.split, "test");
}

TEST(Arguments, WordsAfterTwoDashesAreNoOptions) {
  Sample sample;
  ASSERT_TRUE(sample.read({"r7k2", "--", "--json"}).has_value());
  EXPECT_EQ(sample.files, Words{"--json"});
  EXPECT_FALSE(sample.json);
}

TEST(Arguments, WhatIsMissingIsNamed) {
  Sample sample;
  EXPECT_EQ(sample.read({}).error().summary, "sample needs MODEL");
  EXPECT_EQ(sample.read({"r7k2", "--split"}).error().summary, "--split needs a value");
  EXPECT_EQ(sample.read({"r7k2", "--split="}).error().summary, "--split needs a value");
}

TEST(Arguments, HelpIsWantedWhateverElseStandsThere) {
  Sample sample;
  EXPECT_TRUE(sample.read({"--help"}).value_or(false));
  EXPECT_TRUE(sample.read({"--nonsense", "-h"}).value_or(false));
  EXPECT_TRUE(sample.read({"--split", "--help"}).value_or(false));
  EXPECT_FALSE(sample.read({"r7k2", "--", "--help"}).value_or(true));
}

TEST(Arguments, UnknownOptionsAreAnsweredWithTheNearest) {
  Sample sample;
  const Error error = sample.read({"r7k2", "--splt", "train"}).error();
  EXPECT_EQ(error.kind, Trouble::usage);
  EXPECT_EQ(error.summary, "sample has no option `--splt`");
  EXPECT_EQ(error.hint, "did you mean `--split`?");
  EXPECT_EQ(recipe_of({"--lerning_rate=0.1"}).error().hint, "did you mean `--learning-rate`?");
  EXPECT_EQ(recipe_of({"surplus"}).error().detail, "found `surplus`");
}

TEST(Arguments, AFlagIsReadInEverySpelling) {
  for (const Words& words :
       {Words{"-lr=0.25"}, Words{"-lr", "0.25"}, Words{"--lr", "0.25"}, Words{"--learning_rate", "0.25"},
        Words{"--learning-rate=0.25"}, Words{"--Learning-Rate", "0.25"}}) {
    const auto recipe = recipe_of(words);
    ASSERT_TRUE(recipe.has_value()) << words[0];
    EXPECT_EQ(recipe->learning_rate, 0.25) << words[0];
  }
  EXPECT_EQ(recipe_of({"-e10"})->epochs, 10);
  EXPECT_EQ(recipe_of({"-m.5"})->momentum, 0.5);
}

TEST(Arguments, AListTakesAllItsNumbers) {
  for (const Words& words : {Words{"-sz", "128", "64", "-e", "3"}, Words{"-sz", "128,64", "-e", "3"},
                             Words{"--hidden_size=128,64", "-e", "3"}, Words{"-e", "3", "--layers", "128", "64"}}) {
    const auto recipe = recipe_of(words);
    ASSERT_TRUE(recipe.has_value());
    EXPECT_EQ(recipe->layers, (std::vector{128, 64}));
    EXPECT_EQ(recipe->epochs, 3);
  }
  EXPECT_EQ(recipe_of({"-nhl", "3", "-sz", "128"})->layers, (std::vector{128, 128, 128}));
}

TEST(Arguments, TheLastOfTwoCounts) { EXPECT_EQ(recipe_of({"-e", "3", "--epochs", "5"})->epochs, 5); }

TEST(Arguments, ANegativeNumberIsAValue) {
  EXPECT_EQ(recipe_of({"-lr", "-0.1"}).error().detail, "found `-0.1`");
  EXPECT_EQ(recipe_of({"-lr", "-inf"}).error().detail, "found `-inf`");
}

TEST(Arguments, AFlagNeverTakesAnotherFlagForItsValue) {
  const auto detail = [](const Words& words) {
    const auto recipe = recipe_of(words);
    EXPECT_FALSE(recipe.has_value()) << words[0];
    return recipe ? "" : recipe.error().summary + " / " + recipe.error().detail;
  };
  EXPECT_EQ(detail({"-lr", "-e", "1"}), "--learning-rate needs a value / the next word is the flag -e");
  EXPECT_EQ(detail({"-we", "--num_layers=3"}), "--wandb-entity needs a value / the next word is the flag --num_layers");
  EXPECT_EQ(detail({"-wp", "-e10"}), "--wandb-project needs a value / the next word is the flag -e10");
  EXPECT_EQ(detail({"-sz", "-nhl", "3"}), "--layers needs a value / the next word is the flag -nhl");
  EXPECT_EQ(detail({"-wp", "--", "x"}), "--wandb-project needs a value / the next word is the flag --");
  EXPECT_EQ(detail({"-wp"}), "--wandb-project needs a value / it is the last word");
  EXPECT_EQ(recipe_of({"-wp=-we", "-we", "-x"})->wandb_project, "-we");
  Sample sample;
  EXPECT_EQ(sample.read({"r7k2", "--split", "--json"}).error().detail, "the next word is the flag --json");
}

TEST(Arguments, AnEmptyWordIsSeen) {
  for (const Words& words : {Words{"r7k2", "--split", ""}, Words{"r7k2", "--split="}, Words{"r7k2", ""}, Words{""}}) {
    Sample sample;
    const auto read = sample.read(words);
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error().detail, "found an empty word: an empty variable of the shell?");
  }
}

TEST(Arguments, ASwitchTakesTrueOrFalse) {
  Sample sample;
  EXPECT_EQ(sample.read({"r7k2", "--json=5"}).error().summary, "--json needs true or false");
  EXPECT_TRUE(sample.read({"r7k2", "--json=yes"}).has_value());
  EXPECT_TRUE(sample.json);
  EXPECT_TRUE(sample.read({"r7k2", "--json=false"}).has_value());
  EXPECT_FALSE(sample.json);
  EXPECT_EQ(recipe_of({"--residual=maybe"}).error().summary, "--residual needs true or false");
}

TEST(Arguments, ASwitchNeedsNoValue) {
  EXPECT_TRUE(recipe_of({"--residual", "-e", "3"})->residual);
  EXPECT_FALSE(recipe_of({"--residual=false"})->residual);
}

TEST(Arguments, RewritingLeavesOtherWordsAlone) {
  EXPECT_EQ(rewrite_settings({"-", "-x", "a=b", "--json", "-wi", "random", "--", "-lr"}),
            (Words{"-", "-x", "a=b", "--json", "--init", "random", "--", "-lr"}));
}

}  // namespace
}  // namespace atelier::cli
