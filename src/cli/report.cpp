// report.cpp: `atelier report` writes what came out of a run or a sweep as one HTML file.
#include <fmt/format.h>

#include "cli/all_commands.hpp"
#include "cli/runs.hpp"
#include "cli/workspace.hpp"
#include "experiment/report_files.hpp"
#include "experiment/report_of.hpp"
#include "experiment/sweep.hpp"
#include "track/named_run.hpp"

namespace atelier::cli {
namespace {

struct State {
  std::string of, workspace, output = "report.html";
};

/// `last` is the run that was begun last, or its sweep where it is a trial.
Result<Report> report_of(const WorkspaceView& view, const std::string& name) {
  if (name != "last")
    if (const auto sweep = find_sweep(view.store, name); sweep) return report_of_sweep(view, sweep->id);
  const auto run = named_run(view.store, name);
  if (!run) return pass_on(run);
  return name == "last" && run->trial ? report_of_sweep(view, run->trial->sweep) : report_of_run(view, run->id);
}

Result<void> run(const State& state, const Console& console) {
  const auto store = open_to_read(state.workspace);
  if (!store) return pass_on(store);
  const auto report = report_of({workspace_of(state.workspace), **store}, state.of);
  if (!report) return pass_on(report);
  if (auto written = write_report_page(*report, state.output); !written) return written;
  for (const std::string& sentence : report->lead) console.out << sentence << '\n';
  console.out << "→  " << state.output << '\n';
  return {};
}

}  // namespace

Command report_command() {
  return {"report",
          "Understand",
          "RUN|SWEEP",
          "what came out of a run or a sweep, as one HTML file for any browser",
          {"atelier report last", "atelier report r7k2 -o r7k2.html"},
          [] {
            auto state = std::make_shared<State>();
            return Prepared{{{"RUN|SWEEP", "", "by its id or the beginning of it, or `last`", &state->of, true},
                             {"-o,--output", "FILE", "where it goes [report.html]", &state->output, false},
                             workspace_option(&state->workspace)},
                            [state](Console& console) { return run(*state, console); }};
          }};
}

}  // namespace atelier::cli
