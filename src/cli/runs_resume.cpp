// runs_resume.cpp: `atelier runs resume RUN`: `atelier train --resume` by another name.
#include <fmt/format.h>

#include "cli/all_commands.hpp"
#include "cli/arguments.hpp"
#include "cli/runs.hpp"
#include "cli/workspace.hpp"
#include "track/named_run.hpp"

namespace atelier::cli {
namespace {

struct State {
  std::string run, workspace;
  bool json = false;
};

/// The id of the run to go on with. The store is closed again: the training opens it for itself.
Result<std::string> id_of(const State& state) {
  const auto store = open_to_read(state.workspace);
  if (!store) return pass_on(store);
  auto found = named_run(**store, state.run);
  if (!found) return pass_on(found);
  if (!found->trial) return std::move(found->id);
  return fail(Trouble::usage, fmt::format("{} is a trial of the sweep {}", found->id, found->trial->sweep),
              "a sweep decides itself which trials go on",
              fmt::format("atelier sweep --resume {}", found->trial->sweep));
}

Result<void> run(const State& state, Console& console) {
  const auto id = id_of(state);
  if (!id) return pass_on(id);
  std::vector<std::string> words{"--resume=" + *id};
  if (!state.workspace.empty()) words.push_back("--workspace=" + state.workspace);
  if (state.json) words.emplace_back("--json");
  const Command train = train_command();
  const Prepared prepared = train.prepare();
  if (auto read = read_arguments(train, prepared, std::move(words)); !read) return pass_on(read);
  return prepared.action(console);
}

}  // namespace

Command runs_resume_command() {
  return {"runs resume",
          "Look up",
          "RUN",
          "go on with a run that was stopped, as `atelier train --resume`",
          {"atelier runs resume last"},
          [] {
            auto state = std::make_shared<State>();
            return Prepared{{run_argument(&state->run),
                             workspace_option(&state->workspace),
                             {"--json", "", "one JSON object a line, an epoch each", &state->json, false}},
                            [state](Console& console) { return run(*state, console); }};
          }};
}

}  // namespace atelier::cli
