// samples.cpp: `atelier samples` shows one picture of each class.
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/random.hpp"
#include "cli/all_commands.hpp"
#include "data/open.hpp"
#include "figures/samples.hpp"

namespace atelier::cli {
namespace {

struct State {
  std::string dataset, data, png, seed;
  bool json = false;
};

Raster raster_of(const Dataset& set, std::size_t sample) {
  const ImageShape& shape = set.image();
  std::vector<float> features(set.width());
  set.features(sample, features);
  Raster raster{shape.width, shape.height, shape.channels, {}};
  for (const float value : features)
    raster.pixels.push_back(static_cast<std::uint8_t>(std::lround(std::fmin(std::fmax(value, 0), 1) * 255)));
  return raster;
}

/// One sample of each class: the first one, or by chance where a seed is given. A class without samples has none.
std::vector<std::optional<std::size_t>> one_of_each(const Dataset& set, std::optional<std::uint64_t> seed) {
  std::vector<std::vector<std::size_t>> members(set.outputs());
  for (std::size_t i = 0; i < set.size(); i++) members[static_cast<std::size_t>(set.label(i))].push_back(i);
  std::vector<std::optional<std::size_t>> chosen(members.size());
  for (std::size_t c = 0; c < members.size(); c++) {
    if (members[c].empty()) continue;
    const auto count = static_cast<std::uint32_t>(members[c].size());
    chosen[c] = members[c][seed ? Philox(*seed, stream::of(stream::split, c)).below(count, 0) : 0];
  }
  return chosen;
}

Result<SamplesFigure> figure_of(const Dataset& set, std::optional<std::uint64_t> seed) {
  if (!set.is_classification())
    return fail(Trouble::data, fmt::format("{} has no classes", set.name()), "its targets are numbers",
                "samples shows sets of pictures with classes");
  if (set.image().width == 0)
    return fail(Trouble::data, fmt::format("{} has no pictures", set.name()),
                fmt::format("a sample is {} plain values", set.width()), "samples shows sets of pictures");
  SamplesFigure figure{.title = set.name(), .caption = "one picture of each class", .samples = {}};
  const auto chosen = one_of_each(set, seed);
  for (std::size_t c = 0; c < chosen.size(); c++)
    figure.samples.push_back({set.class_names()[c], chosen[c] ? raster_of(set, *chosen[c]) : Raster{}});
  return figure;
}

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
  auto figure = figure_of(data->train, seed);
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
          "Look",
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
