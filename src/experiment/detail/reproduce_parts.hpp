// reproduce_parts.hpp: what the report of the assignment is put together from.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "experiment/reproduce.hpp"

namespace atelier {

/// Fills in the figures that the runs and the sweep of the answers have.
Result<void> add_figures(Reproduction& answers);

/// Question 3: validation accuracy of the optimizers, epoch by epoch.
Figure race_figure(const Reproduction& answers);
/// Question 8: mean validation accuracy of each loss over the seeds, epoch by epoch, with 95 % intervals.
Figure losses_figure(const Reproduction& answers);

/// All numbers behind the report.
nlohmann::ordered_json results_of(const Reproduction& answers);

}  // namespace atelier
