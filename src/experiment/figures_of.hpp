// figures_of.hpp: the figures of what a workspace holds, made from its records.
#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "analysis/sweep_table.hpp"
#include "figures/figure.hpp"
#include "track/store.hpp"

namespace atelier {

/// A workspace that is looked at: its folder and its store, which may be read-only.
struct WorkspaceView {
  std::filesystem::path folder;
  Store& store;
};

/// What can be asked of a figure beyond its name; a figure takes what concerns it.
struct FigureOptions {
  std::string x = {}, y = {};  ///< contour: parameters by name; empty: the most important ones
  bool test = false;           ///< what is measured with a run's model: on the test set, not the validation split
  std::string truth = {}, answer = {};  ///< cell: two classes, by name or number
};

/// What a sweep tried and what came out, as its trials stand. An error when its record is damaged.
Result<SweepTable> sweep_table_of(Store& store, const Sweep& sweep);

/// The figures that a sweep has, as `atelier plot` names them.
std::span<const std::string_view> sweep_figure_names();

/// A figure of a sweep, by its id, as its trials stand. Where they have shown nothing yet, the figure says so in its
/// title and holds no data. `curves` and `confusion` are those of its best trial, and an error while there is none. A name
/// or parameter that is not known is an error that names the nearest.
Result<Figure> figure_of_sweep(const WorkspaceView& workspace, const std::string& sweep, std::string_view name,
                               const FigureOptions& options = {});

/// The figures that a run has, as `atelier plot` names them.
std::span<const std::string_view> run_figure_names();

/// A figure of a run, as it stands: curves, gradients, updates, units, weights and machine from its records alone, the
/// others by its best model so far and the data it was trained on. `cell` shows the samples of one class that got one
/// answer. Records that are not there make a figure that says so and holds no data. Errors: a name that is not known (it
/// names the nearest), a run without a model, data that are gone, a figure that a regression or samples that are no
/// pictures cannot have.
Result<Figure> figure_of_run(const WorkspaceView& workspace, const std::string& run, std::string_view name,
                             const FigureOptions& options = {});

}  // namespace atelier
