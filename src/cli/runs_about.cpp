// runs_about.cpp: what a person is told first of a run: its head, its results, its own settings.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "cli/accuracy_text.hpp"
#include "cli/runs_text.hpp"
#include "experiment/settings.hpp"
#include "figures/progress.hpp"
#include "figures/text.hpp"

namespace atelier::cli {
namespace {

using Json = nlohmann::ordered_json;

/// "10 of 10 epochs", as far as it is known.
std::string epochs_text(const Run& run) {
  const Json config = read_json(run.config), summary = read_json(run.summary);
  if (!summary.contains("epochs")) return {};
  const std::string done = shown(summary["epochs"]);
  if (config.contains("epochs")) return fmt::format("{} of {} epochs", done, shown(config["epochs"]));
  return done + (done == "1" ? " epoch" : " epochs");
}

std::string result_text(const std::string& name, const Json& value, const Json& environment) {
  if (!value.is_number_float() && !(value.is_number() && name.ends_with("accuracy"))) return shown(value);
  const double number = value.get<double>();
  if (!name.ends_with("accuracy")) return brief_number(number);
  const bool validation = name == "val_accuracy" || name == "best_val_accuracy";
  const Json samples = validation ? environment.value("validation_samples", Json()) : Json();
  return accuracy_with_doubt(number,
                             samples.is_number_unsigned() ? std::optional(samples.get<std::uint64_t>()) : std::nullopt);
}

}  // namespace

std::string headline(const Run& run, const Terminal& terminal) {
  const WallTime now = wall_now();
  std::string first = inked(run.id, Ink::bold, terminal.colour);
  if (!run.name.empty()) first += "  " + printable(run.name);
  first += "   " + shown(run.state, terminal.colour);
  if (!run.reason.empty()) first += ": " + printable(run.reason);
  std::vector<std::string> facts;
  if (const std::string epochs = epochs_text(run); !epochs.empty()) facts.push_back(epochs);
  if (const double seconds = seconds_of(run, now); std::isfinite(seconds)) facts.push_back(elapsed(seconds));
  std::string date = iso_time(run.created).substr(0, 16);
  date[10] = ' ';
  facts.push_back(fmt::format("{} UTC, {}", date, age(run.created, now)));
  if (run.trial) facts.push_back(fmt::format("trial {} of sweep {}", run.trial->number, run.trial->sweep));
  if (!run.group.empty()) facts.push_back("group " + printable(run.group));
  if (!run.tags.empty())
    facts.push_back(fmt::format("tags {}", printable(fmt::format("{}", fmt::join(run.tags, ", ")))));
  std::string text =
      wrapped(first, terminal) + "\n" + wrapped(fmt::format("{}", fmt::join(facts, "   ")), terminal) + "\n";
  std::string_view notes = run.notes;
  while (!notes.empty()) {
    const std::size_t end = std::min(notes.find('\n'), notes.size());
    text += wrapped(printable(notes.substr(0, end)), terminal) + "\n";
    notes.remove_prefix(std::min(end + 1, notes.size()));
  }
  return text;
}

Rows results(const Run& run) {
  static constexpr std::array kFirst{"val_accuracy",  "val_loss",  "best_val_accuracy", "best_val_loss",
                                     "test_accuracy", "test_loss", "train_accuracy",    "train_loss"};
  static constexpr std::array kElsewhere{"epochs", "seconds", "best_epoch", "train_seconds", "samples_per_second"};
  const Json summary = read_json(run.summary), environment = read_json(run.environment);
  Rows rows;
  const auto add = [&](const std::string& name, const Json& value) {
    std::string text = result_text(name, value, environment);
    if (name.starts_with("best_val") && summary.contains("best_epoch"))
      text += fmt::format("  @{}", shown(summary["best_epoch"]));
    rows.emplace_back(printable(name), std::move(text));
  };
  for (const char* name : kFirst)
    if (summary.contains(name)) add(name, summary[name]);
  for (const auto& [name, value] : summary.items())
    if (std::ranges::find(kFirst, name) == kFirst.end() && std::ranges::find(kElsewhere, name) == kElsewhere.end())
      add(name, value);
  return rows;
}

namespace {

/// What Atelier's own trainings take by default; nothing of that is the default of another program.
Json presets_of(const Run& run) {
  return read_json(run.environment).contains("program") ? Json::object() : to_json(Recipe{});
}

}  // namespace

Rows own_settings(const Run& run) {
  const Json presets = presets_of(run), config = read_json(run.config);
  Rows rows;
  for (const auto& [name, value] : config.items()) {
    const auto preset = presets.find(name);
    if (preset == presets.end())
      rows.emplace_back(printable(name), shown(value));
    else if (*preset != value)
      rows.emplace_back(printable(name), fmt::format("{}  [{}]", shown(value), shown(*preset)));
  }
  return rows;
}

std::string preset_settings(const Run& run) {
  const Json presets = presets_of(run), config = read_json(run.config);
  std::string text;
  for (const auto& [name, value] : config.items())
    if (const auto preset = presets.find(name); preset != presets.end() && *preset == value && value != "")
      text += fmt::format("{}{} {}", text.empty() ? "" : " · ", name, shown(value));
  return text;
}

}  // namespace atelier::cli
