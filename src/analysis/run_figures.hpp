// run_figures.hpp: the figures of a run that its records alone tell: curves, layers, machine.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "figures/figure.hpp"
#include "track/run.hpp"

namespace atelier {

/// What the store has of a run, as plain values.
struct RunRecord {
  std::string id = {};
  std::vector<EpochRow> history = {};
  std::vector<Series> steps = {}, layers = {}, weights = {}, machine = {};  ///< the streams of these names
  std::optional<double> steps_per_epoch = {};
  std::optional<std::uint64_t> validation_samples = {};
  std::vector<std::string> layer_names = {};  ///< of the layers with weights, in order: "layer 1 (256 relu)"
};

// A figure of what was not recorded says so in its title, and why in words; it holds no data.

/// Kind curves: loss and accuracy of training and validation by epoch, the best epoch marked, with the loss of the steps
/// where they were kept; other metrics in panels of their own.
Figure curves_figure(const RunRecord& run);

/// Kind curves: the norm of the gradient of each layer's weights.
Figure gradients_figure(const RunRecord& run);
/// Kind curves: how far a step moves each layer's weights, as a share of their norm.
Figure updates_figure(const RunRecord& run);
/// Kind curves: dead and saturated units of each layer, as shares.
Figure units_figure(const RunRecord& run);
/// Kind weights: a histogram of each layer's weights before the first epoch and after each.
Figure weights_figure(const RunRecord& run);

/// Kind curves: processor cores in use and memory of the run's process by time.
Figure machine_figure(const RunRecord& run);

}  // namespace atelier
