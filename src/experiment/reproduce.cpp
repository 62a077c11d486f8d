// reproduce.cpp: the trainings behind the answers.
#include "experiment/reproduce.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <functional>
#include <limits>

#include "analysis/paired.hpp"
#include "analysis/samples.hpp"
#include "experiment/build.hpp"
#include "experiment/detail/reproduce_parts.hpp"
#include "experiment/detail/reproduce_sweep.hpp"
#include "experiment/rehearsal.hpp"
#include "train/evaluate.hpp"

namespace atelier {
namespace {

using SharedData = std::shared_ptr<const TrainingData>;

constexpr const char* kRace[] = {"sgd", "momentum", "nesterov", "rmsprop", "adam", "nadam"};
constexpr const char* kLosses[] = {"cross_entropy", "squared_error", "squared_error_raw"};

/// How much is done for each question.
struct Plan {
  int epochs, race_epochs, loss_epochs, loss_seeds, trials;
};
constexpr Plan kQuick{10, 4, 3, 5, 24}, kWhole{20, 10, 8, 10, 100};
constexpr double kEpochsPerTrial = 3;  // on average, most are stopped early

Recipe base_recipe(const ReproduceOptions& options) {
  Recipe r;
  r.dataset = options.dataset;
  r.data = options.data;
  r.seed = options.seed;
  r.threads = options.threads;
  return r;
}

std::vector<float> distribution(const Network<float>& network, const Dataset& data, std::uint32_t sample,
                                ThreadPool& pool) {
  const std::uint32_t one[] = {sample};
  const Matrix<float> p = predict(network, data.subset(one), pool);
  return {p.row(0).begin(), p.row(0).end()};
}

Result<NetworkAnswer> answer_network(const Reproduction& so_far, const Plan& plan, const TrainingData& data,
                                     ReproduceProgress& progress) {
  NetworkAnswer answer;
  answer.recipe = base_recipe(so_far.options);
  answer.recipe.epochs = plan.epochs;
  progress.stage("Question 2: a network learns");
  const Watch watch{.progress = {}, .epoch = [&](const EpochReport&) { progress.add(1); }, .stop = progress.stop()};
  Result<Outcome> outcome =
      train_run(answer.recipe, {.workspace = so_far.options.folder / "runs", .id = "network"}, watch);
  if (!outcome) return pass_on(outcome);
  answer.training = *std::move(outcome);
  if (answer.training.interrupted) return answer;
  const Result<Model> model = read_model(answer.training.model);
  if (!model) return pass_on(model);
  ThreadPool pool(1);
  const Result<Network<float>> untrained =
      Network<float>::build(model->network.architecture(), *initialiser_of(answer.recipe), answer.recipe.seed);
  if (!untrained) return pass_on(untrained);
  const Dataset& shown = *data.pair.test;
  answer.text = network_text(answer.recipe, shown.width(), shown.outputs(), true);
  answer.parameters = model->network.parameter_count();
  answer.truth = shown.class_names()[static_cast<std::size_t>(shown.label(0))];
  answer.before = distribution(*untrained, shown, 0, pool);
  answer.after = distribution(model->network, shown, 0, pool);
  return answer;
}

std::vector<Racer> race(Recipe recipe, const SharedData& data, int threads, ReproduceProgress& progress) {
  progress.stage("Question 3: the optimizers race");
  std::vector<Recipe> recipes;
  for (const char* name : kRace) {
    recipe.optimizer = name;
    recipes.push_back(recipe);
  }
  auto results = rehearse(recipes, data, threads, [&] { progress.add(1); }, progress.stop());
  std::vector<Racer> racers;
  for (std::size_t i = 0; i < recipes.size(); i++) {
    Racer racer{recipes[i].optimizer, rule_of(recipes[i])->learning_rate(), {}, {}};
    if (results[i])
      racer.history = *std::move(results[i]);
    else
      racer.trouble = results[i].error().summary;
    racers.push_back(std::move(racer));
  }
  return racers;
}

Result<std::vector<LossAnswer>> compare_losses(Recipe recipe, int seeds, const SharedData& data, int threads,
                                               ReproduceProgress& progress) {
  progress.stage("Question 8: the losses side by side");
  std::vector<Recipe> recipes;
  for (const char* name : kLosses) {
    recipe.loss = name;
    for (int s = 0; s < seeds; s++) {
      recipes.push_back(recipe);
      recipes.back().seed = recipe.seed + static_cast<std::uint64_t>(s);
    }
  }
  auto results = rehearse(recipes, data, threads, [&] { progress.add(1); }, progress.stop());
  std::vector<LossAnswer> answers;
  for (std::size_t l = 0; l < std::size(kLosses) && !progress.stopped(); l++) {
    std::vector<double> accuracy;
    std::vector<std::vector<double>> curves;
    for (int s = 0; s < seeds; s++) {
      auto& result = results[l * static_cast<std::size_t>(seeds) + static_cast<std::size_t>(s)];
      if (!result) return pass_on(result);
      curves.emplace_back();
      for (const EpochReport& e : *result) curves.back().push_back(*e.val_accuracy);
      accuracy.push_back(curves.back().back());
    }
    const std::vector<double> reference = answers.empty() ? accuracy : answers.front().accuracy;
    answers.push_back(compare_pairs(kLosses[l], reference, std::move(accuracy)));
    answers.back().curves = std::move(curves);
  }
  return answers;
}

/// What a saved model answers on the test set.
Result<ConfusionMatrix> confusion_of(const std::filesystem::path& path, const Dataset& test, ThreadPool& pool) {
  const Result<Model> model = read_model(path);
  if (!model) return pass_on(model);
  const Evaluation seen = evaluate(model->network, CrossEntropy{}, test, pool);
  std::vector<std::int32_t> truth;
  for (std::size_t i = 0; i < test.size(); i++) truth.push_back(test.label(i));
  const std::vector<std::int32_t> answers(seen.predicted.begin(), seen.predicted.end());
  return ConfusionMatrix::of(truth, answers, test.outputs());
}

}  // namespace

LossAnswer compare_pairs(std::string loss, const std::vector<double>& reference, std::vector<double> accuracy) {
  LossAnswer answer{.loss = std::move(loss), .accuracy = std::move(accuracy)};
  if (answer.accuracy.size() < 2 || answer.accuracy.size() != reference.size()) {
    answer.half_width = std::numeric_limits<double>::infinity();
    return answer;
  }
  std::vector<double> differences(reference.size());
  std::ranges::transform(answer.accuracy, reference, differences.begin(), std::minus{});
  const MeanInterval apart = mean_interval(differences);
  answer.mean = mean_interval(answer.accuracy).mean;
  answer.mean_difference = apart.mean;
  answer.half_width = apart.half_width();
  return answer;
}

Result<Reproduction> reproduce(const ReproduceOptions& options, const ReproduceWatch& watch) {
  const auto start = std::chrono::steady_clock::now();
  const Plan plan = options.quick ? kQuick : kWhole;
  ReproduceProgress progress(watch, plan.epochs + plan.race_epochs * 6 + kEpochsPerTrial * plan.trials +
                                        plan.loss_epochs * plan.loss_seeds * 3);
  Reproduction r;
  r.options = options;
  Recipe recipe = base_recipe(options);
  const int threads = threads_of(recipe);

  progress.stage("opening the data");
  std::error_code failed;
  std::filesystem::create_directories(options.folder, failed);
  if (failed || access(options.folder.c_str(), W_OK) != 0) {
    return fail(Trouble::file, "the folder for the answers cannot be written",
                options.folder.string() + ": " + (failed ? failed.message() : std::strerror(errno)),
                "choose another with --output");
  }
  const Result<SharedData> opened = open_training_data(recipe);
  if (!opened) return pass_on(opened);
  const SharedData& data = *opened;
  const DataPair& pair = data->pair;
  if (!pair.test) return fail(Trouble::data, "the questions need a test set", pair.where.string() + " has none");
  r.dataset = pair.train.name(), r.checksum = pair.checksum, r.class_names = pair.train.class_names();
  r.train = data->sides.train.size(), r.validation = data->sides.validation.size(), r.test = pair.test->size();

  Result<std::vector<Sample>> samples = samples_of(pair.train);
  if (!samples) return pass_on(samples);
  r.samples = *std::move(samples);

  Result<NetworkAnswer> network = answer_network(r, plan, *data, progress);
  if (!network) return pass_on(network);
  r.network = *std::move(network);

  progress.stage("Question 3: gradients are checked");
  Result<std::vector<GradientCheck>> checks = check_gradients(options.seed);
  if (!checks) return pass_on(checks);
  r.gradients = *std::move(checks);

  recipe.schedule = "constant";
  recipe.batch_size = 64;
  recipe.layers = {128, 128, 128};
  recipe.epochs = plan.race_epochs;
  r.race_recipe = recipe;
  r.race = race(recipe, data, threads, progress);

  Recipe base = base_recipe(options);
  base.schedule = "constant";
  Result<SweepAnswer> sweep = answer_sweep(options, base, plan.trials, kEpochsPerTrial, progress);
  if (!sweep) return pass_on(sweep);
  r.sweep = *std::move(sweep);

  recipe.layers = {64};
  recipe.epochs = plan.loss_epochs;
  recipe.learning_rate = 1e-3;
  r.loss_recipe = recipe;
  Result<std::vector<LossAnswer>> losses = compare_losses(recipe, plan.loss_seeds, data, threads, progress);
  if (!losses) return pass_on(losses);
  r.losses = *std::move(losses);
  if (progress.stopped()) return fail(Trouble::interrupted, "stopped before all questions were answered");

  progress.stage("Question 7: the test set");
  ThreadPool pool(threads);
  Result<ConfusionMatrix> network_seen = confusion_of(r.network.training.model, *pair.test, pool);
  if (!network_seen) return pass_on(network_seen);
  r.network_test = network_seen->accuracy();
  Result<ConfusionMatrix> confusion = confusion_of(r.sweep.model, *pair.test, pool);
  if (!confusion) return pass_on(confusion);
  r.confusion = *std::move(confusion);
  if (auto drawn = add_figures(r); !drawn) return pass_on(drawn);
  r.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return r;
}

}  // namespace atelier
