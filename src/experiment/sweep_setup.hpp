// sweep_setup.hpp: what the words of a sweep file mean to a recipe.
#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "experiment/recipe.hpp"
#include "track/run.hpp"
#include "tune/study.hpp"
#include "tune/sweep_file.hpp"

namespace atelier {

/// What a sweep improves, by the name that runs record it under.
struct Objective {
  std::string metric = "val_accuracy";  ///< or val_loss, train_loss, train_accuracy, best_val_accuracy, best_val_loss
  bool maximize = true;

  /// The value to be minimised after an epoch, given that of the epoch before: `best_` metrics keep the better one.
  /// Not a number when the metric is not there.
  double loss(const Metrics& epoch, std::optional<double> before) const;
  /// The metric's own value of such a loss.
  double value(double loss) const { return maximize ? -loss : loss; }
};

/// A sweep that Atelier trains by itself: the file's parameters tied to settings.
struct SweepSetup {
  SweepFile file;
  Recipe base;                                 ///< what the parameters leave open
  std::map<std::string, std::string> renamed;  ///< the file's names to ours, as `--map theirs=ours` gave them
  Objective objective;
  std::vector<std::string> notes;  ///< what to know before it begins, one sentence each
};

/// Ties each parameter to the setting of its name, alias or renaming (`width_1`, `width_2` ... are the single hidden
/// layers) and tries its values; ties the metric. An error begins with `file:line:` and names the nearest setting.
Result<SweepSetup> set_up(SweepFile file, Recipe base, std::map<std::string, std::string> renamed);

/// The training that a configuration asks for.
Result<Recipe> recipe_of(const SweepSetup& setup, const Configuration& configuration);

/// "hl_3_bs_16_ac_tanh": initials and values of what is searched.
std::string trial_name(const Space& space, const Configuration& configuration);

}  // namespace atelier
