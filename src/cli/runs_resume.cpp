// runs_resume.cpp: `atelier runs resume RUN`: `atelier train --resume` by another name.
#include "cli/all_commands.hpp"
#include "cli/arguments.hpp"
#include "cli/runs.hpp"

namespace atelier::cli {
namespace {

struct State {
  std::string run, workspace;
  bool json = false;
};

Result<void> run(const State& state, Console& console) {
  std::vector<std::string> words{"--resume=" + state.run};
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
