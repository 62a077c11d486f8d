// reproduce_report.cpp: the answers as Markdown, JSON and pictures.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "experiment/measured.hpp"
#include "experiment/reproduce.hpp"
#include "experiment/settings.hpp"
#include "figures/confusion_figure.hpp"
#include "figures/progress.hpp"

namespace atelier {
namespace {

using json = nlohmann::ordered_json;

std::string points(double share) { return fmt::format("{:.2f}", 100 * share); }

/// The largest error of each group, in the order in which groups first come.
std::vector<std::pair<std::string, double>> worst_by(const std::vector<GradientCheck>& checks,
                                                     std::string GradientCheck::* group) {
  std::vector<std::pair<std::string, double>> list;
  for (const GradientCheck& check : checks) {
    auto at = std::find_if(list.begin(), list.end(), [&](const auto& row) { return row.first == check.*group; });
    if (at == list.end()) at = list.insert(list.end(), {check.*group, 0});
    at->second = std::max(at->second, check.worst);
  }
  return list;
}

std::string worst_table(const std::string& title, const std::vector<GradientCheck>& checks,
                        std::string GradientCheck::* group) {
  std::string head = "| " + title + " |", rule = "|---|", row = "| largest error |";
  for (const auto& [name, worst] : worst_by(checks, group)) {
    head += " " + name + " |", rule += "---|", row += fmt::format(" {:.1e} |", worst);
  }
  return head + "\n" + rule + "\n" + row + "\n\n";
}

std::string question_1(const Reproduction& r) {
  return fmt::format(
      "## Question 1: one sample of each class\n\n![one picture of each class](samples.png)\n\n"
      "{} has {} training and {} test pictures in {} classes. {} of the training pictures, the same share of every "
      "class, are held out for validation; the test pictures are used in Question 7 alone.\n\n"
      "To repeat it: `atelier samples {}`\n\n",
      r.dataset, grouped(r.train + r.validation), grouped(r.test), r.class_names.size(), grouped(r.validation),
      r.dataset);
}

std::string question_2(const Reproduction& r) {
  const NetworkAnswer& a = r.network;
  std::string text = fmt::format(
      "## Question 2: a network that gives a distribution\n\n`{}`: {} parameters, weights by {}. For the first test "
      "picture (class {}) it gives\n\n| class | untrained | after epoch {} |\n|---|---|---|\n",
      a.text, grouped(a.parameters), a.recipe.init, a.truth, a.training.best_epoch);
  for (std::size_t c = 0; c < r.class_names.size(); c++) {
    text += fmt::format("| {} | {:.4f} | {:.4f} |\n", r.class_names[c], a.before[c], a.after[c]);
  }
  const double accuracy = *a.training.best_val_accuracy, n = static_cast<double>(r.validation);
  return text + fmt::format(
                    "\nIts validation accuracy is {}, best at epoch {} of {}.\n\nTo repeat it: `atelier train "
                    "--layers {} --epochs {} --batch-size {} --schedule {} --seed {}`\n\n",
                    percent_with_doubt(accuracy, std::sqrt(accuracy * (1 - accuracy) / n)), a.training.best_epoch,
                    a.training.epochs, fmt::join(a.recipe.layers, ","), a.recipe.epochs, a.recipe.batch_size,
                    a.recipe.schedule, a.recipe.seed);
}

std::string race_table(const Reproduction& r) {
  std::string text = "| optimizer | learning rate |";
  for (int e = 1; e <= r.race_recipe.epochs; e++) text += fmt::format(" epoch {} |", e);
  text += "\n|---|---|";
  for (int e = 1; e <= r.race_recipe.epochs; e++) text += "---|";
  for (const Racer& racer : r.race) {
    text += fmt::format("\n| {} | {:g} |", racer.optimizer, racer.learning_rate);
    for (const EpochReport& e : racer.history) text += fmt::format(" {} |", points(*e.val_accuracy));
    if (!racer.trouble.empty()) text += " " + racer.trouble + " |";
  }
  return text + "\n\n";
}

std::string question_3(const Reproduction& r) {
  double worst = 0;
  std::size_t parameters = 0;
  for (const GradientCheck& c : r.gradients) worst = std::max(worst, c.worst), parameters += c.parameters;
  std::string text = fmt::format(
      "## Question 3: back-propagation and six optimizers\n\n{} gradients of {} small networks were held against "
      "central "
      "differences in double precision: every layer with every activation, every loss and every initialiser. The "
      "largest error is {:.1e} (of max(1, |gradient|); 1e-6 is allowed).\n\n",
      grouped(parameters), grouped(r.gradients.size()), worst);
  text += worst_table("layer", r.gradients, &GradientCheck::layers) +
          worst_table("activation", r.gradients, &GradientCheck::activation) +
          worst_table("loss", r.gradients, &GradientCheck::loss);
  text += fmt::format(
      "To repeat it: `atelier check-gradients`\n\nSix optimizers from the same initial weights ({} hidden "
      "layers of {}, {}), in the same order of samples, batch size {}, each with its own preset learning "
      "rate, one seed. Validation accuracy in %:\n\n",
      r.race_recipe.layers.size(), r.race_recipe.layers.front(), r.race_recipe.activation, r.race_recipe.batch_size);
  text += race_table(r);
  const auto winner = std::max_element(r.race.begin(), r.race.end(), [](const Racer& a, const Racer& b) {
    return (a.history.empty() ? 0 : *a.history.back().val_accuracy) <
           (b.history.empty() ? 0 : *b.history.back().val_accuracy);
  });
  if (!winner->history.empty()) {
    const double p = *winner->history.back().val_accuracy;
    const double error = std::sqrt(p * (1 - p) / static_cast<double>(r.validation));
    text += fmt::format(
        "{} leads after {} epochs with {}. That is one seed: a lead below about {} points is within noise.\n\n",
        winner->optimizer, r.race_recipe.epochs, percent_with_doubt(p, error), points(2 * std::sqrt(2.0) * error));
  }
  return text + fmt::format(
                    "Adding an optimizer took {} file of {} lines and {} lines in the catalog; the program was built "
                    "again in {:.0f} s, without a compiler cache, on {} threads of {} (HACKING.md; measured by "
                    "tools/new_optimizer).\n\n",
                    kNewOptimizer.files, kNewOptimizer.rule_lines, kNewOptimizer.catalog_lines,
                    kNewOptimizer.build_seconds, kNewOptimizer.threads, kNewOptimizer.processor);
}

std::string question_4(const Reproduction& r) {
  const SweepOutcome& outcome = r.sweep.outcome;
  std::map<RunState, int> counts;
  int epochs = 0;
  for (const TrialLine& trial : outcome.trials) counts[trial.state]++, epochs += trial.epochs;
  std::string text = fmt::format(
      "## Question 4: a sweep\n\nThe assignment's own space has 11,664 configurations. A Gaussian process chose {} of "
      "them (a fifth are drawn at random), and successive halving (ASHA) let those go on that had earned it: {} were "
      "trained to their end, {} stopped early, {} failed or diverged; {} epochs in all.\n\n```yaml\n{}```\n\n",
      outcome.trials.size(), counts[RunState::finished], counts[RunState::stopped_early],
      counts[RunState::failed] + counts[RunState::diverged], grouped(static_cast<std::uint64_t>(epochs)), r.sweep.file);
  return text +
         "To repeat it: save this as sweep.yaml, then `atelier sweep sweep.yaml --schedule constant --parallel 2`\n\n";
}

std::string question_5(const Reproduction& r) {
  const SweepOutcome& outcome = r.sweep.outcome;
  const TrialLine& best = outcome.trials[*outcome.best];
  const double n = static_cast<double>(r.validation), p = *best.value;
  std::string text = fmt::format(
      "## Question 5: the best accuracy\n\nThe best validation accuracy is {}: trial {} of {}, {}. The best of many "
      "draws is partly luck; `--confirm` trains the best ones again with fresh seeds.\n\n| trial | accuracy | running "
      "best | epochs | how it ended | chosen by |\n|---|---|---|---|---|---|\n",
      percent_with_doubt(p, std::sqrt(p * (1 - p) / n)), best.number + 1, outcome.trials.size(), best.name);
  const std::vector<double> running = running_best(outcome);
  for (std::size_t i = 0; i < outcome.trials.size(); i++) {
    const TrialLine& trial = outcome.trials[i];
    text += fmt::format("| {} | {} | {} | {} | {} | {} |\n", trial.number + 1, percent(trial.value),
                        percent(running[i]), trial.epochs, name_of(trial.state), trial.origin);
  }
  return text + "\n";
}

std::string question_7(const Reproduction& r) {
  const Proportion accuracy = r.confusion->accuracy();
  std::string text = fmt::format(
      "## Question 7: the test set\n\nThe sweep's best model, chosen on validation data alone, reaches {} on the {} "
      "test pictures (95 % interval {} to {} %). The network of Question 2 reaches {}. No choice was made by the test "
      "set: each of the two was measured on it once, after all choices.\n\n![confusion matrix](confusion.png)\n\n",
      percent_with_doubt(accuracy.value, accuracy.error), grouped(r.test), points(accuracy.low), points(accuracy.high),
      percent_with_doubt(r.network_test.value, r.network_test.error));
  for (const ConfusedPair& pair : most_confused(*r.confusion, 3)) {
    text += "- " + in_words(pair, *r.confusion, r.class_names) + "\n";
  }
  return text + fmt::format("\nTo repeat it: `atelier evaluate {}`\n\n", r.sweep.model.string());
}

std::string question_8(const Reproduction& r) {
  std::string text = fmt::format(
      "## Question 8: cross-entropy against squared error, a first comparison\n\n{} seeds each, paired: the same "
      "initial "
      "weights and order of samples for each loss. One hidden layer of {}, Adam at {:g} for all, {} epochs. Validation "
      "accuracy in %:\n\n| loss | mean | difference to cross-entropy | 95 % interval |\n|---|---|---|---|\n",
      r.losses.front().accuracy.size(), r.loss_recipe.layers.front(), *r.loss_recipe.learning_rate,
      r.loss_recipe.epochs);
  for (std::size_t i = 0; i < r.losses.size(); i++) {
    const LossAnswer& a = r.losses[i];
    text += fmt::format("| {} | {} |", a.loss, points(a.mean));
    text += i == 0 ? " – | – |\n"
                   : fmt::format(" {:+.2f} | {:+.2f} to {:+.2f} |\n", 100 * a.mean_difference,
                                 100 * (a.mean_difference - a.half_width), 100 * (a.mean_difference + a.half_width));
  }
  text += "\n";
  for (std::size_t i = 1; i < r.losses.size(); i++) text += "- " + in_words(r.losses[i], r.losses.front()) + "\n";
  return text +
         "\nThe losses share one learning rate here; which is better when each has its own is another question.\n";
}

json results(const Reproduction& r) {
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

}  // namespace

std::string in_words(const LossAnswer& answer, const LossAnswer& reference) {
  const double d = answer.mean_difference;
  std::size_t agree = 0;
  for (std::size_t i = 0; i < answer.accuracy.size(); i++)
    agree += (answer.accuracy[i] - reference.accuracy[i]) * d > 0;
  if (std::fabs(d) <= answer.half_width) {
    return fmt::format("{} and {} are within noise of each other: {:+.2f} points ({:+.2f} to {:+.2f})", answer.loss,
                       reference.loss, 100 * d, 100 * (d - answer.half_width), 100 * (d + answer.half_width));
  }
  const double size = std::fabs(d);
  return fmt::format("{} {} {} by {} points ({} to {}), {} of {} pairs", answer.loss, d > 0 ? "beats" : "stays below",
                     reference.loss, points(size), points(size - answer.half_width), points(size + answer.half_width),
                     agree, answer.accuracy.size());
}

std::string report_text(const Reproduction& r) {
  return fmt::format(
             "# The classic assignment on {}\n\nSeed {}, {} effort. The same command gives the same numbers on any "
             "machine.\n\n",
             r.dataset, r.options.seed, r.options.quick ? "quick" : "full") +
         question_1(r) + question_2(r) + question_3(r) + question_4(r) + question_5(r) + question_7(r) + question_8(r);
}

Result<void> write_report(const Reproduction& r) {
  const ConfusionFigure confusion =
      confusion_figure(*r.confusion, r.class_names, fmt::format("{} test, {} pictures", r.dataset, grouped(r.test)));
  if (auto saved = save(draw(r.samples), r.options.folder / "samples.png"); !saved) return saved;
  if (auto saved = save(draw(confusion), r.options.folder / "confusion.png"); !saved) return saved;
  if (auto saved = write_file_atomically(r.options.folder / "results.json", results(r).dump(2) + "\n"); !saved)
    return saved;
  return write_file_atomically(r.options.folder / "report.md", report_text(r));
}

}  // namespace atelier
