// own_table.cpp: makes the table of our own trainings, row by row; goes on where an earlier run stopped.
//
// Fashion-MNIST, 12,000 training images and 6,000 validation images, 5 epochs, a constant rate. A value is the share of
// wrong answers on the validation images after the last epoch; each row has one for each of 2 seeds, which decide the first
// weights and the order of the samples.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>
#include <numeric>

#include "experiment/rehearsal.hpp"
#include "objective.hpp"

using namespace atelier;

namespace {

constexpr std::uint64_t kRepeats = 2, kRowsAtOnce = 24;
constexpr std::size_t kSamples = 12'000;
constexpr double kChance = 0.9;  // the error of a network that diverged

std::int64_t whole(const Value& value) { return std::get<std::int64_t>(value); }

Recipe recipe_of(const Configuration& c, std::uint64_t seed) {
  Recipe recipe;
  recipe.layers.assign(static_cast<std::size_t>(whole(c.at("num_layers"))),
                       static_cast<int>(whole(c.at("hidden_size"))));
  recipe.activation = std::get<std::string>(c.at("activation"));
  recipe.init = "xavier_uniform";
  recipe.optimizer = std::get<std::string>(c.at("optimizer"));
  recipe.learning_rate = std::get<double>(c.at("learning_rate"));
  recipe.schedule = "constant";
  recipe.batch_size = static_cast<int>(whole(c.at("batch_size")));
  recipe.epochs = 5;
  recipe.seed = seed;
  return recipe;
}

/// A configuration by its number in mixed radix, the last parameter fastest.
Configuration configuration_of(const Space& space, std::uint64_t row) {
  Configuration configuration;
  for (std::size_t i = space.parameters.size(); i-- > 0;) {
    const Parameter& parameter = space.parameters[i];
    const std::uint64_t levels = *level_count(parameter);
    configuration.emplace(parameter.name, level(parameter, row % levels));
    row /= levels;
  }
  return configuration;
}

/// The training set cut short.
Result<std::shared_ptr<const TrainingData>> small_data() {
  const auto whole_set = open_training_data(Recipe{});
  if (!whole_set) return whole_set;
  TrainingData data = **whole_set;
  std::vector<std::uint32_t> first(kSamples);
  std::iota(first.begin(), first.end(), 0u);
  data.sides.train = data.sides.train.subset(first);
  return std::make_shared<const TrainingData>(std::move(data));
}

std::uint64_t rows_in(const std::filesystem::path& path) {
  std::ifstream file(path);
  return static_cast<std::uint64_t>(std::count(std::istreambuf_iterator(file), {}, '\n'));
}

Result<void> make(const Places& places, int threads) {
  const auto space = space_of(places, "own");
  if (!space) return pass_on(space);
  const auto data = small_data();
  if (!data) return pass_on(data);
  const std::uint64_t all = *cardinality(*space);
  std::uint64_t row = rows_in(places.own);
  std::ofstream file(places.own, std::ios::app);
  while (row < all) {
    const std::uint64_t until = std::min(all, row + kRowsAtOnce);
    std::vector<Recipe> recipes;
    for (std::uint64_t r = row; r < until; r++)
      for (std::uint64_t seed = 1; seed <= kRepeats; seed++)
        recipes.push_back(recipe_of(configuration_of(*space, r), seed));
    std::string text;
    const auto results = rehearse(recipes, *data, threads);
    for (std::size_t i = 0; i < results.size(); i++) {
      if (!results[i] && results[i].error().kind != Trouble::diverged) return pass_on(results[i]);
      const double wrong = results[i] ? 1 - *results[i]->back().val_accuracy : kChance;
      text += fmt::format("{:.4f}{}", wrong, (i + 1) % kRepeats == 0 ? '\n' : ',');
    }
    if (!(file << text << std::flush)) return fail(Trouble::file, "cannot write " + places.own.string());
    row = until;
    std::cerr << fmt::format("{} of {} rows\n", row, all);
  }
  return {};
}

}  // namespace

int main(int count, char** words) {
  CLI::App app("Trains the networks of our own table");
  Places places;
  int threads = 1;
  app.add_option("--list", places.list, "the list of objectives");
  app.add_option("--own", places.own, "the table");
  app.add_option("--threads", threads, "trainings side by side");
  CLI11_PARSE(app, count, words);
  const auto done = make(places, threads);
  if (!done) std::cerr << describe(done.error()) << '\n';
  return done ? 0 : 1;
}
