// reproduce_results.cpp: the answers as JSON.
#include <nlohmann/json.hpp>

#include "experiment/detail/reproduce_parts.hpp"
#include "experiment/settings.hpp"

namespace atelier {

using json = nlohmann::ordered_json;

json results_of(const Reproduction& r) {
  json race = json::array(), losses = json::array(), gradients = json::array();
  for (const Racer& racer : r.race) {
    json line = {{"optimizer", racer.optimizer},
                 {"learning_rate", racer.learning_rate},
                 {"val_accuracy", json::array()},
                 {"train_loss", json::array()},
                 {"val_loss", json::array()}};
    for (const EpochReport& e : racer.history) {
      line["val_accuracy"].push_back(*e.val_accuracy);
      line["train_loss"].push_back(e.train_loss);
      line["val_loss"].push_back(e.val_loss);
    }
    if (!racer.trouble.empty()) line["trouble"] = racer.trouble;
    race.push_back(line);
  }
  for (const LossAnswer& a : r.losses) {
    losses.push_back({{"loss", a.loss},
                      {"val_accuracy", a.accuracy},
                      {"mean", a.mean},
                      {"mean_difference", a.mean_difference},
                      {"half_width", a.half_width}});
  }
  for (const GradientCheck& c : r.gradients) {
    gradients.push_back({{"network", c.network},
                         {"layers", c.layers},
                         {"activation", c.activation},
                         {"loss", c.loss},
                         {"initialiser", c.initialiser},
                         {"parameters", c.parameters},
                         {"worst", c.worst}});
  }
  json trials = json::array();
  for (const TrialLine& trial : r.sweep.outcome.trials) {
    json line = {{"trial", trial.number},  {"configuration", to_json(trial.configuration)},
                 {"origin", trial.origin}, {"state", name_of(trial.state)},
                 {"reason", trial.reason}, {"epochs", trial.epochs}};
    if (trial.value) line["val_accuracy"] = *trial.value;
    trials.push_back(line);
  }
  json confusion = json::array();
  for (std::size_t i = 0; i < r.confusion->classes(); i++) {
    json row = json::array();
    for (std::size_t j = 0; j < r.confusion->classes(); j++) row.push_back((*r.confusion)[i, j]);
    confusion.push_back(row);
  }
  const Proportion accuracy = r.confusion->accuracy();
  return {{"dataset", r.dataset},
          {"checksum", r.checksum},
          {"quick", r.options.quick},
          {"seed", r.options.seed},
          {"train", r.train},
          {"validation", r.validation},
          {"test", r.test},
          {"class_names", r.class_names},
          {"question_2",
           {{"recipe", to_json(r.network.recipe)},
            {"parameters", r.network.parameters},
            {"before", r.network.before},
            {"after", r.network.after},
            {"best_epoch", r.network.training.best_epoch},
            {"val_accuracy", *r.network.training.best_val_accuracy}}},
          {"question_3", {{"gradients", gradients}, {"recipe", to_json(r.race_recipe)}, {"race", race}}},
          {"question_4", {{"sweep", r.sweep.file}, {"ending", r.sweep.outcome.ending}, {"trials", trials}}},
          {"question_5", {{"best", *r.sweep.outcome.best}, {"recipe", to_json(r.sweep.best)}}},
          {"question_7",
           {{"network_test_accuracy", r.network_test.value},
            {"test_accuracy", accuracy.value},
            {"low", accuracy.low},
            {"high", accuracy.high},
            {"confusion", confusion}}},
          {"question_8", {{"recipe", to_json(r.loss_recipe)}, {"losses", losses}}}};
}

}  // namespace atelier
