// settings_test.cpp: every name, every spelling, every way a value can be wrong.
#include "experiment/settings.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>

#include "base/catalog.hpp"
#include "optim/catalog.hpp"

namespace atelier {
namespace {

using Given = std::vector<std::pair<std::string, std::string>>;

Result<Recipe> settled(const Given& given) {
  Draft draft;
  for (const auto& [name, value] : given)
    if (auto done = draft.set(name, value, Source::flag); !done) return pass_on(done);
  return draft.settle();
}

Recipe recipe_of(const Given& given) {
  auto recipe = settled(given);
  EXPECT_TRUE(recipe.has_value()) << describe(recipe ? Error{} : recipe.error());
  return recipe.value_or(Recipe{});
}

Error error_of(const Given& given) {
  auto recipe = settled(given);
  EXPECT_FALSE(recipe.has_value());
  return recipe ? Error{} : recipe.error();
}

/// A config file that lives as long as the object.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text)
      : path_(std::filesystem::path(testing::TempDir()) /
              (std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + ".yaml")) {
    std::ofstream(path_) << text;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

TEST(Settings, NamesAndAliasesAreUnique) {
  std::set<std::string> names;
  for (const Setting& setting : settings()) {
    std::istringstream words(std::string(setting.name) + " " + std::string(setting.aliases));
    for (std::string word; words >> word;) EXPECT_TRUE(names.insert(word).second) << word;
  }
}

TEST(Settings, EveryExampleIsAccepted) {
  for (const Setting& setting : settings()) {
    Draft draft;
    auto done = draft.set(setting.name, setting.example, Source::flag);
    EXPECT_TRUE(done.has_value()) << setting.name << ": " << (done ? "" : describe(done.error()));
  }
}

TEST(Settings, EveryCourseFlagIsAnExactAlias) {
  const Recipe recipe = recipe_of({{"-wp", "project"},
                                   {"-we", "entity"},
                                   {"-d", "mnist"},
                                   {"-e", "3"},
                                   {"-b", "32"},
                                   {"-l", "mean_squared_error"},
                                   {"-o", "nag"},
                                   {"-lr", "0.1"},
                                   {"-m", "0.5"},
                                   {"-beta", "0.6"},
                                   {"-beta1", "0.7"},
                                   {"-beta2", "0.8"},
                                   {"-eps", "0.000001"},
                                   {"-w_d", ".0005"},
                                   {"-w_i", "Xavier"},
                                   {"-nhl", "3"},
                                   {"-sz", "128"},
                                   {"-a", "ReLU"}});
  EXPECT_EQ(recipe.wandb_project, "project");
  EXPECT_EQ(recipe.wandb_entity, "entity");
  EXPECT_EQ(recipe.dataset, "mnist");
  EXPECT_EQ(recipe.epochs, 3);
  EXPECT_EQ(recipe.batch_size, 32);
  EXPECT_EQ(recipe.loss, "squared_error");
  EXPECT_EQ(recipe.optimizer, "nesterov");
  EXPECT_EQ(recipe.learning_rate, 0.1);
  EXPECT_EQ(recipe.momentum, 0.5);
  EXPECT_EQ(recipe.beta, 0.6);
  EXPECT_EQ(recipe.beta1, 0.7);
  EXPECT_EQ(recipe.beta2, 0.8);
  EXPECT_EQ(recipe.epsilon, 1e-6);
  EXPECT_EQ(recipe.weight_decay, 0.0005);
  EXPECT_EQ(recipe.init, "xavier_uniform");
  EXPECT_EQ(recipe.layers, (std::vector{128, 128, 128}));
  EXPECT_EQ(recipe.activation, "relu");
}

TEST(Settings, EveryLongCourseNameIsAnAlias) {
  for (const char* name :
       {"wandb_project", "wandb_entity", "dataset",     "epochs",     "batch_size", "loss",    "optimizer",
        "learning_rate", "momentum",     "beta",        "beta1",      "beta2",      "epsilon", "weight_decay",
        "weight_init",   "num_layers",   "hidden_size", "activation", "-wd",        "-wi"})
    EXPECT_NE(find_setting(name), nullptr) << name;
  EXPECT_EQ(find_setting("--Learning_Rate"), find_setting("-lr"));
  EXPECT_EQ(find_setting("learning"), nullptr);
}

TEST(Settings, WidthsComeAsNumberOrList) {
  EXPECT_EQ(recipe_of({{"sz", "128 64"}}).layers, (std::vector{128, 64}));
  EXPECT_EQ(recipe_of({{"sz", "128,64"}}).layers, (std::vector{128, 64}));
  EXPECT_EQ(recipe_of({{"sz", "[128, 64]"}}).layers, (std::vector{128, 64}));
  EXPECT_EQ(recipe_of({{"sz", "128"}}).layers, (std::vector{128}));
  EXPECT_EQ(recipe_of({{"nhl", "2"}}).layers, (std::vector{128, 128}));
  EXPECT_EQ(recipe_of({{"nhl", "2"}, {"sz", "64,32"}}).layers, (std::vector{64, 32}));
  EXPECT_TRUE(recipe_of({{"layers", "none"}}).layers.empty());
  EXPECT_TRUE(recipe_of({{"nhl", "0"}}).layers.empty());
  EXPECT_EQ(error_of({{"nhl", "3"}, {"sz", "64,32"}}).detail, "--num-layers is 3, --layers lists 2: 64,32");
}

TEST(Settings, RefusedValuesSayWhatWasFoundAndWhatToDo) {
  const Given refused = {{"learning-rate", "nan"},
                         {"lr", "inf"},
                         {"lr", "0"},
                         {"lr", "-0.1"},
                         {"lr", "fast"},
                         {"lr", "0,1"},
                         {"lr", "1e999"},
                         {"layers", "0"},
                         {"layers", "128,0"},
                         {"sz", "10000000"},
                         {"sz", "12.5"},
                         {"sz", "-4"},
                         {"sz", ","},
                         {"batch-size", "0"},
                         {"b", "-1"},
                         {"b", "1.5"},
                         {"epochs", "0"},
                         {"e", "ten"},
                         {"e", "99999999999"},
                         {"validation", "0"},
                         {"validation", "1"},
                         {"validation", "10"},
                         {"seed", "-1"},
                         {"seed", "garbage"},
                         {"seed", "1.5"},
                         {"seed", "18446744073709551616"},
                         {"dropout", "1"},
                         {"momentum", "1"},
                         {"beta1", "-0.1"},
                         {"eps", "0"},
                         {"nhl", "-1"},
                         {"nhl", "257"},
                         {"threads", "-2"},
                         {"residual", "maybe"}};
  for (const auto& [name, value] : refused) {
    const Error error = error_of({{name, value}});
    EXPECT_EQ(error.kind, Trouble::usage);
    EXPECT_TRUE(error.summary.starts_with(name + " needs ")) << error.summary;
    EXPECT_EQ(error.detail, "found `" + value + "`");
    EXPECT_TRUE(error.hint.starts_with("for example ")) << error.hint;
  }
  EXPECT_EQ(error_of({{"lr", ""}}).detail, "found nothing");
  EXPECT_EQ(error_of({{"lr", "nan"}}).summary, "lr needs a number above 0 and at most 1,000");
  EXPECT_EQ(error_of({{"seed", "x"}}).summary, "seed needs a whole number from 0 to 18,446,744,073,709,551,615");
}

TEST(Settings, AMessageCarriesNoControlCharacters) {
  EXPECT_EQ(error_of({{"lr", "\x1b[31mred"}}).detail, "found `?[31mred`");
  EXPECT_LT(error_of({{"lr", std::string(100000, 'x')}}).detail.size(), 120U);
}

TEST(Settings, UnknownNamesAreAnsweredWithTheNearest) {
  EXPECT_EQ(error_of({{"learing-rate", "1"}}).hint, "did you mean `learning-rate`?");
  EXPECT_EQ(error_of({{"hidden_sise", "1"}}).hint, "did you mean `layers`?");
  EXPECT_EQ(error_of({{"optimizer", "adm"}}).hint, "did you mean adam?");
  EXPECT_EQ(error_of({{"activation", "reul"}}).hint, "did you mean relu?");
  EXPECT_EQ(error_of({{"optimizer", "adm"}}).summary, "optimizer knows no `adm`");
}

TEST(Settings, HugeNetworksAreRefused) {
  EXPECT_EQ(error_of({{"layers", "65536,65536"}}).summary, "this network is too large");
}

TEST(Settings, RecordsKeepEverySetting) {
  Recipe recipe = recipe_of({{"layers", "7,5"},
                             {"seed", "18446744073709551615"},
                             {"lr", "0.1"},
                             {"dropout", "0.3"},
                             {"residual", "yes"},
                             {"wp", "p"},
                             {"averaging", "0.999"}});
  const auto json = to_json(recipe);
  EXPECT_EQ(json["learning_rate"], 0.1);
  EXPECT_EQ(json["layers"], (nlohmann::json{7, 5}));
  EXPECT_FALSE(json.contains("momentum"));
  EXPECT_FALSE(json.contains("num_layers"));
  auto again = recipe_from_json(nlohmann::json::parse(json.dump()));
  ASSERT_TRUE(again.has_value()) << describe(again.error());
  EXPECT_EQ(to_json(*again), json);
  EXPECT_EQ(again->seed, 18446744073709551615U);
}

TEST(Settings, RecordsAreRefusedWhereTheyAreWrong) {
  EXPECT_FALSE(recipe_from_json(nlohmann::json::array()).has_value());
  EXPECT_EQ(recipe_from_json({{"lerning_rate", 1}}).error().hint, "did you mean `learning-rate`?");
  EXPECT_EQ(recipe_from_json({{"epochs", 0}}).error().detail, "found `0`");
  EXPECT_FALSE(recipe_from_json({{"epochs", {{"value", 3}}}}).has_value());
  EXPECT_FALSE(recipe_from_json({{"epochs", nullptr}}).has_value());
  EXPECT_FALSE(recipe_from_json({{"num_layers", 3}}).has_value());
  EXPECT_EQ(recipe_from_json({{"layers", nlohmann::json::array()}})->layers.size(), 0U);
}

TEST(Settings, FilesReadTheSameNames) {
  const TemporaryFile file(
      "# a run\nlearning_rate: 1e-2\nbatch-size: 32\nlayers: [64, 32]\nresidual: true\noptimizer: NAG\n");
  Draft draft;
  ASSERT_TRUE(draft.read_file(file.path()).has_value());
  ASSERT_TRUE(draft.set("lr", "0.5", Source::flag).has_value());
  const auto recipe = draft.settle();
  ASSERT_TRUE(recipe.has_value());
  EXPECT_EQ(recipe->learning_rate, 0.5);
  EXPECT_EQ(recipe->batch_size, 32);
  EXPECT_EQ(recipe->layers, (std::vector{64, 32}));
  EXPECT_TRUE(recipe->residual);
  EXPECT_EQ(recipe->optimizer, "nesterov");
}

TEST(Settings, FlagsWinWhateverTheOrder) {
  const TemporaryFile file("epochs: 7\nbatch_size: 5\n");
  Draft draft;
  ASSERT_TRUE(draft.set("epochs", "3", Source::flag).has_value());
  ASSERT_TRUE(draft.read_file(file.path()).has_value());
  EXPECT_EQ(draft.settle()->epochs, 3);
  EXPECT_EQ(draft.settle()->batch_size, 5);
  EXPECT_EQ(draft.names(), (std::vector<std::string_view>{"epochs", "batch-size"}));
}

TEST(Settings, AFlagForWidthsMeetsAFileForDepth) {
  const TemporaryFile file("num_layers: 3\nhidden_size: 128\n");
  const auto with = [&](const std::string& name, const std::string& value) {
    Draft draft;
    EXPECT_TRUE(draft.read_file(file.path()).has_value());
    EXPECT_TRUE(draft.set(name, value, Source::flag).has_value());
    return draft.settle().value_or(Recipe{}).layers;
  };
  EXPECT_EQ(with("sz", "64"), (std::vector{64, 64, 64}));
  EXPECT_EQ(with("sz", "64,32"), (std::vector{64, 32}));
  EXPECT_EQ(with("nhl", "2"), (std::vector{128, 128}));
}

TEST(Settings, FilesAreRefusedByLine) {
  const auto refusal = [](const std::string& text) {
    const TemporaryFile file(text);
    Draft draft;
    auto done = draft.read_file(file.path());
    EXPECT_FALSE(done.has_value()) << text;
    std::string summary = done ? "" : done.error().summary;
    if (const auto at = summary.find(".yaml"); at != std::string::npos) summary = summary.substr(at + 5);
    return summary;
  };
  EXPECT_EQ(refusal("epochs: 3\nlearing_rate: 1\n"), ":2: unknown setting `learing_rate`");
  EXPECT_EQ(refusal("epochs: 3\n\nlr: nan\n"), ":3: lr needs a number above 0 and at most 1,000");
  EXPECT_EQ(refusal("lr: 0.1\nlearning_rate: 0.2\n"), ":2: learning-rate is set twice");
  EXPECT_EQ(refusal("epochs:\n"), ":1: epochs has no single value");
  EXPECT_EQ(refusal("epochs: {value: 3}\n"), ":1: epochs has no single value");
  EXPECT_EQ(refusal("[a]: 1\n"), ":1: a name must be a plain word");
  EXPECT_EQ(refusal("[1, 2]\n"), ":1: a config file is a list of `name: value` lines");
  EXPECT_EQ(refusal("a: b: c\n"), ":1: this is no YAML");
  EXPECT_EQ(refusal(std::string(2000, '[')), ":1: this is no YAML");
  EXPECT_EQ(refusal(std::string(1 << 21, ' ')), "a file is too large");
  Draft draft;
  EXPECT_EQ(draft.read_file("/nonexistent.yaml").error().kind, Trouble::file);
  EXPECT_EQ(draft.read_file("/").error().kind, Trouble::file);
}

TEST(Settings, AnEmptyFileSetsNothing) {
  const TemporaryFile file("# nothing yet\n");
  Draft draft;
  ASSERT_TRUE(draft.read_file(file.path()).has_value());
  EXPECT_EQ(to_json(*draft.settle()), to_json(Recipe{}));
}

TEST(Settings, AKnobTheOptimizerLacksIsReported) {
  const auto notes = idle_settings(recipe_of({{"o", "sgd"}, {"m", "0.9"}}));
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0], "sgd has no momentum: the value given changes nothing");
  EXPECT_TRUE(idle_settings(recipe_of({{"o", "adam"}, {"beta1", "0.9"}})).empty());
}

TEST(Settings, WhatChangesNothingIsReported) {
  const auto note = [](const Given& given) {
    const auto notes = idle_settings(recipe_of(given));
    return notes.empty() ? "" : notes.size() == 1 ? notes[0].substr(0, notes[0].find(':')) : "more than one";
  };
  EXPECT_EQ(note({{"residual", "true"}, {"layers", "64,32,64"}}), "residual");
  EXPECT_EQ(note({{"residual", "true"}, {"layers", "none"}}), "residual");
  EXPECT_EQ(note({{"residual", "true"}, {"layers", "64,32,32"}}), "");
  EXPECT_EQ(note({{"label-smoothing", "0.1"}, {"loss", "squared_error"}}), "squared_error has no label smoothing");
  EXPECT_EQ(note({{"label-smoothing", "0.1"}}), "");
  EXPECT_EQ(note({{"schedule-factor", "0.5"}}), "the schedule cosine has no factor");
  EXPECT_EQ(note({{"schedule-factor", "0.5"}, {"schedule", "exponential"}}), "");
  EXPECT_EQ(note({{"schedule-every", "5"}, {"schedule", "exponential"}}), "the schedule exponential has no every");
  EXPECT_EQ(note({{"schedule-every", "5"}, {"schedule", "step"}}), "");
  EXPECT_EQ(note({{"warmup", "3"}, {"epochs", "3"}}), "the warm-up of 3 epochs lasts as long as the training (3)");
  EXPECT_EQ(note({{"warmup", "2.5"}, {"epochs", "3"}}), "");
}

TEST(Settings, TheCoursesMeanSquaredErrorIsExplained) {
  Draft draft;
  ASSERT_TRUE(draft.set("-l", "mean_squared_error", Source::flag).has_value());
  ASSERT_EQ(draft.remarks().size(), 1U);
  EXPECT_NE(draft.remarks()[0].find("means squared_error"), std::string::npos);
  ASSERT_TRUE(draft.set("-l", "squared_error", Source::flag).has_value());
  EXPECT_TRUE(draft.remarks().empty());
}

TEST(Settings, EveryKnobOfEveryOptimizerCanBeSet) {
  for (const CatalogEntry& rule : optimizer_catalog()) {
    for (const KnobInfo& knob : rule.knobs) {
      const std::string preset = nlohmann::json(knob.preset).dump();
      const Recipe recipe = recipe_of({{"optimizer", std::string(rule.name)}, {std::string(knob.name), preset}});
      EXPECT_EQ(get(recipe, *find_setting(knob.name)), knob.preset) << knob.name;
      EXPECT_TRUE(idle_settings(recipe).empty());
      EXPECT_EQ(to_json(*recipe_from_json(to_json(recipe))), to_json(recipe));
    }
  }
}

}  // namespace
}  // namespace atelier
