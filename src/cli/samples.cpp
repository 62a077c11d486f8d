// samples.cpp: `atelier samples` shows one picture of each class.
#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "analysis/samples.hpp"
#include "base/files.hpp"
#include "cli/all_commands.hpp"
#include "cli/picture_file.hpp"
#include "data/open.hpp"
#include "figures/renderer.hpp"

namespace atelier::cli {
namespace {

struct State {
  std::string dataset, data, png, each, seed;
  bool json = false;
};

/// "T-shirt/top" -> "t_shirt_top.png".
std::string file_name(std::string_view class_name) {
  std::string name;
  for (const char c : class_name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    name += !plain ? '_' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return name + ".png";
}

/// Each picture in its own size as a file of its own.
Result<void> save_each(std::span<const Sample> samples, const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed)
    return fail(Trouble::file, "the folder cannot be made", folder.string() + ": " + failed.message(),
                "choose another place");
  for (const Sample& sample : samples) {
    if (!sample.image.valid()) continue;
    if (auto saved = write_file_atomically(folder / file_name(sample.name), png_of(sample.image)); !saved) return saved;
  }
  return {};
}

Result<void> run(const State& state, const Console& console) {
  if (auto named = check_picture_file(state.png); !named) return named;
  std::optional<std::uint64_t> seed;
  if (!state.seed.empty()) {
    Recipe recipe;
    if (auto done = set(recipe, *find_setting("seed"), state.seed, "--seed"); !done) return done;
    seed = recipe.seed;
  }
  const std::string name = state.dataset.empty() ? Recipe{}.dataset : state.dataset;
  auto data = state.data.empty() ? open_dataset(name) : open_folder(state.data);
  if (!data) return pass_on(data);
  const auto samples = samples_of(data->train, seed);
  if (!samples) return pass_on(samples);
  const Figure figure = samples_figure(data->train.name(), *samples);
  if (state.json)
    console.out << to_json(figure).dump() << '\n';
  else
    console.out << show(*samples, console.out_terminal);
  if (!state.each.empty()) {
    if (auto saved = save_each(*samples, state.each); !saved) return saved;
    console.say(fmt::format("→  {} pictures in {}", samples->size(), state.each));
  }
  if (state.png.empty()) return {};
  if (auto saved = save(figure, state.png); !saved) return saved;
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
                             {"--each", "DIR", "also each by itself, such as ankle_boot.png", &state->each, false},
                             {"--json", "", "the figure as one JSON object", &state->json, false}},
                            [state](Console& console) { return run(*state, console); }};
          }};
}

}  // namespace atelier::cli
