// report_of.cpp: runs and sweeps as reports.
#include "experiment/report_of.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "base/version.hpp"
#include "experiment/repeat.hpp"
#include "experiment/sweep.hpp"
#include "figures/progress.hpp"
#include "track/run_json.hpp"

namespace atelier {
namespace {

using Json = nlohmann::ordered_json;

/// A value of a configuration as a cell of a table: "[128,64]" without its brackets, texts without quotes.
std::string cell_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump();
  std::string list;
  for (const Json& each : value) list += (list.empty() ? "" : ", ") + cell_of(each);
  return list;
}

ReportTable table_of(const Json& object, std::string name) {
  ReportTable table{{std::move(name), "value"}, {}, 60};
  for (const auto& [key, value] : object.items()) table.rows.push_back({key, cell_of(value)});
  return table;
}

std::optional<double> number_in(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number() ? std::optional(found->get<double>()) : std::nullopt;
}

std::string text_in(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? "" : cell_of(*found);
}

/// The figures of these names, one after the other; the reasons of those that cannot be, once each, as sentences.
template <class Make>
void add(ReportSection& section, std::initializer_list<const char*> names, const Make& make) {
  std::vector<std::string> reasons;
  for (const char* name : names) {
    Result<Figure> figure = make(name);
    if (figure) {
      section.blocks.emplace_back(*std::move(figure));
      continue;
    }
    std::string reason = figure.error().summary + (figure.error().detail.empty() ? "" : ": " + figure.error().detail);
    if (std::ranges::find(reasons, reason) == reasons.end()) reasons.push_back(std::move(reason));
  }
  for (std::string& reason : reasons) section.blocks.emplace_back(Paragraph{"Left out: " + std::move(reason) + "."});
}

std::string state_text(const Run& run) {
  std::string state(name_of(run.state));
  std::ranges::replace(state, '_', ' ');
  return run.reason.empty() ? state : state + ": " + run.reason;
}

/// The first sentence of a run's report.
std::string lead_of(const Run& run, const Json& summary) {
  if (const auto best = number_in(summary, "best_val_accuracy")) {
    const auto epoch = number_in(summary, "best_epoch");
    return fmt::format("Its best validation accuracy is {}{}.", percent(*best),
                       epoch ? fmt::format(", after epoch {:.0f}", *epoch) : "");
  }
  if (const auto loss = number_in(summary, "best_val_loss"))
    return fmt::format("Its least validation loss is {}.", brief_number(*loss));
  return fmt::format("It is {}.", state_text(run));
}

/// What a run is, beyond its numbers.
std::vector<std::pair<std::string, std::string>> facts_of(const Run& run, const Json& config, const Json& environment) {
  std::vector<std::pair<std::string, std::string>> facts{{"run", run.id}, {"state", state_text(run)}};
  const auto fact = [&](const char* name, std::string value) {
    if (!value.empty()) facts.emplace_back(name, std::move(value));
  };
  fact("name", run.name);
  fact("group", run.group);
  fact("notes", run.notes);
  fact("data", text_in(config, "dataset"));
  fact("checksum", text_in(environment, "data_checksum"));
  fact("begun", iso_time(run.created));
  fact("version", text_in(environment, "version"));
  fact("processor", text_in(environment, "processor"));
  return facts;
}

}  // namespace

Result<Report> report_of_run(const WorkspaceView& workspace, const std::string& id) {
  const auto run = workspace.store.run(id);
  if (!run) return pass_on(run);
  const Json config = read_json(run->config), summary = read_json(run->summary);
  const auto make = [&](const char* name) { return figure_of_run(workspace, id, name); };
  ReportSection learning{"learning", "How it learned"}, answers{"answers", "What it answers"},
      inside{"inside", "Inside the network"}, settings{"settings", "Settings, and how to repeat it"};
  add(learning, {"curves"}, make);
  add(answers, {"confusion", "scores", "errors", "reliability"}, make);
  add(inside, {"gradients", "updates", "units", "weights", "first_layer"}, make);
  if (auto command = repeat_command(*run)) settings.blocks.emplace_back(Listing{"sh", *std::move(command)});
  settings.blocks.insert(settings.blocks.end(), {table_of(config, "setting"), table_of(summary, "result")});
  return Report{.title = run->name.empty() ? "Run " + id : run->name,
                .lead = {lead_of(*run, summary)},
                .facts = facts_of(*run, config, read_json(run->environment)),
                .sections = {std::move(learning), std::move(answers), std::move(inside), std::move(settings)}};
}

namespace {

/// All trials, best first where they have a value.
ReportTable trials_table(const SweepOutcome& outcome) {
  ReportTable table{{"trial", outcome.objective.metric, "epochs", "how it ended", "chosen by"}};
  std::vector<std::string> parameters;
  for (const TrialLine& trial : outcome.trials)
    for (const auto& [name, value] : trial.configuration)
      if (std::ranges::find(parameters, name) == parameters.end()) parameters.push_back(name);
  table.columns.insert(table.columns.end(), parameters.begin(), parameters.end());
  std::vector<std::size_t> order = ranked(outcome);
  for (std::size_t i = 0; i < outcome.trials.size(); ++i)
    if (std::ranges::find(order, i) == order.end()) order.push_back(i);
  for (const std::size_t i : order) {
    const TrialLine& trial = outcome.trials[i];
    std::string state(name_of(trial.state));
    std::ranges::replace(state, '_', ' ');
    std::vector<std::string> row{std::to_string(trial.number), trial.value ? fmt::format("{:.4f}", *trial.value) : "–",
                                 std::to_string(trial.epochs), std::move(state), trial.origin};
    for (const std::string& name : parameters) {
      const auto found = trial.configuration.find(name);
      row.push_back(found == trial.configuration.end() ? "" : to_text(found->second));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace

Result<Report> report_of_sweep(const WorkspaceView& workspace, const std::string& id) {
  const auto sweep = workspace.store.sweep(id);
  if (!sweep) return pass_on(sweep);
  const auto outcome = outcome_of(workspace.store, *sweep);
  if (!outcome) return pass_on(outcome);
  const auto make = [&](const char* name) { return figure_of_sweep(workspace, id, name); };
  ReportSection came{"came-out", "What came out"}, mattered{"mattered", "What mattered"}, all{"trials", "Every trial"},
      best{"best", "The best run"}, again{"again", "How to repeat it"};
  add(came, {"created", "distribution"}, make);
  add(mattered, {"importance", "slices", "contour", "correlation"}, make);
  add(all, {"parallel"}, make);
  all.blocks.emplace_back(trials_table(*outcome));
  Report report{.title = sweep->name.empty() ? "Sweep " + id : sweep->name};
  if (outcome->best) {
    const TrialLine& winner = outcome->trials[*outcome->best];
    report.lead.push_back(
        fmt::format("The best of {} trials is number {} with {} {}. The best of many draws is partly luck: "
                    "`atelier sweep --resume {} --confirm` trains the best ones again with fresh seeds.",
                    outcome->trials.size(), winner.number, outcome->objective.metric, brief_number(*winner.value), id));
    add(best, {"curves", "confusion", "errors"},
        [&](const char* name) { return figure_of_run(workspace, winner.run, name); });
    if (const auto run = workspace.store.run(winner.run))
      if (auto command = repeat_command(*run)) best.blocks.emplace_back(Listing{"sh", *std::move(command)});
  } else {
    report.lead.push_back("No trial has come to a value yet.");
  }
  report.facts = {
      {"sweep", id},
      {"state", std::string(name_of(sweep->state)) + (outcome->ending.empty() ? "" : ": " + outcome->ending)},
      {"trials", std::to_string(outcome->trials.size())},
      {"begun", iso_time(sweep->created)},
      {"version", std::string(kVersion)}};
  if (!sweep->source.empty()) {
    again.blocks.emplace_back(Paragraph{"Save this as `sweep.yaml`:"});
    again.blocks.emplace_back(Listing{"yaml", sweep->source});
    again.blocks.emplace_back(Listing{"sh", "atelier sweep sweep.yaml"});
  }
  report.sections = {std::move(came), std::move(mattered), std::move(all)};
  for (ReportSection* section : {&best, &again})
    if (!section->blocks.empty()) report.sections.push_back(std::move(*section));
  return report;
}

}  // namespace atelier
