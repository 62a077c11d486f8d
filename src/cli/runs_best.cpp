// runs_best.cpp: `atelier runs best`: the run with the best value of a metric, and how far it is ahead.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "cli/runs.hpp"
#include "cli/runs_text.hpp"
#include "experiment/sweep_setup.hpp"
#include "figures/progress.hpp"

namespace atelier::cli {
namespace {

struct State {
  std::string metric, where, workspace;
  bool lowest = false, highest = false, json = false;
};

/// The runs that a metric ranks first.
struct Ranking {
  std::string metric;
  bool lowest = false;
  double value = 0;
  std::optional<std::pair<std::string, double>> next = {};  ///< id and value of the second
  std::size_t runs = 0;                                     ///< that have a value
  std::string id = {};
};

bool is_cost(std::string_view metric) {
  using namespace std::string_view_literals;
  constexpr std::array costs{"loss"sv, "error"sv, "mse"sv, "perplexity"sv, "seconds"sv};
  return std::ranges::any_of(costs, [&](std::string_view cost) { return metric.contains(cost); });
}

std::optional<double> number_of(const Cell& cell) {
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&cell); real && std::isfinite(*real)) return *real;
  return std::nullopt;
}

/// None where no run has a number for the metric.
Result<std::optional<Ranking>> rank(Store& store, const State& state, const std::string& metric) {
  Ranking ranking{metric, state.lowest || (is_cost(metric) && !state.highest)};
  const std::array<std::string, 2> columns{"id", metric};
  const auto rows = store.table(
      {.where = state.where, .sort = metric, .descending = !ranking.lowest, .aliases = value_aliases()}, columns);
  if (!rows) return pass_on(rows);
  for (const auto& row : *rows) {
    const auto value = number_of(row[1]);
    if (!value) continue;
    if (++ranking.runs == 1) {
      ranking.id = in_full(row[0]);
      ranking.value = *value;
    } else if (ranking.runs == 2) {
      ranking.next.emplace(in_full(row[0]), *value);
    }
  }
  return ranking.runs > 0 ? std::optional(ranking) : std::nullopt;
}

Result<Ranking> best(Store& store, const State& state) {
  std::vector<std::string> metrics{state.metric};
  if (state.metric.empty()) metrics = {"val_accuracy", "val_loss"};
  const auto known = store.columns();
  if (!known) return pass_on(known);
  for (const std::string& metric : metrics) {
    if (state.metric.empty() && !std::ranges::binary_search(*known, metric)) continue;
    auto ranking = rank(store, state, metric);
    if (!ranking) return pass_on(ranking);
    if (*ranking) return **std::move(ranking);
  }
  return fail(Trouble::usage, fmt::format("no run has a number for {}", fmt::join(metrics, " or ")),
              state.where.empty() ? "" : "of those that meet the filter",
              "`atelier runs` lists them; a run has results after its first epoch");
}

std::string value_text(const Ranking& ranking, double value) {
  return ranking.metric.ends_with("accuracy") ? percent(value) : brief_number(value);
}

/// "highest val_accuracy of 112 runs: 89.51 %, 0.04 points ahead of k3m9"
std::string verdict(const Ranking& ranking) {
  std::string text =
      fmt::format("{} {} of {} run{}: {}", ranking.lowest ? "lowest" : "highest", ranking.metric, grouped(ranking.runs),
                  ranking.runs == 1 ? "" : "s", value_text(ranking, ranking.value));
  if (!ranking.next) return text;
  const double lead = std::abs(ranking.value - ranking.next->second);
  if (lead == 0) return text + ", as " + ranking.next->first;
  const bool share = ranking.metric.ends_with("accuracy");
  return fmt::format("{}, {} ahead of {}", text, share ? fmt::format("{:.2f} points", 100 * lead) : brief_number(lead),
                     ranking.next->first);
}

void print(const Run& best, const Ranking& ranking, const State& state, const Console& console) {
  const Terminal& terminal = console.out_terminal;
  console.out << wrapped(verdict(ranking), terminal) << '\n' << headline(best, terminal);
  for (const auto& [title, rows] : {std::pair("Results", results(best)), std::pair("Settings", own_settings(best))})
    if (!rows.empty()) console.out << section(title, rows, terminal);
  console.out << std::flush;
  console.say(fmt::format("next: atelier evaluate {}", words_of(best, state.workspace)));
}

Result<void> run(const State& state, const Console& console) {
  if (state.lowest && state.highest) return fail(Trouble::usage, "--lowest and --highest exclude each other");
  const auto store = open_to_read(state.workspace);
  if (!store) return pass_on(store);
  const auto ranking = best(**store, state);
  if (!ranking) return pass_on(ranking);
  const auto found = (*store)->run(ranking->id);
  if (!found) return pass_on(found);
  if (!state.json) {
    print(*found, *ranking, state, console);
    return {};
  }
  nlohmann::ordered_json json{{"metric", ranking->metric}, {"value", ranking->value}, {"of_runs", ranking->runs}};
  json.update(head_json(*found));
  json["config"] = read_json(found->config);
  json["summary"] = read_json(found->summary);
  console.out << one_line(json) << '\n';
  return {};
}

}  // namespace

Command runs_best_command() {
  return {"runs best",
          "Look up",
          "[--metric NAME] [--where EXPR]",
          "the run with the highest accuracy, or the best of another metric",
          {"atelier runs best", "atelier runs best --metric test_accuracy --where 'optimizer = \"adam\"'"},
          [] {
            auto state = std::make_shared<State>();
            return Prepared{
                {{"--metric", "NAME", "what decides [val_accuracy, else val_loss]", &state->metric, false},
                 {"--lowest", "", "the lowest value is the best, as it is for losses", &state->lowest, false},
                 {"--highest", "", "the highest value is the best", &state->highest, false},
                 where_option(&state->where),
                 workspace_option(&state->workspace),
                 {"--json", "", "one JSON object", &state->json, false}},
                [state](Console& console) { return run(*state, console); }};
          },
          "The best of many runs is partly luck: with 6,000 validation images one accuracy is known to 0.4 points."};
}

}  // namespace atelier::cli
