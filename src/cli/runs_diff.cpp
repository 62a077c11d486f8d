// runs_diff.cpp: `atelier runs diff A B...`: only what differs between runs.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "cli/runs.hpp"
#include "cli/runs_text.hpp"
#include "figures/table.hpp"
#include "track/named_run.hpp"

namespace atelier::cli {
namespace {

using Json = nlohmann::ordered_json;

struct State {
  std::vector<std::string> runs;
  std::string workspace;
  bool json = false;
};

/// A value of each run; null where a run has none.
struct Line {
  std::string name;
  std::vector<Json> values;
};

/// One part of the runs, such as their configuration.
struct Part {
  std::string_view name, title;
  std::vector<Line> lines = {};
};

/// The values within an object, those of nested objects under names with dots.
void flatten(const Json& object, const std::string& prefix, std::vector<std::pair<std::string, Json>>& values) {
  for (const auto& [name, value] : object.items()) {
    if (value.is_object() && !value.empty())
      flatten(value, prefix + name + ".", values);
    else
      values.emplace_back(prefix + name, value);
  }
}

/// The lines on which the objects differ, in the order in which names first occur.
std::vector<Line> differences(const std::vector<Json>& objects) {
  std::vector<Line> lines;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    std::vector<std::pair<std::string, Json>> values;
    flatten(objects[i], "", values);
    for (auto& [name, value] : values) {
      auto line = std::ranges::find(lines, name, &Line::name);
      if (line == lines.end()) line = lines.insert(line, {name, std::vector<Json>(objects.size())});
      line->values[i] = std::move(value);
    }
  }
  std::erase_if(lines, [](const Line& line) {
    return std::ranges::all_of(line.values, [&](const Json& value) { return value == line.values.front(); });
  });
  return lines;
}

std::array<Part, 3> compare(const std::vector<Run>& runs) {
  const auto part = [&](std::string_view name, std::string_view title, JsonText Run::* text) {
    std::vector<Json> objects;
    for (const Run& run : runs) objects.push_back(read_json(run.*text));
    return Part{name, title, differences(objects)};
  };
  return {part("config", "Settings", &Run::config), part("summary", "Results", &Run::summary),
          part("environment", "Environment", &Run::environment)};
}

bool fits(const std::string& text, int width) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (cells(line) > width) return false;
  return true;
}

/// A row each value, a column each run.
std::string beside(std::span<const Part> parts, const std::vector<Run>& runs, const Terminal& terminal) {
  Table table{.columns = {{""}}, .rows = {}};
  for (const Run& run : runs) table.columns.push_back({run.id});
  for (const Part& part : parts) {
    if (part.lines.empty()) continue;
    if (!table.rows.empty()) table.rows.emplace_back();
    table.rows.push_back({inked(part.title, Ink::dim, terminal.colour)});
    for (const Line& line : part.lines) {
      std::vector<std::string>& row = table.rows.emplace_back(std::vector{printable(line.name)});
      for (const Json& value : line.values) row.push_back(shown(value));
    }
  }
  Terminal endless = terminal;
  constexpr int kEndless = 1'000'000;
  endless.width = kEndless;
  return to_text(table, endless);
}

/// A heading each value, a row each run: for narrow windows and many runs.
std::string below(std::span<const Part> parts, const std::vector<Run>& runs, const Terminal& terminal) {
  std::string text;
  for (const Part& part : parts)
    for (const Line& line : part.lines) {
      Rows rows;
      for (std::size_t i = 0; i < runs.size(); ++i) rows.emplace_back(runs[i].id, shown(line.values[i]));
      text += section(printable(line.name), rows, terminal);
    }
  return text.substr(text.starts_with('\n'));
}

Json json_of(std::span<const Part> parts, const std::vector<Run>& runs) {
  Json json{{"runs", Json::array()}};
  for (const Run& run : runs) json["runs"].push_back(run.id);
  for (const Part& part : parts) {
    Json& object = json[std::string(part.name)] = Json::object();
    for (const Line& line : part.lines) object[line.name] = line.values;
  }
  return json;
}

Result<std::vector<Run>> read_runs(Store& store, const std::vector<std::string>& words) {
  std::vector<Run> runs;
  for (const std::string& word : words) {
    auto run = named_run(store, word);
    if (!run) return pass_on(run);
    runs.push_back(*std::move(run));
  }
  return runs;
}

Result<void> run(const State& state, const Console& console) {
  if (state.runs.size() < 2)
    return fail(Trouble::usage, "runs diff needs two runs or more", fmt::format("found {}", state.runs.size()),
                "atelier runs diff A B");
  const auto store = open_to_read(state.workspace);
  if (!store) return pass_on(store);
  const auto runs = read_runs(**store, state.runs);
  if (!runs) return pass_on(runs);
  const std::array<Part, 3> parts = compare(*runs);
  if (state.json) {
    console.out << one_line(json_of(parts, *runs)) << '\n';
    return {};
  }
  if (std::ranges::all_of(parts, [](const Part& part) { return part.lines.empty(); })) {
    console.say("nothing differs: settings, results and environment are the same");
    return {};
  }
  const Terminal& terminal = console.out_terminal;
  const std::string table = beside(parts, *runs, terminal);
  console.out << (!terminal.interactive || fits(table, terminal.width) ? table : below(parts, *runs, terminal));
  return {};
}

}  // namespace

Command runs_diff_command() {
  return {"runs diff",
          "Look up",
          "A B...",
          "what differs between runs: settings, results, environment",
          {"atelier runs diff r7k2 k3m9", "atelier runs diff r7k2 last --json"},
          [] {
            auto state = std::make_shared<State>();
            return Prepared{{{"A B...", "", std::string(kRunHelp), &state->runs, false},
                             workspace_option(&state->workspace),
                             {"--json", "", "one JSON object, a list of values each name", &state->json, false}},
                            [state](Console& console) { return run(*state, console); }};
          }};
}

}  // namespace atelier::cli
