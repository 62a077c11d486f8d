// sweep_setup.hpp: what the words of a sweep file mean to a recipe.
#pragma once
#include <filesystem>
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
  /// Of a training: val_accuracy, val_loss, train_loss, train_accuracy, best_val_accuracy or best_val_loss.
  std::string metric = "val_accuracy";
  bool maximize = true;

  /// The value to be minimised after an epoch, given that of the epoch before: `best_` metrics keep the better one.
  /// Not a number when the metric is not there.
  double loss(const Metrics& epoch, std::optional<double> before) const;
  /// The metric's own value of such a loss.
  double value(double loss) const { return maximize ? -loss : loss; }
};

/// The program that a sweep runs instead of a training. Its parameters are its own affair.
struct ProgramSetup {
  std::filesystem::path folder;                ///< it runs in
  std::vector<std::string> metric_names = {};  ///< what else its lines may call the metric, best first
  std::optional<std::string> epochs = {};      ///< the parameter that says how many epochs it will tell of
};

/// What a sweep's words mean: parameters tied to settings, or handed to a program.
struct SweepSetup {
  SweepFile file;
  Recipe base;                                 ///< of a training: what the parameters leave open
  std::map<std::string, std::string> renamed;  ///< the file's names to ours, as `--map theirs=ours` gave them
  Objective objective;
  std::vector<std::string> notes;            ///< what to know before it begins, one sentence each
  std::optional<ProgramSetup> program = {};  ///< absent where Atelier trains by itself
};

/// Ties each parameter to the setting of its name, alias or renaming (`width_1`, `width_2` ... are the single hidden
/// layers) and tries its values; ties the metric. An error begins with `file:line:` and names the nearest setting.
Result<SweepSetup> set_up(SweepFile file, Recipe base, std::map<std::string, std::string> renamed);

/// Ties a sweep file to its program, run in `folder`: the metric by the file's own name. `renamed` may give the metric the
/// name that the program has for it, and say which parameter is its `epochs`. An error for what a program cannot do.
Result<SweepSetup> set_up_program(SweepFile file, std::filesystem::path folder,
                                  std::map<std::string, std::string> renamed);
/// Whether its decisions can only be made as results come in: how long a program will take is not known, unless it
/// declares its epochs and nothing looks at it between.
bool needs_async(const SweepSetup& setup);
/// What a configuration costs that a program runs; `kOpenEnd` epochs where it does not say.
Result<Effort> program_effort(const SweepSetup& setup, const Configuration& configuration);
inline constexpr int kOpenEnd = 1 << 30;

/// Other names of a metric, of those that trainings usually have; empty for one that is not usual.
std::vector<std::string> metric_aliases(std::string_view name);
/// The names under which runs keep settings and metrics, by their other names: lr is learning_rate, val_acc val_accuracy.
std::map<std::string, std::string> value_aliases();

/// The training that a configuration asks for. An error where the sweep runs a program.
Result<Recipe> recipe_of(const SweepSetup& setup, const Configuration& configuration);

/// "hl_3_bs_16_ac_tanh": initials and values of what is searched.
std::string trial_name(const Space& space, const Configuration& configuration);

}  // namespace atelier
