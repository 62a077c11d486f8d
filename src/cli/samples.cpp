// samples.cpp: `atelier samples` shows one picture of each class.
#include <nlohmann/json.hpp>
#include <optional>

#include "analysis/samples.hpp"
#include "cli/all_commands.hpp"
#include "data/open.hpp"

namespace atelier::cli {
namespace {

struct State {
  std::string dataset, data, png, seed;
  bool json = false;
};

Result<void> run(const State& state, const Console& console) {
  std::optional<std::uint64_t> seed;
  if (!state.seed.empty()) {
    Recipe recipe;
    if (auto done = set(recipe, *find_setting("seed"), state.seed, "--seed"); !done) return done;
    seed = recipe.seed;
  }
  const std::string name = state.dataset.empty() ? Recipe{}.dataset : state.dataset;
  auto data = state.data.empty() ? open_dataset(name) : open_folder(state.data);
  if (!data) return pass_on(data);
  auto figure = samples_figure(data->train, seed);
  if (!figure) return pass_on(figure);
  if (state.json)
    console.out << to_json(*figure).dump() << '\n';
  else
    console.out << show(*figure, console.out_terminal);
  if (state.png.empty()) return {};
  if (auto saved = save(draw(*figure), state.png); !saved) return saved;
  console.say("→  " + state.png);
  return {};
}

}  // namespace

Command samples_command() {
  return {"samples",
          "Understand",
          "[DATASET] [--png FILE]",
          "one picture of each class of a data set",
          {"atelier samples fashion_mnist", "atelier samples mnist --seed 3 --png samples.png"},
          [] {
            auto state = std::make_shared<State>();
            return Prepared{{{"DATASET", "", "a known set [fashion_mnist]", &state->dataset, false},
                             {"--data", "DIR", "a folder of IDX files instead", &state->data, false},
                             {"--seed", "N", "other pictures; without it the first of each class", &state->seed, false},
                             {"--png", "FILE", "also as a picture, .png or .svg", &state->png, false},
                             {"--json", "", "the figure as one JSON object", &state->json, false}},
                            [state](Console& console) { return run(*state, console); }};
          }};
}

}  // namespace atelier::cli
