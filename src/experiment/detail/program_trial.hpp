// program_trial.hpp: a trial of a sweep that another program runs.
#pragma once
#include <atomic>
#include <string>

#include "base/function_ref.hpp"
#include "experiment/detail/sweep_ledger.hpp"
#include "experiment/workspace.hpp"

namespace atelier::detail {

/// The surroundings of a program's trial, for its record.
JsonText program_environment(const SweepSetup& setup);

/// Tells the study of an epoch (none: nothing new), and asks what becomes of the trial. `until`: how far it may go, as
/// far as is known.
using AskStudy = FunctionRef<Result<Course>(int epochs, const Metrics* news, int until)>;

/// Runs the sweep's program for a claimed trial, from the beginning, and records what it tells; how the claim ends. It
/// runs on while others decide, and is ended when it is to stop or `halt` is raised. An error is what stops the whole work.
Result<Ending> run_program_trial(Workspace& workspace, const SweepSetup& setup, const std::string& sweep,
                                 const TrialJob& job, RunWriter& writer, AskStudy ask, const std::atomic<bool>& halt);

}  // namespace atelier::detail
