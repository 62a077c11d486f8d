// run_figures_of_test.cpp: every figure of a real run, and of runs that cannot have them.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "experiment/detail/testing.hpp"
#include "experiment/figures_of.hpp"
#include "experiment/session.hpp"

namespace atelier {
namespace {

class RunFiguresTest : public testing::Test {
 protected:
  void SetUp() override {
    testing_experiment::write_small_data(folder_ / "data");
    Recipe recipe;
    recipe.data = (folder_ / "data").string();
    recipe.layers = {24};
    recipe.batch_size = 50;
    recipe.epochs = 2;
    recipe.threads = 1;
    ASSERT_TRUE(train_run(recipe, {.workspace = folder_ / "runs", .steps = true, .id = "run"}, {}));
    store_ = open_store(folder_ / "runs", {.read_only = true}).value();
  }
  Result<Figure> figure(std::string_view name, const FigureOptions& options = {}) {
    return figure_of_run({folder_ / "runs", *store_}, "run", name, options);
  }

  testing_experiment::Folder own_;
  std::filesystem::path folder_ = own_.path;
  std::unique_ptr<Store> store_;
};

TEST_F(RunFiguresTest, EachHasItsKindAndAnAnswer) {
  const std::map<std::string_view, std::string_view> kinds{
      {"curves", "curves"},   {"confusion", "confusion"},     {"errors", "gallery"}, {"scores", "scores"},
      {"samples", "gallery"}, {"reliability", "reliability"}, {"updates", "curves"}, {"gradients", "curves"},
      {"units", "curves"},    {"weights", "weights"},         {"machine", "curves"}, {"first_layer", "gallery"},
      {"cell", "gallery"},
  };
  ASSERT_EQ(run_figure_names().size(), kinds.size());
  for (const std::string_view name : run_figure_names()) {
    const auto made = figure(name, {.truth = "1", .answer = "1"});
    ASSERT_TRUE(made) << name << describe(made.error());
    EXPECT_EQ(made->figure, name);
    EXPECT_EQ(made->kind, kinds.at(name));
    EXPECT_FALSE(made->title.empty()) << name;
    EXPECT_FALSE(made->caption.empty()) << name;
  }
}

TEST_F(RunFiguresTest, AreMeasuredOnValidationUnlessAskedForTest) {
  EXPECT_EQ(figure("confusion")->caption, "run run on data validation, 40 samples");
  EXPECT_EQ(figure("confusion", {.test = true})->caption, "run run on data test, 100 samples");
  EXPECT_EQ(figure("confusion", {.test = true})->data["pictures"].size(), 4u);
}

TEST_F(RunFiguresTest, StepsAndLayersAreThere) {
  const auto curves = figure("curves");
  EXPECT_EQ(curves->data["panels"][0]["lines"][2]["name"], "training, by step");
  EXPECT_EQ(curves->data["panels"][0]["lines"][2]["points"].back()[0], 2) << "in epochs";
  const auto units = figure("units");
  EXPECT_EQ(units->data["panels"][0]["lines"][0]["name"], "layer 1 (24 relu)");
  EXPECT_EQ(figure("first_layer")->data["tiles"].size(), 24u);
  EXPECT_EQ(figure("weights")->data["panels"][1]["name"], "output layer");
}

TEST_F(RunFiguresTest, OldAndForeignRunsSayWhatIsMissing) {
  const auto own = open_store(folder_ / "runs").value();
  ASSERT_TRUE(own->begin_run({.id = "foreign", .config = R"({"lr":0.1})"}, this_worker()));
  const WorkspaceView view{folder_ / "runs", *own};
  EXPECT_EQ(figure_of_run(view, "foreign", "curves")->title, "No epoch is finished yet");
  EXPECT_EQ(figure_of_run(view, "foreign", "gradients")->title, "The layers of this run were not looked at");
  EXPECT_EQ(figure_of_run(view, "foreign", "machine")->title, "Nothing is known of the machine");
  for (const char* name : {"confusion", "errors", "first_layer"})
    EXPECT_EQ(figure_of_run(view, "foreign", name).error().summary, "run foreign has no model") << name;
  EXPECT_EQ(figure_of_run(view, "foreign", "samples").error().summary, "the data of run foreign are not known");
}

TEST_F(RunFiguresTest, WordsThatAreNotKnown) {
  const auto near = figure("gradient");
  ASSERT_FALSE(near);
  EXPECT_EQ(near.error().summary, "a run has no figure `gradient`");
  EXPECT_EQ(near.error().hint, "did you mean `gradients`?");
  EXPECT_FALSE(figure_of_run({folder_ / "runs", *store_}, "nobody", "curves"));
  for (const char* word : {"", "4", "-1", "1x"})
    EXPECT_EQ(figure("cell", {.truth = "0", .answer = word}).error().summary,
              "there is no class `" + std::string(word) + "`");
}

TEST_F(RunFiguresTest, DataThatAreGoneAreAnError) {
  std::filesystem::rename(folder_ / "data", folder_ / "elsewhere");
  EXPECT_FALSE(figure("confusion"));
  EXPECT_TRUE(figure("first_layer")) << "the model has all that it takes";
  EXPECT_TRUE(figure("curves"));
}

}  // namespace
}  // namespace atelier
