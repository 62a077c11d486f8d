// session_test.cpp: runs that are saved, resumed and read again; models that are refused.
#include "experiment/session.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <fstream>
#include <thread>

#include "experiment/build.hpp"
#include "experiment/checkpoint.hpp"
#include "experiment/detail/testing.hpp"
#include "experiment/rehearsal.hpp"
#include "experiment/reproduce.hpp"
#include "experiment/workspace.hpp"
#include "tensor/safetensors.hpp"
#include "track/store.hpp"
#include "train/evaluate.hpp"

namespace atelier {
namespace {

namespace fs = std::filesystem;

/// A folder of its own for each test, with a small data set of four classes in it.
class SessionTest : public testing::Test {
 protected:
  void SetUp() override {
    testing_experiment::write_small_data(folder_ / "data");
    recipe_.data = (folder_ / "data").string();
    recipe_.layers = {24, 24};
    recipe_.norm = "batch";
    recipe_.dropout = 0.1;
    recipe_.residual = true;
    recipe_.batch_size = 50;
    recipe_.epochs = 4;
    recipe_.learning_rate = 0.01;
    recipe_.threads = 2;
    options_.workspace = folder_ / "runs";
  }

  testing_experiment::Folder own_;
  fs::path folder_ = own_.path;
  Recipe recipe_;
  RunOptions options_;
};

TEST_F(SessionTest, TrainsSavesAndReadsAgain) {
  options_.test = true;
  int epochs = 0;
  const auto outcome =
      train_run(recipe_, options_, {.epoch = [&](const EpochReport& e) { EXPECT_EQ(e.epoch, ++epochs); }});
  ASSERT_TRUE(outcome) << outcome.error().summary << outcome.error().detail;
  EXPECT_EQ(epochs, 4);
  EXPECT_GT(*outcome->best_val_accuracy, 0.5);
  EXPECT_EQ(outcome->test, 100u);
  for (const char* name : {"model.safetensors", "checkpoint.safetensors"}) {
    EXPECT_TRUE(fs::exists(outcome->folder / name)) << name;
  }
  const auto model = load_model(outcome->run, options_.workspace);
  ASSERT_TRUE(model) << model.error().summary << model.error().detail;
  const auto data = open_data_of(recipe_);
  ThreadPool pool(1);
  EXPECT_EQ(*evaluate(model->network, CrossEntropy{}, *data->test, pool).accuracy, *outcome->test_accuracy);
  EXPECT_EQ(model->class_names.size(), 4u);
}

TEST_F(SessionTest, TheSameRecipeGivesTheSameFileForAnyNumberOfThreads) {
  const auto one = train_run(recipe_, options_, {});
  recipe_.threads = 3;
  const auto other = train_run(recipe_, options_, {});
  ASSERT_TRUE(one && other);
  EXPECT_NE(one->run, other->run);
  const auto a = read_model(one->model), b = read_model(other->model);
  ASSERT_TRUE(a && b);
  for (std::size_t k = 0; k < a->network.blocks().size(); k++)
    EXPECT_EQ(a->network.block_values(k), b->network.block_values(k));
}

TEST_F(SessionTest, AnInterruptedRunGoesOnToTheSameEnd) {
  const auto whole = train_run(recipe_, options_, {});
  ASSERT_TRUE(whole);
  std::atomic<bool> stop = false;
  int steps = 0;
  const auto part =
      train_run(recipe_, options_, {.progress = [&](int, double, double) { stop = ++steps == 11; }, .stop = &stop});
  ASSERT_TRUE(part);
  EXPECT_TRUE(part->interrupted);
  EXPECT_EQ(part->epochs, 1);  // eight steps an epoch
  options_.resume = part->folder;
  const auto rest = train_run(recipe_, options_, {});
  ASSERT_TRUE(rest) << rest.error().summary << rest.error().detail;
  EXPECT_EQ(rest->epochs, 4);
  EXPECT_EQ(rest->best_epoch, whole->best_epoch);
  ASSERT_EQ(rest->history.size(), whole->history.size());
  for (std::size_t e = 0; e < 4; e++) {
    EXPECT_EQ(rest->history[e].val_loss, whole->history[e].val_loss);
    EXPECT_EQ(rest->history[e].train_loss, whole->history[e].train_loss);
  }
  EXPECT_EQ(testing_experiment::bytes_of(rest->model).substr(4096),
            testing_experiment::bytes_of(whole->model).substr(4096));
  const auto a = read_checkpoint(rest->folder / "checkpoint.safetensors"),
             b = read_checkpoint(whole->folder / "checkpoint.safetensors");
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->snapshot.parameters, b->snapshot.parameters);
  EXPECT_EQ(a->snapshot.state, b->snapshot.state);
}

/// All that a store has of a run that is not about time alone.
std::string record_of(const fs::path& workspace, const std::string& id) {
  const auto store = open_store(workspace, {.read_only = true});
  const auto run = (*store)->run(id);
  return fmt::format("{} {} {} {} {} {}", name_of(run->state), run->reason, run->attempt, run->summary,
                     run->started->time_since_epoch().count(), run->ended->time_since_epoch().count());
}

TEST_F(SessionTest, AFinishedRunIsLeftAsItIs) {
  recipe_.epochs = 2;
  const auto whole = train_run(recipe_, options_, {});
  ASSERT_TRUE(whole);
  const std::string before = record_of(options_.workspace, whole->run);
  options_.resume = whole->folder;
  bool over = false;
  const auto again = train_run({}, options_, {.start = [&](const Opening& opening) { over = opening.over; }});
  ASSERT_TRUE(again) << describe(again.error());
  EXPECT_TRUE(over);
  EXPECT_EQ(again->best_val_accuracy, whole->best_val_accuracy);
  EXPECT_EQ(again->model, whole->model);
  EXPECT_EQ(record_of(options_.workspace, whole->run), before);
}

TEST_F(SessionTest, ARunGoesOnWhereItsDataLieNow) {
  std::atomic<bool> stop = false;
  const auto part = train_run(recipe_, options_, {.epoch = [&](const EpochReport&) { stop = true; }, .stop = &stop});
  ASSERT_TRUE(part);
  fs::rename(folder_ / "data", folder_ / "moved");
  options_.resume = part->folder;
  const auto lost = train_run({}, options_, {});
  ASSERT_FALSE(lost);
  const auto store = open_store(options_.workspace, {.read_only = true});
  EXPECT_EQ((*store)->run(part->run)->state, RunState::paused) << "it stands as it stood";
  Recipe moved;
  moved.data = (folder_ / "moved").string();
  const auto rest = train_run(moved, options_, {});
  ASSERT_TRUE(rest) << describe(rest.error());
  EXPECT_EQ(rest->epochs, 4);
}

TEST_F(SessionTest, ATrialOfASweepIsTheSweepsAlone) {
  {
    const auto store = open_store(options_.workspace);
    ASSERT_TRUE((*store)->create_sweep({.id = "s"}));
    const NewTrial trial{.number = 0};
    ASSERT_TRUE((*store)->add_trials("s", {&trial, 1}));
  }
  options_.resume = options_.workspace / "s-0";
  const auto refused = train_run({}, options_, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().summary, "s-0 is a trial of the sweep s");
  EXPECT_EQ((*open_store(options_.workspace))->run("s-0")->attempt, 0);
}

TEST_F(SessionTest, WhatCannotBeSavedIsToldAndTheRestKept) {
  options_.id = "r";
  fs::create_directories(options_.workspace / "r" / "checkpoint.safetensors" / "x");
  const auto broken = train_run(recipe_, options_, {});
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().detail.find("the model of epoch "), std::string::npos) << broken.error().detail;
  const auto store = open_store(options_.workspace, {.read_only = true});
  const auto run = (*store)->run("r");
  EXPECT_EQ(run->state, RunState::failed);
  EXPECT_NE(run->reason.find("checkpoint.safetensors"), std::string::npos) << run->reason;
  EXPECT_FALSE((*store)->history("r")->empty()) << "the epochs that were trained";
  EXPECT_EQ((*store)->artifacts("r")->size(), 1u);
}

TEST_F(SessionTest, ARunWhoseFolderCannotBeMadeHasFailed) {
  options_.id = "r";
  fs::create_directories(options_.workspace);
  std::ofstream(options_.workspace / "r") << "in the way";
  ASSERT_FALSE(train_run(recipe_, options_, {}));
  const auto run = (*open_store(options_.workspace, {.read_only = true}))->run("r");
  EXPECT_EQ(run->state, RunState::failed);
  EXPECT_NE(run->reason.find("folder cannot be made"), std::string::npos) << run->reason;
}

TEST_F(SessionTest, WhatAKilledAttemptHadBegunToWriteGoesAway) {
  std::atomic<bool> stop = false;
  const auto part = train_run(recipe_, options_, {.epoch = [&](const EpochReport&) { stop = true; }, .stop = &stop});
  ASSERT_TRUE(part);
  std::ofstream(part->folder / ".atelier-123-4.tmp") << "half a checkpoint";
  options_.resume = part->folder;
  ASSERT_TRUE(train_run({}, options_, {}));
  EXPECT_FALSE(fs::exists(part->folder / ".atelier-123-4.tmp"));
}

TEST_F(SessionTest, ARunIsFoundByItsIdItsBeginningAndItsFolder) {
  recipe_.epochs = 1;
  options_.id = "wcmg";
  const auto run = train_run(recipe_, options_, {});
  ASSERT_TRUE(run);
  const auto same = [&](const std::string& word) {
    const auto found = find_run(word, options_.workspace);
    return found && fs::equivalent(*found, run->folder) && found->filename() == "wcmg";
  };
  for (const std::string& word : {std::string("wcmg"), std::string("wc"), std::string("last"), run->folder.string(),
                                  run->folder.string() + "/", (run->folder / ".").string()})
    EXPECT_TRUE(same(word)) << word;
  EXPECT_FALSE(find_run("", options_.workspace));
  EXPECT_FALSE(find_run("x", options_.workspace));
  EXPECT_TRUE(load_model("wc", options_.workspace));
}

TEST_F(SessionTest, TheMachinesClockGoesOnInALaterAttempt) {
  const auto workspace = *Workspace::open(options_.workspace);
  Store& store = workspace->store();
  const Ticket first = store.begin_run({.id = "r"}, "w")->ticket;
  const Progress news{
      first, {}, {{"machine", {"cpu_seconds"}, {15'000}, {1}}, {"machine", {"cpu_seconds"}, {30'000}, {2}}}};
  ASSERT_TRUE(store.record({&news, 1}));
  ASSERT_TRUE(store.end(first, {RunState::paused}));
  const auto keeper = *RunKeeper::open(*workspace, store.take_over("r", "w")->ticket);
  std::this_thread::sleep_for(std::chrono::milliseconds(1200));  // it looks once a second
  ASSERT_TRUE(keeper->end({RunState::finished}));
  const auto blocks = *store.series("r", "machine");
  ASSERT_GE(blocks.size(), 3u) << "nothing is overwritten";
  EXPECT_EQ(blocks[1].at.front(), 30'000);
  EXPECT_EQ(blocks[1].values.front(), 2);
  EXPECT_GE(blocks[2].at.front(), 31'000);
}

TEST_F(SessionTest, StopsEarlyWhenPatienceEnds) {
  recipe_.epochs = 60;
  recipe_.patience = 3;
  const auto outcome = train_run(recipe_, options_, {});
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->stopped_early);
  EXPECT_EQ(outcome->epochs, outcome->best_epoch + 3);
}

TEST_F(SessionTest, ADivergedRunKeepsWhatWasGood) {
  recipe_.norm = "none", recipe_.optimizer = "sgd", recipe_.loss = "squared_error_raw", recipe_.learning_rate = 1e12;
  recipe_.schedule = "constant", recipe_.warmup = 4, recipe_.epochs = 6, recipe_.residual = false;
  const auto outcome = train_run(recipe_, options_, {});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, Trouble::diverged);
  EXPECT_FALSE(outcome.error().hint.empty());
}

TEST_F(SessionTest, AnEpochThatEndsInNoNumberIsNotSaved) {
  recipe_.norm = "none", recipe_.activation = "identity", recipe_.loss = "squared_error_raw", recipe_.optimizer = "sgd";
  recipe_.schedule = "constant", recipe_.learning_rate = 1000, recipe_.residual = false, recipe_.dropout = 0;
  recipe_.batch_size = 360, recipe_.layers = {32, 32, 32}, recipe_.epochs = 6;
  const auto outcome = train_run(recipe_, options_, {});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, Trouble::diverged) << outcome.error().summary;
  for (const auto& run : fs::directory_iterator(options_.workspace)) {
    if (!fs::exists(run.path() / "model.safetensors")) continue;
    const auto model = read_model(run.path() / "model.safetensors");
    EXPECT_TRUE(model) << model.error().detail;
  }
}

TEST_F(SessionTest, LastIsTheNewestRun) {
  recipe_.epochs = 1;
  EXPECT_FALSE(load_model("last", options_.workspace));
  const auto first = train_run(recipe_, options_, {});
  ASSERT_TRUE(first);
  recipe_.layers = {7};
  const auto second = train_run(recipe_, options_, {});
  ASSERT_TRUE(second);
  EXPECT_EQ(load_model("last", options_.workspace)->recipe.layers, recipe_.layers);
}

TEST_F(SessionTest, DamagedModelsAreRefusedBeforeTheyAreUsed) {
  recipe_.epochs = 1;
  const auto outcome = train_run(recipe_, options_, {});
  ASSERT_TRUE(outcome);
  const auto file = read_safetensors(outcome->model);
  ASSERT_TRUE(file);
  const auto refused = [&](std::vector<Tensor> tensors, std::map<std::string, std::string> metadata) {
    const fs::path path = folder_ / "bad.safetensors";
    EXPECT_TRUE(write_safetensors(path, tensors, metadata));
    const auto model = read_model(path);
    return model ? std::string("accepted") : model.error().detail;
  };
  const auto edited = [&](const std::string& from, const std::string& to) {
    auto metadata = file->metadata;
    std::string& text = metadata.at("atelier");
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    return refused(file->tensors, metadata);
  };
  EXPECT_EQ(refused(file->tensors, file->metadata), "accepted");
  EXPECT_NE(refused(file->tensors, {}).find("no `atelier` entry"), std::string::npos);
  std::vector<Tensor> fewer = file->tensors;
  fewer.pop_back();
  EXPECT_NE(refused(fewer, file->metadata).find("lacks"), std::string::npos);
  EXPECT_NE(edited("\"layers\":[24,24]", "\"layers\":[24,10000000]"), "accepted");
  EXPECT_NE(edited("\"layers\":[24,24]", "\"layers\":[24,25]").find("asks for"), std::string::npos);
  EXPECT_NE(edited("\"inputs\":20", "\"inputs\":0"), "accepted");
  EXPECT_NE(edited("\"outputs\":4", "\"outputs\":-4"), "accepted");
  EXPECT_NE(edited("atelier-model-1", "atelier-model-9").find("format"), std::string::npos);
  EXPECT_NE(edited("{\"format\"", "[\"format\""), "accepted");
}

TEST_F(SessionTest, RefusesWhatItCannotDo) {
  const auto refused = [&](auto change) {
    Recipe r = recipe_;
    change(r);
    const auto outcome = train_run(r, options_, {});
    return outcome ? std::string("accepted") : outcome.error().summary;
  };
  EXPECT_NE(refused([](Recipe& r) { r.batch_size = 361; }).find("batch"), std::string::npos);
  EXPECT_NE(refused([](Recipe& r) { r.optimizer = "adan"; }).find("adan"), std::string::npos);
  EXPECT_NE(refused([](Recipe& r) { r.layers = {0}; }).find("wide"), std::string::npos);
  EXPECT_NE(refused([](Recipe& r) { r.layers = {10'000'000, 10'000'000}; }).find("memory"), std::string::npos);
  EXPECT_NE(refused([](Recipe& r) { r.data = "/nowhere"; }), "accepted");
  EXPECT_FALSE(fs::exists(options_.workspace)) << "a slip leaves nothing behind";
  EXPECT_FALSE(load_model("nothing", options_.workspace));
}

TEST_F(SessionTest, RehearsalsDoNotDependOnTheNumberOfThreads) {
  const auto data = open_training_data(recipe_);
  const Recipe recipes[] = {recipe_, recipe_, recipe_};
  const auto one = rehearse(recipes, *data, 1), three = rehearse(recipes, *data, 3);
  for (std::size_t i = 0; i < 3; i++) {
    ASSERT_TRUE(one[i] && three[i]);
    ASSERT_EQ(one[i]->size(), 4u);
    for (std::size_t e = 0; e < 4; e++) EXPECT_EQ((*one[i])[e].val_loss, (*three[i])[e].val_loss);
  }
}

TEST_F(SessionTest, ReproduceGivesTheSameAnswersAndWritesThem) {
  std::string reports[2];
  for (const int threads : {1, 3}) {
    const ReproduceOptions options{
        .folder = folder_ / "answers", .quick = true, .data = recipe_.data, .threads = threads};
    double last = 0;
    const auto answers = reproduce(options, {.progress = [&](const std::string&, double fraction) {
                                     EXPECT_GE(fraction, last);
                                     last = fraction;
                                   }});
    ASSERT_TRUE(answers) << answers.error().summary << answers.error().detail;
    EXPECT_EQ(answers->race.size(), 6u);
    EXPECT_EQ(answers->confusion->total(), 100u);
    ASSERT_TRUE(write_report(*answers));
    for (const char* name :
         {"report.html", "report.md", "results.json", "question-1-samples.svg", "question-7-confusion.svg"}) {
      EXPECT_TRUE(fs::exists(options.folder / name)) << name;
    }
    reports[threads == 1 ? 0 : 1] = to_markdown(report_of(*answers));
  }
  EXPECT_EQ(reports[0], reports[1]);
}

TEST(ComparePairs, IsAPairedTInterval) {
  const LossAnswer a = compare_pairs("b", {0.5, 0.6, 0.7, 0.8, 0.9}, {0.51, 0.62, 0.73, 0.84, 0.95});
  EXPECT_NEAR(a.mean_difference, 0.03, 1e-12);
  EXPECT_NEAR(a.half_width, 2.7764451052 * 0.0158113883 / std::sqrt(5.0), 1e-6);
  const LossAnswer same = compare_pairs("cross_entropy", {0.5, 0.6}, {0.5, 0.6});
  EXPECT_NE(in_words(same, same).find("within noise"), std::string::npos);
  const LossAnswer base = compare_pairs("a", {0.5, 0.6, 0.7, 0.8, 0.9}, {0.5, 0.6, 0.7, 0.8, 0.9});
  EXPECT_EQ(in_words(a, base), "b beats a by 3.00 points (1.04 to 4.96), 5 of 5 pairs");
}

}  // namespace
}  // namespace atelier
