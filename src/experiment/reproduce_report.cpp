// reproduce_report.cpp: the answers as a report.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "experiment/detail/reproduce_parts.hpp"
#include "experiment/measured.hpp"
#include "experiment/report_files.hpp"
#include "figures/progress.hpp"

namespace atelier {
namespace {

std::string points(double share) { return fmt::format("{:.2f}", 100 * share); }

double standard_error(double share, std::size_t of) { return std::sqrt(share * (1 - share) / static_cast<double>(of)); }

Listing shell(std::string command) { return {"sh", std::move(command)}; }

/// The largest error of each group, in the order in which groups first come.
ReportTable worst_table(const std::string& title, const std::vector<GradientCheck>& checks,
                        std::string GradientCheck::* group) {
  std::vector<std::pair<std::string, double>> worst;
  for (const GradientCheck& check : checks) {
    auto at = std::ranges::find(worst, check.*group, &std::pair<std::string, double>::first);
    if (at == worst.end()) at = worst.insert(worst.end(), {check.*group, 0});
    at->second = std::max(at->second, check.worst);
  }
  ReportTable table{{title}, {{"largest error"}}};
  for (const auto& [name, error] : worst) {
    table.columns.push_back(name);
    table.rows.front().push_back(fmt::format("{:.1e}", error));
  }
  return table;
}

ReportSection question_1(const Reproduction& r) {
  return {
      "question-1",
      "Question 1: one sample of each class",
      {r.sample_figure,
       Paragraph{fmt::format("{} has {} training and {} test pictures in {} classes. {} of the training pictures, the "
                             "same share of every class, are held out for validation; the test pictures are used in "
                             "Question 7 alone.",
                             r.dataset, grouped(r.train + r.validation), grouped(r.test), r.class_names.size(),
                             grouped(r.validation))},
       shell("atelier plot samples --of " + r.dataset)}};
}

ReportSection question_2(const Reproduction& r) {
  const NetworkAnswer& a = r.network;
  ReportTable table{{"class", "untrained", fmt::format("after epoch {}", a.training.best_epoch)}};
  for (std::size_t c = 0; c < r.class_names.size(); c++)
    table.rows.push_back({r.class_names[c], fmt::format("{:.4f}", a.before[c]), fmt::format("{:.4f}", a.after[c])});
  const double accuracy = *a.training.best_val_accuracy;
  return {"question-2",
          "Question 2: a network that gives a distribution",
          {Paragraph{fmt::format("`{}`: {} parameters, weights by {}. For the first test picture (class {}) it gives",
                                 a.text, grouped(a.parameters), a.recipe.init, a.truth)},
           std::move(table),
           Paragraph{fmt::format("Its validation accuracy is {}, best at epoch {} of {}.",
                                 percent_with_doubt(accuracy, standard_error(accuracy, r.validation)),
                                 a.training.best_epoch, a.training.epochs)},
           a.curves,
           shell(fmt::format("atelier train --layers {} --epochs {} --batch-size {} --schedule {} --seed {}",
                             fmt::join(a.recipe.layers, ","), a.recipe.epochs, a.recipe.batch_size, a.recipe.schedule,
                             a.recipe.seed))}};
}

ReportTable race_table(const Reproduction& r) {
  ReportTable table{{"optimizer", "learning rate"}};
  for (int e = 1; e <= r.race_recipe.epochs; e++) table.columns.push_back(fmt::format("epoch {}", e));
  for (const Racer& racer : r.race) {
    std::vector<std::string> row{racer.optimizer, fmt::format("{:g}", racer.learning_rate)};
    for (const EpochReport& e : racer.history) row.push_back(points(*e.val_accuracy));
    if (!racer.trouble.empty()) row.push_back(racer.trouble);
    row.resize(table.columns.size());
    table.rows.push_back(std::move(row));
  }
  return table;
}

/// What the race shows, with its doubt; nothing when nobody came to the end.
std::string race_words(const Reproduction& r) {
  const auto winner = std::ranges::max_element(
      r.race, {}, [](const Racer& racer) { return racer.history.empty() ? 0 : *racer.history.back().val_accuracy; });
  if (winner->history.empty()) return "No optimizer came to the end.";
  const double p = *winner->history.back().val_accuracy, error = standard_error(p, r.validation);
  return fmt::format(
      "{} leads after {} epochs with {}. That is one seed: a lead below about {} points is within noise.",
      winner->optimizer, r.race_recipe.epochs, percent_with_doubt(p, error), points(2 * std::sqrt(2.0) * error));
}

ReportSection question_3(const Reproduction& r) {
  double worst = 0;
  std::size_t parameters = 0;
  for (const GradientCheck& c : r.gradients) worst = std::max(worst, c.worst), parameters += c.parameters;
  return {
      "question-3",
      "Question 3: back-propagation and six optimizers",
      {Paragraph{fmt::format(
           "{} gradients of {} small networks were held against central differences in double precision: every "
           "layer with every activation, every loss and every initialiser. The largest error is {:.1e} (of max(1, "
           "|gradient|); 1e-6 is allowed).",
           grouped(parameters), grouped(r.gradients.size()), worst)},
       worst_table("layer", r.gradients, &GradientCheck::layers),
       worst_table("activation", r.gradients, &GradientCheck::activation),
       worst_table("loss", r.gradients, &GradientCheck::loss), shell("atelier check-gradients"),
       Paragraph{fmt::format("Six optimizers from the same initial weights ({} hidden layers of {}, {}), in the same "
                             "order of samples, batch size {}, each with its own preset learning rate, one seed. "
                             "Validation accuracy in %:",
                             r.race_recipe.layers.size(), r.race_recipe.layers.front(), r.race_recipe.activation,
                             r.race_recipe.batch_size)},
       race_figure(r), race_table(r), Paragraph{race_words(r)},
       Paragraph{fmt::format(
           "Adding an optimizer took {} file of {} lines and {} lines in the catalog; the program was built again "
           "in {:.0f} s, without a compiler cache, on {} threads of {} (HACKING.md; measured by tools/new_optimizer).",
           kNewOptimizer.files, kNewOptimizer.rule_lines, kNewOptimizer.catalog_lines, kNewOptimizer.build_seconds,
           kNewOptimizer.threads, kNewOptimizer.processor)}}};
}

ReportSection question_4(const Reproduction& r) {
  std::map<RunState, int> counts;
  int epochs = 0;
  const std::vector<TrialLine>& trials = r.sweep.outcome.trials;
  for (const TrialLine& trial : trials) counts[trial.state]++, epochs += trial.epochs;
  ReportSection section{
      "question-4",
      "Question 4: a sweep",
      {Paragraph{fmt::format(
           "The assignment's own space has 11,664 configurations. A Gaussian process chose {} of them "
           "(a fifth are drawn at random), and successive halving (ASHA) let those go on that had "
           "earned it: {} were trained to their end, {} stopped early, {} failed or diverged; {} "
           "epochs in all.",
           trials.size(), counts[RunState::finished], counts[RunState::stopped_early],
           counts[RunState::failed] + counts[RunState::diverged], grouped(static_cast<std::uint64_t>(epochs)))},
       Listing{"yaml", r.sweep.file}, Paragraph{"To repeat it, save this as `sweep.yaml`:"},
       shell("atelier sweep sweep.yaml --schedule constant --parallel 2")}};
  for (const Figure& figure : r.sweep.search) section.blocks.emplace_back(figure);
  return section;
}

ReportSection question_5(const Reproduction& r) {
  const SweepOutcome& outcome = r.sweep.outcome;
  const TrialLine& best = outcome.trials[*outcome.best];
  ReportTable table{{"trial", "accuracy", "running best", "epochs", "how it ended", "chosen by"}};
  const std::vector<double> running = running_best(outcome);
  for (std::size_t i = 0; i < outcome.trials.size(); i++) {
    const TrialLine& trial = outcome.trials[i];
    table.rows.push_back({std::to_string(trial.number), percent(trial.value), percent(running[i]),
                          std::to_string(trial.epochs), std::string(name_of(trial.state)), trial.origin});
  }
  return {"question-5",
          "Question 5: the best accuracy",
          {Paragraph{fmt::format("The best validation accuracy is {}: trial {} of {}, {}. The best of many draws is "
                                 "partly luck; `--confirm` trains the best ones again with fresh seeds.",
                                 percent_with_doubt(*best.value, standard_error(*best.value, r.validation)),
                                 best.number, outcome.trials.size(), best.name)},
           r.sweep.created, std::move(table)}};
}

ReportSection question_6(const Reproduction& r) {
  ReportSection section{
      "question-6",
      "Question 6: what matters",
      {Paragraph{
          "A sampler that goes by what it has seen ranks the settings, it does not prove: it looked where it was "
          "good. What follows is a description of these trials."}}};
  for (const Figure& figure : r.sweep.insight) section.blocks.emplace_back(figure);
  return section;
}

ReportSection question_7(const Reproduction& r) {
  const Proportion accuracy = r.confusion->accuracy();
  BulletList pairs;
  for (const ConfusedPair& pair : most_confused(*r.confusion, 3))
    pairs.items.push_back(in_words(pair, *r.confusion, r.class_names));
  return {
      "question-7",
      "Question 7: the test set",
      {Paragraph{fmt::format("The sweep's best model, chosen on validation data alone, reaches {} on the {} test "
                             "pictures (95 % interval {} to {} %). The network of Question 2 reaches {}. No choice "
                             "was made by the test set: each of the two was measured on it once, after all choices.",
                             percent_with_doubt(accuracy.value, accuracy.error), grouped(r.test), points(accuracy.low),
                             points(accuracy.high), percent_with_doubt(r.network_test.value, r.network_test.error))},
       r.sweep.confusion, std::move(pairs), shell(fmt::format("atelier evaluate {}", r.sweep.model.string()))}};
}

ReportSection question_8(const Reproduction& r) {
  ReportTable table{{"loss", "mean", "difference to cross-entropy", "95 % interval"}};
  BulletList words;
  for (std::size_t i = 0; i < r.losses.size(); i++) {
    const LossAnswer& a = r.losses[i];
    const double low = 100 * (a.mean_difference - a.half_width), high = 100 * (a.mean_difference + a.half_width);
    table.rows.push_back({a.loss, points(a.mean), i == 0 ? "–" : fmt::format("{:+.2f}", 100 * a.mean_difference),
                          i == 0 ? "–" : fmt::format("{:+.2f} to {:+.2f}", low, high)});
    if (i > 0) words.items.push_back(in_words(a, r.losses.front()));
  }
  return {
      "question-8",
      "Question 8: cross-entropy against squared error, a first comparison",
      {Paragraph{fmt::format("{} seeds each, paired: the same initial weights and order of samples for each loss. One "
                             "hidden layer of {}, Adam at {:g} for all, {} epochs. Validation accuracy in %:",
                             r.losses.front().accuracy.size(), r.loss_recipe.layers.front(),
                             *r.loss_recipe.learning_rate, r.loss_recipe.epochs)},
       losses_figure(r), std::move(table), std::move(words),
       Paragraph{"The losses share one learning rate here; which is better when each has its own is another "
                 "question."}}};
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

Report report_of(const Reproduction& r) {
  const Proportion test = r.confusion->accuracy();
  const double best = *r.sweep.outcome.trials[*r.sweep.outcome.best].value;
  return {
      .title = "The classic assignment on " + r.dataset,
      .lead = {fmt::format("The best network of a sweep over {} configurations reaches {} on validation and {} on the "
                           "test set.",
                           r.sweep.outcome.trials.size(), percent_with_doubt(best, standard_error(best, r.validation)),
                           percent_with_doubt(test.value, test.error)),
               "The same command gives the same numbers on any machine."},
      .facts = {{"data", fmt::format("{}: {} training, {} validation, {} test pictures", r.dataset, grouped(r.train),
                                     grouped(r.validation), grouped(r.test))},
                {"checksum", r.checksum},
                {"effort", r.options.quick ? "quick" : "whole"},
                {"command",
                 fmt::format("atelier reproduce{} --seed {}", r.options.quick ? " --quick" : "", r.options.seed)}},
      .sections = {question_1(r), question_2(r), question_3(r), question_4(r), question_5(r), question_6(r),
                   question_7(r), question_8(r)}};
}

Result<void> write_report(const Reproduction& r) {
  const Report report = report_of(r);
  const std::filesystem::path& folder = r.options.folder;
  if (auto ok = write_report_page(report, folder / "report.html"); !ok) return ok;
  if (auto ok = write_report_text(report, folder); !ok) return ok;
  return write_file_atomically(folder / "results.json", results_of(r).dump(2) + "\n");
}

}  // namespace atelier
