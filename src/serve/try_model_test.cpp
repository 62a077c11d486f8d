// try_model_test.cpp: a model's answer, its gradient against the weights themselves, and its neighbours.
#include "serve/try_model.hpp"

#include <cmath>

#include "experiment/build.hpp"
#include "serve/detail/testing.hpp"

namespace atelier {
namespace {

using namespace testing;

/// A network without hidden layers of 4 values and 3 classes, saved as the run's model: its gradient is its weights.
Model linear_model() {
  Recipe recipe;
  recipe.data = "/nowhere";
  Architecture architecture{4, {Dense{3}}};
  auto network = Network<float>::build(architecture, initialiser_of(recipe).value(), 1).value();
  recipe.layers = {};
  return {std::move(network), recipe, "own", "", true, {"x", "y", "z"}, {2, 2, 1}};
}

TEST(TryModel, AnswersWithProbabilitiesAndAGradient) {
  const Place place;
  const Model model = linear_model();
  std::filesystem::create_directories(place.folder / "a");
  ASSERT_TRUE(save_model(place.folder / "a/model.safetensors", model));
  TryRoom room;
  const TryAnswer answer = value(room.ask(place.folder, "a", {.pixels = {0.1f, 0.5f, 0, 1}}));
  ASSERT_EQ(answer.probabilities.size(), 3u);
  EXPECT_NEAR(answer.probabilities[0] + answer.probabilities[1] + answer.probabilities[2], 1, 1e-6);
  for (const float p : answer.probabilities) EXPECT_LE(p, answer.probabilities[answer.answer]);
  const auto weights = model.network.block_values(0);
  const auto spec = model.network.blocks()[0].spec;
  ASSERT_EQ(weights.size(), 12u);
  ASSERT_EQ(answer.gradient.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    const float weight = spec.rows == 4 ? weights[i * 3 + answer.answer] : weights[answer.answer * 4 + i];
    EXPECT_NEAR(answer.gradient[i], static_cast<double>(weight), 1e-3) << i;
  }
  EXPECT_TRUE(answer.nearest.empty());  // its data are gone
}

TEST(TryModel, SaysWhatItCannotAnswer) {
  const Place place;
  TryRoom room;
  const auto none = room.ask(place.folder, "b", {.pixels = {1}});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().summary, "run b has no model yet");
  std::filesystem::create_directories(place.folder / "a");
  ASSERT_TRUE(save_model(place.folder / "a/model.safetensors", linear_model()));
  EXPECT_FALSE(room.ask(place.folder, "a", {.pixels = {1, 2, 3}}));
  EXPECT_FALSE(room.ask(place.folder, "a", {.pixels = {1, 2, 3, NAN}}));
  EXPECT_FALSE(room.ask(place.folder, "a", {.test = 0}));
  EXPECT_TRUE(room.ask(place.folder, "a", {.pixels = {1, 2, 3, 4}}));
  std::filesystem::rename(place.folder / "a/model.safetensors", place.folder / "elsewhere");
  std::filesystem::create_symlink(place.folder / "elsewhere", place.folder / "a/model.safetensors");
  EXPECT_FALSE(room.ask(place.folder, "a", {.pixels = {1, 2, 3, 4}}));
}

}  // namespace
}  // namespace atelier
