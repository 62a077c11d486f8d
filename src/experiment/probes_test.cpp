// probes_test.cpp: what a run records of its layers, and that it learns the same without.
#include <gtest/gtest.h>

#include <cmath>

#include "experiment/checkpoint.hpp"
#include "experiment/detail/testing.hpp"
#include "experiment/session.hpp"
#include "track/store.hpp"

namespace atelier {
namespace {

class ProbesTest : public testing::Test {
 protected:
  void SetUp() override {
    testing_experiment::write_small_data(folder_ / "data");
    recipe_.data = (folder_ / "data").string();
    recipe_.layers = {24, 12};
    recipe_.norm = "batch";
    recipe_.dropout = 0.1;
    recipe_.batch_size = 50;
    recipe_.epochs = 3;
    recipe_.threads = 1;
    options_.workspace = folder_ / "runs";
  }

  Outcome trained(const std::string& id, bool probes) {
    recipe_.probes = probes;
    options_.id = id;
    auto outcome = train_run(recipe_, options_, {});
    EXPECT_TRUE(outcome) << describe(outcome.error());
    return *outcome;
  }
  std::vector<Series> series(const std::string& run, const std::string& stream) const {
    return open_store(options_.workspace, {.read_only = true}).value()->series(run, stream).value();
  }

  testing_experiment::Folder own_;
  std::filesystem::path folder_ = own_.path;
  Recipe recipe_;
  RunOptions options_;
};

TEST_F(ProbesTest, ChangeNoBit) {
  const Outcome with = trained("with", true), without = trained("without", false);
  const auto a = read_checkpoint(with.folder / "checkpoint.safetensors"),
             b = read_checkpoint(without.folder / "checkpoint.safetensors");
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->snapshot.parameters, b->snapshot.parameters);
  EXPECT_EQ(a->snapshot.running, b->snapshot.running);
  for (std::size_t e = 0; e < 3; e++) EXPECT_EQ(with.history[e].val_loss, without.history[e].val_loss);
  EXPECT_TRUE(series("without", "layers").empty());
  EXPECT_TRUE(series("without", "weights").empty());
}

TEST_F(ProbesTest, AreRecordedFromBeforeTheFirstEpoch) {
  trained("run", true);
  const auto layers = series("run", "layers"), weights = series("run", "weights");
  ASSERT_GE(layers.size(), 2u);
  ASSERT_EQ(layers.size(), weights.size());
  EXPECT_EQ(layers.front().at, std::vector<std::int64_t>{0});
  EXPECT_EQ(layers.back().at, std::vector<std::int64_t>{3}) << "the last epoch is always saved";
  const std::vector<std::string> of_one{"1.gradient", "1.update", "1.norm", "1.mean", "1.deviation", "1.dead"};
  EXPECT_EQ(std::vector(layers[0].names.begin(), layers[0].names.begin() + 6), of_one);
  EXPECT_EQ(layers[0].names.size(), 6u + 6 + 5);
  EXPECT_TRUE(std::isnan(layers.front().values[1])) << "no step was taken";
  EXPECT_GT(layers.back().values[1], 0);
  EXPECT_LT(layers.back().values[1], 0.1);
  double count = 0;
  for (std::size_t bin = 2; bin < 34; bin++) count += weights[0].values[bin];
  EXPECT_EQ(count, 20 * 24);
}

TEST_F(ProbesTest, AResumedRunHasEachEpochOnce) {
  std::atomic<bool> stop = false;
  recipe_.epochs = 6;
  options_.id = "run";
  const auto first =
      train_run(recipe_, options_, {.epoch = [&](const EpochReport& e) { stop = e.epoch == 3; }, .stop = &stop});
  ASSERT_TRUE(first) << describe(first.error());
  options_.resume = first->folder;
  ASSERT_TRUE(train_run(recipe_, options_, {}));
  std::int64_t before = -1;
  for (const Series& row : series("run", "layers")) {
    EXPECT_GT(row.at.front(), before);
    before = row.at.front();
  }
  EXPECT_EQ(before, 6);
}

}  // namespace
}  // namespace atelier
