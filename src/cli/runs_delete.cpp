// runs_delete.cpp: `atelier runs delete`: runs with their files, and the space they took.
#include <fmt/format.h>

#include <algorithm>

#include "cli/runs.hpp"
#include "cli/runs_text.hpp"
#include "experiment/sweep_setup.hpp"
#include "figures/progress.hpp"
#include "track/named_run.hpp"

namespace atelier::cli {
namespace {

constexpr std::size_t kNamed = 20;  // ids that a sentence lists

struct State {
  std::vector<std::string> runs;
  std::string where, workspace;
  bool dry_run = false, yes = false, json = false;
};

Result<void> check(const State& state) {
  if (state.runs.empty() && state.where.empty())
    return fail(Trouble::usage, "runs delete needs runs, or --where", {}, "atelier runs delete RUN...");
  if (!state.runs.empty() && !state.where.empty())
    return fail(Trouble::usage, "runs delete takes runs or --where, not both", {}, "leave one of them out");
  if (state.dry_run && state.yes) return fail(Trouble::usage, "--dry-run and --yes exclude each other");
  if (state.where.empty() || state.dry_run || state.yes) return {};
  return fail(Trouble::usage, "a filter may meet more than was meant",
              "nothing was deleted: with --where this needs --dry-run or --yes",
              "--dry-run shows what would go, --yes deletes it");
}

/// The ids of what is to go, each once.
Result<std::vector<std::string>> targets(Store& store, const State& state) {
  std::vector<std::string> ids;
  if (!state.where.empty()) {
    const auto rows = store.table({.where = state.where, .aliases = value_aliases()}, {});
    if (!rows) return pass_on(rows);
    for (const auto& row : *rows) ids.push_back(in_full(row.front()));
    return ids;
  }
  for (const std::string& word : state.runs) {
    const auto run = named_run(store, word);
    if (!run) return pass_on(run);
    if (std::ranges::find(ids, run->id) == ids.end()) ids.push_back(run->id);
  }
  return ids;
}

std::string count_text(std::size_t count) { return fmt::format("{} run{}", grouped(count), count == 1 ? "" : "s"); }

std::string named(std::span<const std::string> ids) {
  const auto few = ids.first(std::min(ids.size(), kNamed));
  return fmt::format("{}{}", fmt::join(few, ", "), ids.size() > kNamed ? ", …" : "");
}

std::string sentence(const Removal& removal, bool dry_run) {
  return fmt::format("{} {}: {}; {} {}", dry_run ? "would delete" : "deleted", count_text(removal.runs.size()),
                     named(removal.runs), bytes_text(removal.bytes), dry_run ? "would come back" : "came back");
}

Result<void> tell(const Removal& removal, const State& state, const Console& console) {
  if (state.json)
    console.out << one_line({{"dry_run", state.dry_run},
                             {"runs", removal.runs},
                             {"refused", removal.refused},
                             {"bytes", removal.bytes}})
                << '\n';
  else if (!removal.runs.empty())
    console.out << wrapped(sentence(removal, state.dry_run), console.out_terminal) << '\n';
  console.out << std::flush;
  if (removal.refused.empty()) return {};
  const bool one = removal.refused.size() == 1;
  const std::string left =
      fmt::format("{} {} running and {} left alone", count_text(removal.refused.size()), one ? "is" : "are",
                  state.dry_run ? "would be"
                  : one         ? "was"
                                : "were");
  if (removal.runs.empty()) return fail(Trouble::usage, left, named(removal.refused), "stop it first with Ctrl-C");
  console.note(fmt::format("{}: {}", left, named(removal.refused)));
  return {};
}

Result<void> run(const State& state, const Console& console) {
  if (auto fine = check(state); !fine) return fine;
  auto store = open_to_edit(state.workspace);
  if (!store && state.dry_run) store = open_to_read(state.workspace);
  if (!store) return pass_on(store);
  const auto ids = targets(**store, state);
  if (!ids) return pass_on(ids);
  if (ids->empty()) console.say("no run meets the filter");
  if (ids->empty() && !state.json) return {};
  const auto removal = (*store)->remove(*ids, state.dry_run);
  if (!removal) return pass_on(removal);
  return tell(*removal, state, console);
}

}  // namespace

Command runs_delete_command() {
  return {"runs delete",
          "Look up",
          "[RUN...] [--where EXPR] [--dry-run] [--yes]",
          "delete runs with their files, and give the space back",
          {"atelier runs delete r7k2 k3m9", "atelier runs delete --where 'state = \"failed\"' --dry-run"},
          [] {
            auto state = std::make_shared<State>();
            return Prepared{{{"RUN...", "", std::string(kRunHelp), &state->runs, false},
                             where_option(&state->where),
                             {"--dry-run", "", "only say what would go", &state->dry_run, false},
                             {"--yes", "", "needed with --where: nothing asks", &state->yes, false},
                             workspace_option(&state->workspace),
                             {"--json", "", "one JSON object", &state->json, false}},
                            [state](Console& console) { return run(*state, console); }};
          },
          "A run that is still running is left alone, and named."};
}

}  // namespace atelier::cli
