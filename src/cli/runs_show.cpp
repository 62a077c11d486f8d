// runs_show.cpp: `atelier runs show RUN`: all that is known of one run.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "cli/runs.hpp"
#include "cli/runs_text.hpp"
#include "cli/workspace.hpp"
#include "figures/curve.hpp"
#include "figures/progress.hpp"
#include "figures/table.hpp"
#include "track/named_run.hpp"

namespace atelier::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kRows = 12;  // of a history that is shown, at most
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

struct State {
  std::string run, workspace;
  bool json = false;
};

struct Record {
  Run run;
  std::vector<EpochRow> history;
  std::vector<Artifact> artifacts;
};

Result<Record> record_of(Store& store, const std::string& word) {
  auto run = named_run(store, word);
  if (!run) return pass_on(run);
  auto history = store.history(run->id);
  if (!history) return pass_on(history);
  auto artifacts = store.artifacts(run->id);
  if (!artifacts) return pass_on(artifacts);
  return Record{*std::move(run), *std::move(history), *std::move(artifacts)};
}

Json json_of(const Record& record) {
  Json json = run_json(record.run);
  json["history"] = Json::array();
  for (const EpochRow& row : record.history) {
    Json line{{"epoch", row.epoch}};
    for (const auto& [name, value] : row.metrics) line[name] = number_json(value);
    json["history"].push_back(std::move(line));
  }
  json["artifacts"] = artifacts_json(record.artifacts);
  return json;
}

/// The metrics that any epoch has, the usual ones first, those about speed last.
std::vector<std::string> metric_names(const std::vector<EpochRow>& history) {
  static constexpr std::array kFirst{"train_loss", "train_accuracy", "val_loss", "val_accuracy"};
  static constexpr std::array kLast{"train_seconds", "samples_per_second"};
  std::map<std::string, bool> all;
  for (const EpochRow& row : history)
    for (const auto& [name, value] : row.metrics) all[name] = true;
  std::vector<std::string> names;
  const auto move = [&](const std::string& name) {
    if (all.erase(name)) names.push_back(name);
  };
  for (const char* name : kFirst) move(name);
  for (const auto& [name, yes] : all)
    if (std::ranges::find(kLast, name) == kLast.end()) names.push_back(name);
  for (const char* name : kLast) move(name);
  return names;
}

/// Which epochs of a long history are shown: the first, the last, and those at even distances between them.
std::vector<std::size_t> shown_rows(std::size_t count) {
  std::vector<std::size_t> rows;
  const std::size_t shown = std::min(count, kRows);
  for (std::size_t i = 0; i < shown; ++i) rows.push_back(shown < 2 ? i : i * (count - 1) / (shown - 1));
  return rows;
}

std::string metric_text(const std::string& name, double value) {
  if (!name.ends_with("accuracy") || !std::isfinite(value)) return brief_number(value);
  return fmt::format("{:.4f}", value);
}

std::string history_table(const std::vector<EpochRow>& history, const Terminal& terminal) {
  Table table{.columns = {{"epoch", Align::right}}, .rows = {}};
  std::vector<std::string> names;
  int width = cells("epoch");
  for (const std::string& name : metric_names(history)) {
    width += 2 + std::max(cells(name), 8);
    if (width > terminal.width) break;
    names.push_back(name);
    table.columns.push_back({printable(name), Align::right});
  }
  for (const std::size_t i : shown_rows(history.size())) {
    std::vector<std::string>& row = table.rows.emplace_back(std::vector{fmt::format("{}", history[i].epoch)});
    for (const std::string& name : names) {
      const auto found = history[i].metrics.find(name);
      row.push_back(found == history[i].metrics.end() ? "" : metric_text(name, found->second));
    }
  }
  return to_text(table, terminal);
}

/// A metric over the epochs; gaps where there is none.
CurveSeries series_of(const std::vector<EpochRow>& history, const char* metric, std::string_view name, bool dotted) {
  CurveSeries series{.name = std::string(name), .dotted = dotted};
  for (const EpochRow& row : history) {
    constexpr int kMost = 1'000'000;
    const auto found = row.metrics.find(metric);
    if (found == row.metrics.end() || row.epoch < 1 || row.epoch > kMost) continue;
    series.values.resize(static_cast<std::size_t>(row.epoch), kUnknown);
    series.values.back() = found->second;
  }
  return series;
}

std::string curve(const std::vector<EpochRow>& history, const Terminal& terminal) {
  constexpr int kWidest = 79, kHeight = 6;
  const CurveFrame frame{.width = std::min(terminal.width - 1, kWidest), .height = kHeight};
  std::array series{series_of(history, "val_accuracy", "validation accuracy", false),
                    series_of(history, "train_accuracy", "train", true)};
  if (series[0].values.empty() && series[1].values.empty())
    series = {series_of(history, "val_loss", "validation loss", false),
              series_of(history, "train_loss", "train", true)};
  std::string text;
  for (const std::string& line : draw_curve(series, frame, terminal.colour)) text += line + "\n";
  return text;
}

std::string history_text(const Record& record, const Terminal& terminal) {
  const auto& history = record.history;
  if (history.empty()) return {};
  std::string text = "\n" + inked("History", Ink::bold, terminal.colour) + "\n" + history_table(history, terminal);
  if (history.size() > kRows)
    text += inked(fmt::format("{} of {} epochs; --json has all", kRows, grouped(history.size())), Ink::dim,
                  terminal.colour) +
            "\n";
  if (!terminal.interactive || history.size() < 2) return text;
  const std::string drawn = curve(history, terminal);
  return drawn.empty() ? text : text + "\n" + drawn;
}

std::string settings_text(const Run& run, const Terminal& terminal) {
  const Rows own = own_settings(run);
  const std::string presets = preset_settings(run);
  if (own.empty() && presets.empty()) return {};
  std::string text = section(presets.empty() ? "Settings" : "Settings [default]", own, terminal);
  if (presets.empty()) return text;
  for (const std::string& line : wrap("as by default: " + presets, std::max(20, terminal.width - 2)))
    text += "  " + inked(line, Ink::dim, terminal.colour) + "\n";
  return text;
}

/// A checksum by its beginning; --json has all of it.
std::string without_length(std::string text) {
  constexpr std::size_t kDigits = 64, kShown = 12;
  if (text.size() != kDigits || text.find_first_not_of("0123456789abcdef") != text.npos) return text;
  return text.substr(0, kShown) + "…";
}

/// What has a heading and a line each.
std::string sections(const Record& record, const std::string& workspace_word, const Terminal& terminal) {
  std::string text;
  const auto add = [&](std::string_view title, const Rows& rows) {
    if (!rows.empty()) text += section(title, rows, terminal);
  };
  text += settings_text(record.run, terminal) + history_text(record, terminal);
  Rows files;
  for (const Artifact& a : record.artifacts)
    files.emplace_back(printable(a.name),
                       fmt::format("{}   {}", printable((workspace_of(workspace_word) / a.path).string()),
                                   bytes_text(static_cast<std::uint64_t>(std::max<std::int64_t>(a.bytes, 0)))));
  add("Files", files);
  Rows facts;
  const Json environment = read_json(record.run.environment);
  for (const auto& [name, value] : environment.items())
    facts.emplace_back(printable(name), without_length(shown(value)));
  add("Environment", facts);
  return text;
}

Result<void> run(const State& state, const Console& console) {
  const auto store = open_to_read(state.workspace);
  if (!store) return pass_on(store);
  const auto record = record_of(**store, state.run);
  if (!record) return pass_on(record);
  if (state.json) {
    console.out << one_line(json_of(*record)) << '\n';
    return {};
  }
  const Terminal& terminal = console.out_terminal;
  console.out << headline(record->run, terminal);
  if (const Rows rows = results(record->run); !rows.empty()) console.out << section("Results", rows, terminal);
  console.out << sections(*record, state.workspace, terminal);
  return {};
}

}  // namespace

Command runs_show_command() {
  return {"runs show",
          "Look up",
          "RUN",
          "all about one run: results, settings, history, files",
          {"atelier runs show last", "atelier runs show r7k2 --json"},
          [] {
            auto state = std::make_shared<State>();
            return Prepared{{run_argument(&state->run),
                             workspace_option(&state->workspace),
                             {"--json", "", "everything as one JSON object", &state->json, false}},
                            [state](Console& console) { return run(*state, console); }};
          },
          kDoubtRemark};
}

}  // namespace atelier::cli
