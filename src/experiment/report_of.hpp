// report_of.hpp: what a workspace holds of a run or a sweep, as a report.
#pragma once
#include <string>

#include "experiment/figures_of.hpp"
#include "figures/report.hpp"

namespace atelier {

/// A run: what came out, its curves, what it confuses, what its layers did, and how to repeat it. Figures that it
/// cannot have, because the model or the data are gone, are left out, and why is said.
Result<Report> report_of_run(const WorkspaceView& workspace, const std::string& run);

/// A sweep: the best that came out, what mattered, every trial, its best run, and how to repeat it.
Result<Report> report_of_sweep(const WorkspaceView& workspace, const std::string& sweep);

}  // namespace atelier
