// repeat_test.cpp: the command that repeats a run.
#include "experiment/repeat.hpp"

#include <gtest/gtest.h>

#include "experiment/settings.hpp"

namespace atelier {
namespace {

std::optional<std::string> repeated(const Recipe& recipe) {
  Run run;
  run.config = to_json(recipe).dump();
  return repeat_command(run);
}

TEST(Repeat, NamesWhatIsNotAsByDefault) {
  EXPECT_EQ(repeated({}), "atelier train");
  Recipe recipe;
  recipe.layers = {64, 32};
  recipe.learning_rate = 0.003;
  recipe.optimizer = "nadam";
  recipe.residual = true;
  recipe.data = "/data/my set";
  EXPECT_EQ(repeated(recipe),
            "atelier train --data='/data/my set' --layers=64,32 --residual=true --optimizer=nadam "
            "--learning-rate=0.003");
}

TEST(Repeat, KnowsWhatIsNoRecipe) {
  for (const char* config : {"{}", "[]", "x", R"({"lr":0.1})"}) {
    atelier::Run run;
    run.config = config;
    EXPECT_EQ(repeat_command(run), std::nullopt) << config;
  }
}

}  // namespace
}  // namespace atelier
