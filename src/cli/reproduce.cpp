// reproduce.cpp: `atelier reproduce` answers the assignment's questions on the real data.
#include "experiment/reproduce.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "cli/all_commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/workspace.hpp"
#include "figures/curve.hpp"
#include "figures/live_region.hpp"
#include "figures/progress.hpp"
#include "figures/table.hpp"

namespace atelier::cli {
namespace {

struct State {
  std::string folder = "reproduce", seed, data, threads;
  bool quick = false;
};

std::string heading(const std::string& text, const Terminal& terminal) {
  return "\n" + inked(text, Ink::bold, terminal.colour) + "\n\n";
}

std::string network_answer(const Reproduction& r, const Terminal& terminal) {
  const NetworkAnswer& a = r.network;
  Table table{{{"class"},
               {"untrained", Align::right},
               {fmt::format("after epoch {}", a.training.best_epoch), Align::right},
               {""}},
              {}};
  for (std::size_t c = 0; c < r.class_names.size(); c++) {
    table.rows.push_back({r.class_names[c], fmt::format("{:.4f}", a.before[c]), fmt::format("{:.4f}", a.after[c]),
                          progress_bar(static_cast<double>(a.after[c]), 20)});
  }
  const double p = *a.training.best_val_accuracy;
  return fmt::format("{}   {} parameters\nthe distribution it gives for the first test picture, class {}\n\n", a.text,
                     grouped(a.parameters), a.truth) +
         to_text(table, terminal) +
         fmt::format("\nvalidation {}\n",
                     percent_with_doubt(p, std::sqrt(p * (1 - p) / static_cast<double>(r.validation))));
}

std::string gradient_answer(const Reproduction& r) {
  std::size_t parameters = 0;
  double worst = 0;
  for (const GradientCheck& check : r.gradients) parameters += check.parameters, worst = std::max(worst, check.worst);
  return fmt::format(
      "{} gradients of {} networks meet central differences: the largest error is {:.1e}, allowed is 1e-06\n\n",
      grouped(parameters), grouped(r.gradients.size()), worst);
}

std::string race_answer(const Reproduction& r, const Terminal& terminal) {
  Table table{{{"optimizer"}, {"rate", Align::right}}, {}};
  for (int e = 1; e <= r.race_recipe.epochs; e++) table.columns.push_back({fmt::format("epoch {}", e), Align::right});
  for (const Racer& racer : r.race) {
    std::vector<std::string> row = {racer.optimizer, fmt::format("{:g}", racer.learning_rate)};
    for (const EpochReport& epoch : racer.history) row.push_back(percent(epoch.val_accuracy));
    if (!racer.trouble.empty()) row.push_back(racer.trouble);
    table.rows.push_back(std::move(row));
  }
  return fmt::format("validation accuracy of six optimizers from the same initial weights, {} hidden layers of {}\n\n",
                     r.race_recipe.layers.size(), r.race_recipe.layers.front()) +
         to_text(table, terminal);
}

std::string loss_answer(const Reproduction& r, const Terminal& terminal) {
  Table table{
      {{"loss"}, {"mean accuracy", Align::right}, {"difference", Align::right}, {"95 % interval", Align::right}}, {}};
  for (std::size_t i = 0; i < r.losses.size(); i++) {
    const LossAnswer& a = r.losses[i];
    table.rows.push_back({a.loss, percent(a.mean), i == 0 ? "–" : fmt::format("{:+.2f}", 100 * a.mean_difference),
                          i == 0 ? "–"
                                 : fmt::format("{:+.2f} to {:+.2f}", 100 * (a.mean_difference - a.half_width),
                                               100 * (a.mean_difference + a.half_width))});
  }
  std::string text =
      fmt::format("{} paired seeds a loss\n\n", r.losses.front().accuracy.size()) + to_text(table, terminal) + "\n";
  for (std::size_t i = 1; i < r.losses.size(); i++) text += in_words(r.losses[i], r.losses.front()) + "\n";
  return text;
}

std::string sweep_answer(const Reproduction& r, const Terminal& terminal) {
  const SweepOutcome& outcome = r.sweep.outcome;
  std::vector<const TrialLine*> ranked;
  for (const TrialLine& trial : outcome.trials)
    if (trial.value && trial.state == RunState::finished) ranked.push_back(&trial);
  std::ranges::stable_sort(ranked, std::greater(), [](const TrialLine* trial) { return *trial->value; });
  ranked.resize(std::min<std::size_t>(ranked.size(), 5));
  Table table{{{"trial", Align::right}, {"accuracy", Align::right}, {"epochs", Align::right}, {"settings"}}, {}};
  for (const TrialLine* trial : ranked)
    table.rows.push_back(
        {std::to_string(trial->number + 1), percent(trial->value), std::to_string(trial->epochs), trial->name});
  std::size_t stopped = 0;
  for (const TrialLine& trial : outcome.trials) stopped += trial.state == RunState::stopped_early;
  return fmt::format(
             "{} of the space's 11,664 configurations, {} stopped early; the best of those that went to the end\n\n",
             outcome.trials.size(), stopped) +
         to_text(table, terminal);
}

std::string best_over_time(const Reproduction& r, const Terminal& terminal) {
  const SweepOutcome& outcome = r.sweep.outcome;
  CurveSeries best{.name = "best so far", .values = running_best(outcome)}, each{.name = "each trial", .dotted = true};
  for (const TrialLine& trial : outcome.trials)
    each.values.push_back(trial.value.value_or(std::numeric_limits<double>::quiet_NaN()));
  const CurveSeries series[] = {best, each};
  std::string text;
  for (const std::string& line :
       draw_curve(series, {.width = std::min(terminal.width - 1, 79), .height = 6, .x = "trial"}, terminal.colour))
    text += line + "\n";
  const double p = *outcome.trials[*outcome.best].value;
  return text + fmt::format("\nbest validation accuracy {}\n",
                            percent_with_doubt(p, std::sqrt(p * (1 - p) / static_cast<double>(r.validation))));
}

void print_answers(const Reproduction& r, const Console& console) {
  const Terminal& t = console.out_terminal;
  console.out << heading("Question 1: one sample of each class", t) << show(r.samples, t)
              << heading("Question 2: a network that gives a distribution", t) << network_answer(r, t)
              << heading("Question 3: back-propagation and six optimizers", t) << gradient_answer(r)
              << race_answer(r, t) << heading("Question 4: a sweep over the assignment's space", t)
              << sweep_answer(r, t) << heading("Question 5: the best accuracy over time", t) << best_over_time(r, t)
              << heading("Question 7: the test set", t) << confusion_table(*r.confusion, r.class_names, t) << '\n';
  for (const ConfusedPair& pair : most_confused(*r.confusion, 3)) {
    console.out << in_words(pair, *r.confusion, r.class_names) << '\n';
  }
  const Proportion accuracy = r.confusion->accuracy();
  console.out << heading("Question 8: cross-entropy against squared error", t) << loss_answer(r, t)
              << fmt::format("\ntest {} (the sweep's best), {} (the network of Question 2)   in {}   →  {}/report.md\n",
                             percent_with_doubt(accuracy.value, accuracy.error),
                             percent_with_doubt(r.network_test.value, r.network_test.error), elapsed(r.seconds),
                             r.options.folder.string());
}

Result<ReproduceOptions> options_of(const State& state) {
  Recipe recipe;
  for (const auto& [name, text] : {std::pair{"seed", &state.seed}, std::pair{"threads", &state.threads}}) {
    if (text->empty()) continue;
    if (auto done = set(recipe, *find_setting(name), *text, std::string("--") + name); !done) return pass_on(done);
  }
  return ReproduceOptions{
      .folder = state.folder, .quick = state.quick, .seed = recipe.seed, .data = state.data, .threads = recipe.threads};
}

Result<void> run(const State& state, const Console& console) {
  auto options = options_of(state);
  if (!options) return pass_on(options);
  const Interrupt interrupt;
  LiveRegion region(stream_seams(STDERR_FILENO));
  std::string stage;
  const auto progress = [&](const std::string& what, double fraction) {
    if (console.quiet) return;
    if (!region.terminal().interactive && what != stage) console.say(what);
    stage = what;
    if (region.due())
      region.draw({fmt::format("{}  {:>3.0f} %  {}", progress_bar(fraction, 20), 100 * fraction, what)});
  };
  auto answers = reproduce(*options, {.progress = progress, .stop = &interrupt.wanted()});
  region.release();
  if (!answers) return pass_on(answers);
  if (auto written = write_report(*answers); !written) return written;
  print_answers(*answers, console);
  console.say(fmt::format("next: atelier evaluate {}", shell_word(answers->network.training.model.string())));
  return {};
}

}  // namespace

Command reproduce_command() {
  return {"reproduce",
          "Understand",
          "[--quick] [-o DIR]",
          "answer the questions of the classic assignment, with pictures and a report",
          {"atelier reproduce --quick", "atelier reproduce -o answers --seed 3"},
          [] {
            auto state = std::make_shared<State>();
            return Prepared{
                {{"--quick", "", "fewer epochs and seeds: under a minute on two cores", &state->quick, false},
                 {"-o,--output", "DIR", "where pictures and report go [reproduce]", &state->folder, false},
                 {"--seed", "N", "of everything random [1]", &state->seed, false},
                 {"--data", "DIR", "a folder of IDX files instead of fashion_mnist", &state->data, false},
                 {"--threads", "N", "how many to use; never changes the answers", &state->threads, false}},
                [state](Console& console) { return run(*state, console); }};
          }};
}

}  // namespace atelier::cli
