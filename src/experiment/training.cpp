// training.cpp: a trainer, its evaluations and its history.
#include "experiment/training.hpp"

#include <fmt/format.h>

#include <chrono>

#include "experiment/build.hpp"
#include "experiment/settings.hpp"
#include "train/evaluate.hpp"

namespace atelier {
namespace {

using json = nlohmann::ordered_json;

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

json to_json(const EpochReport& e) {
  json line = {{"epoch", e.epoch},
               {"train_loss", e.train_loss},
               {"val_loss", e.val_loss},
               {"train_seconds", e.train_seconds},
               {"samples_per_second", e.samples_per_second},
               {"best", e.best}};
  if (e.train_accuracy) line["train_accuracy"] = *e.train_accuracy;
  if (e.val_accuracy) line["val_accuracy"] = *e.val_accuracy;
  return line;
}

EpochReport epoch_from(const json& j) {
  EpochReport e{.epoch = j.at("epoch"),
                .train_loss = j.at("train_loss"),
                .train_accuracy = {},
                .val_loss = j.at("val_loss"),
                .val_accuracy = {},
                .train_seconds = j.at("train_seconds"),
                .samples_per_second = j.at("samples_per_second"),
                .best = j.at("best")};
  if (j.contains("train_accuracy")) e.train_accuracy = j.at("train_accuracy").get<double>();
  if (j.contains("val_accuracy")) e.val_accuracy = j.at("val_accuracy").get<double>();
  return e;
}

}  // namespace

Result<std::shared_ptr<const TrainingData>> open_training_data(const Recipe& recipe) {
  Result<DataPair> pair = open_data_of(recipe);
  if (!pair) return pass_on(pair);
  Result<Split> sides = split(pair->train, recipe.validation, recipe.split_seed);
  if (!sides) return pass_on(sides);
  return std::make_shared<const TrainingData>(*std::move(pair), *std::move(sides));
}

Result<Training> Training::begin(Recipe recipe, std::shared_ptr<const TrainingData> data,
                                 std::shared_ptr<ThreadPool> pool) {
  Result<Trainer> trainer = trainer_of(recipe, data->sides.train, std::move(pool));
  if (!trainer) return pass_on(trainer);
  return Training(std::move(recipe), std::move(data), *std::move(trainer));
}

Result<Training> Training::go_on(const Checkpoint& checkpoint, std::shared_ptr<const TrainingData> data,
                                 std::shared_ptr<ThreadPool> pool) {
  Result<Recipe> recipe = recipe_from_json(nlohmann::json(checkpoint.memory.at("recipe")));
  if (!recipe) return pass_on(recipe);
  if (checkpoint.memory.value("checksum", "") != data->pair.checksum)
    return fail(Trouble::data, "the data have changed since the run began",
                "their checksum is now " + data->pair.checksum, "start a new training");
  Result<Training> training = begin(*std::move(recipe), std::move(data), std::move(pool));
  if (!training) return training;
  if (auto restored = training->trainer_.restore(checkpoint.snapshot); !restored) return pass_on(restored);
  try {
    for (const json& line : checkpoint.memory.at("history")) training->keep(epoch_from(line));
    training->seconds_before_ = checkpoint.memory.at("seconds_in_epoch");
  } catch (const json::exception& e) {
    return fail(Trouble::model, "the checkpoint cannot be read", e.what());
  }
  return training;
}

/// The steps that the epoch still lacks; false when it was interrupted.
Result<bool> Training::train(const StepWatch& watch, EpochReport& report) {
  const auto size = static_cast<double>(data_->sides.train.size());
  const double start = now() - seconds_before_;
  const std::int64_t end = report.epoch * trainer_.steps_per_epoch();
  while (trainer_.steps_taken() < end) {
    if (watch.stop && watch.stop->load()) {
      seconds_before_ = now() - start;
      return false;
    }
    if (recipe_.probes && trainer_.steps_taken() + 1 == end) {
      const auto parameters = trainer_.network().parameters();
      before_last_step_.assign(parameters.begin(), parameters.end());
    }
    const Result<StepReport> step = trainer_.step();
    if (!step) return pass_on(step);
    if (watch.step) watch.step(*step);
    if (watch.progress) {
      const auto samples = static_cast<double>(trainer_.totals().samples);
      watch.progress(report.epoch, samples / size, samples / (now() - start));
    }
  }
  seconds_before_ = 0;
  report.train_seconds = now() - start;
  report.samples_per_second = size / report.train_seconds;
  report.train_loss = trainer_.totals().loss();
  if (data_->sides.train.is_classification()) report.train_accuracy = trainer_.totals().accuracy();
  return true;
}

Result<void> Training::evaluate(EpochReport& report) {
  const Result<Evaluation> seen =
      validate(trainer_.result(), trainer_.loss(), data_->sides.validation, trainer_.pool());
  if (!seen) {
    Error error = seen.error();
    error.summary += fmt::format(" by step {} (the end of epoch {})", trainer_.steps_taken(), report.epoch);
    return std::unexpected(std::move(error));
  }
  report.val_loss = seen->loss;
  report.val_accuracy = seen->accuracy;
  const EpochReport* so_far = best();
  report.best = !so_far || (seen->accuracy ? *seen->accuracy > *so_far->val_accuracy : seen->loss < so_far->val_loss);
  return {};
}

void Training::keep(const EpochReport& report) {
  if (report.best) best_ = epochs_done();
  history_.push_back(report);
}

Result<std::optional<EpochReport>> Training::epoch(const StepWatch& watch) {
  EpochReport report;
  report.epoch = epochs_done() + 1;
  const Result<bool> whole = train(watch, report);
  if (!whole) return pass_on(whole);
  if (!*whole) return std::nullopt;
  if (auto evaluated = evaluate(report); !evaluated) return pass_on(evaluated);
  keep(report);
  return report;
}

bool Training::out_of_patience() const {
  return recipe_.patience > 0 && best_ >= 0 &&
         epochs_done() - history_[static_cast<std::size_t>(best_)].epoch >= recipe_.patience;
}

Model Training::model() const {
  const Dataset& train = data_->sides.train;
  return {trainer_.result(),   recipe_,      train.name(), data_->pair.checksum, train.is_classification(),
          train.class_names(), train.image()};
}

Checkpoint Training::checkpoint() const {
  json history = json::array();
  for (const EpochReport& e : history_) history.push_back(to_json(e));
  return {trainer_.snapshot(),
          {{"recipe", atelier::to_json(recipe_)},
           {"checksum", data_->pair.checksum},
           {"seconds_in_epoch", seconds_before_},
           {"history", history}}};
}

}  // namespace atelier
