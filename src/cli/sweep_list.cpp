// sweep_list.cpp: `atelier sweep list` and `atelier sweep delete`: the sweeps of a workspace.
#include <fmt/format.h>

#include "cli/runs.hpp"
#include "cli/runs_text.hpp"
#include "cli/sweep_list.hpp"
#include "experiment/sweep.hpp"
#include "figures/progress.hpp"
#include "figures/table.hpp"

namespace atelier::cli {
namespace {

using Json = nlohmann::ordered_json;

struct State {
  std::string sweep, workspace;
  bool json = false, dry_run = false;
};

int trials_of(const Sweep& sweep) {
  int count = 0;
  for (const auto& [state, trials] : sweep.trials) count += trials;
  return count;
}

int count_of(const Sweep& sweep, RunState state) {
  const auto found = sweep.trials.find(state);
  return found == sweep.trials.end() ? 0 : found->second;
}

/// "val_accuracy 0.8712  t3k9-12"; empty where no trial has a value, or the record cannot be read.
std::string best_text(Store& store, const Sweep& sweep) {
  const auto outcome = outcome_of(store, sweep);
  if (!outcome || !outcome->best) return {};
  const TrialLine& best = outcome->trials[*outcome->best];
  return fmt::format("{} {}  {}", outcome->objective.metric, brief_number(*best.value), best.run);
}

Json json_of(Store& store, const Sweep& sweep) {
  Json line{{"id", sweep.id},
            {"name", sweep.name},
            {"state", name_of(sweep.state)},
            {"created", iso_time(sweep.created)},
            {"trials", Json::object()}};
  for (const auto& [state, count] : sweep.trials) line["trials"][name_of(state)] = count;
  if (const auto ending = read_json(sweep.memo).value("ending", ""); !ending.empty()) line["ending"] = ending;
  const auto outcome = outcome_of(store, sweep);
  if (!outcome || !outcome->best) return line;
  const TrialLine& best = outcome->trials[*outcome->best];
  line["best"] = {{"trial", best.number}, {"run", best.run}, {outcome->objective.metric, *best.value}};
  return line;
}

/// The newest first.
Result<void> list(const State& state, const Console& console) {
  const auto store = has_runs(state.workspace) ? open_to_read(state.workspace) : Result<std::unique_ptr<Store>>();
  if (!store) return pass_on(store);
  const auto sweeps = *store ? (*store)->sweeps() : std::vector<Sweep>{};
  if (!sweeps) return pass_on(sweeps);
  if (sweeps->empty()) console.say("there are no sweeps here yet: `atelier sweep FILE` makes the first one");
  Table table{{{"id"}, {"name"}, {"state"}, {"trials", Align::right}, {"failed", Align::right}, {"best"}, {"created"}},
              {}};
  for (auto sweep = sweeps->rbegin(); sweep != sweeps->rend(); ++sweep) {
    if (state.json) {
      console.out << one_line(json_of(**store, *sweep)) << '\n';
      continue;
    }
    table.rows.push_back({sweep->id, printable(sweep->name), std::string(name_of(sweep->state)),
                          std::to_string(trials_of(*sweep)), std::to_string(count_of(*sweep, RunState::failed)),
                          best_text(**store, *sweep), age(sweep->created, wall_now())});
  }
  if (!table.rows.empty()) console.out << to_text(table, console.out_terminal);
  return {};
}

/// The sweep with its trials. One that is being worked at is left alone, as its running trials are.
Result<void> remove(const State& state, const Console& console) {
  const auto store = open_to_edit(state.workspace);
  if (!store) return pass_on(store);
  const auto sweep = find_sweep(**store, state.sweep);
  if (!sweep) return pass_on(sweep);
  if (const auto reaped = (*store)->reap(); !reaped) return pass_on(reaped);
  const auto now = (*store)->sweep(sweep->id);
  if (!now) return pass_on(now);
  if (count_of(*now, RunState::running) > 0)
    return fail(Trouble::usage, fmt::format("sweep {} is being worked at", now->id),
                fmt::format("{} of its trials run", count_of(*now, RunState::running)), "stop it first with Ctrl-C");
  const auto rows = (*store)->table({.where = fmt::format("sweep = \"{}\"", now->id)}, {});
  if (!rows) return pass_on(rows);
  std::vector<std::string> ids;
  for (const auto& row : *rows) ids.push_back(in_full(row.front()));
  const auto removal = (*store)->remove(ids, state.dry_run);
  if (!removal) return pass_on(removal);
  if (!state.dry_run)
    if (auto gone = (*store)->remove_sweep(now->id); !gone) return gone;
  console.out << fmt::format("{} sweep {} with {} trial{}; {} {}\n", state.dry_run ? "would delete" : "deleted",
                             now->id, ids.size(), ids.size() == 1 ? "" : "s", bytes_text(removal->bytes),
                             state.dry_run ? "would come back" : "came back");
  return {};
}

}  // namespace

Command sweep_list_command() {
  return {"sweep list", "Tune", "", "the sweeps of a workspace, the newest first", {"atelier sweep list"}, [] {
            auto state = std::make_shared<State>();
            return Prepared{
                {workspace_option(&state->workspace), {"--json", "", "one JSON object a line", &state->json, false}},
                [state](Console& console) { return list(*state, console); }};
          }};
}

Command sweep_delete_command() {
  return {"sweep delete", "Tune", "SWEEP", "delete a sweep with all its trials", {"atelier sweep delete t3k9"}, [] {
            auto state = std::make_shared<State>();
            return Prepared{{{"SWEEP", "", "a sweep's id or the beginning of it, or `last`", &state->sweep, true},
                             {"--dry-run", "", "only say what would go", &state->dry_run, false},
                             workspace_option(&state->workspace)},
                            [state](Console& console) { return remove(*state, console); }};
          }};
}

}  // namespace atelier::cli
