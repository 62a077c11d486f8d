// workspace_test.cpp: what a run leaves belongs to its present attempt alone.
#include "experiment/workspace.hpp"

#include <gtest/gtest.h>

#include "experiment/build.hpp"
#include "experiment/detail/testing.hpp"

namespace atelier {
namespace {

namespace fs = std::filesystem;
using testing_experiment::bytes_of;

TEST(RunKeeper, AnAttemptThatWasSupersededReplacesNoFile) {
  const testing_experiment::Folder folder;
  testing_experiment::write_small_data(folder.path / "data");
  Recipe recipe;
  recipe.data = (folder.path / "data").string(), recipe.layers = {8}, recipe.batch_size = 60, recipe.epochs = 3;
  const auto data = open_training_data(recipe);
  ASSERT_TRUE(data);
  auto training = Training::begin(recipe, *data, std::make_shared<ThreadPool>(1));
  ASSERT_TRUE(training);
  const auto workspace = Workspace::open(folder.path / "runs");
  ASSERT_TRUE(workspace);
  Store& store = (*workspace)->store();
  const auto first = store.begin_run({.id = "r"}, "a");
  ASSERT_TRUE(first);
  const auto keeper = RunKeeper::open(**workspace, first->ticket);
  ASSERT_TRUE(keeper);
  (*keeper)->recall(*training);
  const auto train = [&] {
    ASSERT_TRUE(training->epoch());
    (*keeper)->epoch(*training);
    ASSERT_TRUE((*keeper)->settle());
  };
  train();
  const std::string before = bytes_of((*keeper)->checkpoint_path());
  EXPECT_FALSE(before.empty());

  // Another one takes it over; this one has not heard of it.
  ASSERT_TRUE(store.end(first->ticket, {RunState::paused}));
  ASSERT_TRUE(store.take_over("r", "b"));
  EXPECT_TRUE((*keeper)->ours());
  train();
  EXPECT_EQ(bytes_of((*keeper)->checkpoint_path()), before);
  int files = 0;
  for (const auto& file : fs::directory_iterator((*keeper)->folder())) files += !file.path().filename().empty();
  EXPECT_EQ(files, 2) << "nothing is left beside the model and the checkpoint";
}

}  // namespace
}  // namespace atelier
