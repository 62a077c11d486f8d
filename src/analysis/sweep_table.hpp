// sweep_table.hpp: a sweep as a table: what was tried, and what came out.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "track/run.hpp"

namespace atelier {

/// All that a figure of a sweep is made from, as plain data.
struct SweepTable {
  /// A column of what was tried.
  struct Parameter {
    enum class Kind { numeric, log, integer, category };  ///< log: numbers that are compared by their logarithms
    std::string name;                                     ///< as the sweep file has it
    std::string label;                                    ///< as a person reads it: "learning rate"
    Kind kind = Kind::numeric;
    std::vector<std::string> values = {};  ///< of a category
  };
  struct Metric {
    std::string name = {}, label = {};
    bool maximize = true;
    bool share = false;         ///< in [0, 1], told in percent
    std::uint64_t samples = 0;  ///< that each value is the mean of; 0: not known
    std::string set = {};       ///< the data it was measured on; may be empty
  };
  struct Trial {
    std::uint64_t number = 0;
    std::string run = {}, name = {};
    RunState state = RunState::finished;
    std::string reason = {};
    bool random = false;  ///< drawn whatever the trials before had shown
    /// One a parameter: the number, or the position of a category's value; none where the parameter takes no part.
    std::vector<std::optional<double>> values = {};
    std::optional<double> metric = {};               ///< after its last epoch
    std::vector<std::optional<double>> others = {};  ///< one a further metric
    std::optional<double> seconds = {};
    int epochs = 0;
  };

  std::string name = {};  ///< of the sweep
  std::vector<Parameter> parameters = {};
  Metric metric = {};
  std::vector<std::string> others = {};  ///< labels of further metrics
  bool adaptive = false;                 ///< its sampler went by what earlier trials had shown
  std::vector<Trial> trials = {};        ///< by number
  std::optional<std::size_t> best = {};  ///< position of the best trial; none while there is no score
};

/// Whether a trial's metric is a result to compare: a finite number, of a trial that neither diverged nor failed.
bool is_scored(const SweepTable::Trial& trial);
/// Positions of the trials that are scored, in their order.
std::vector<std::size_t> scored_trials(const SweepTable& table);
/// Positions of the parameters that have at least two values among these trials, or have one in some of them alone.
std::vector<std::size_t> varying_parameters(const SweepTable& table, const std::vector<std::size_t>& trials);

/// A parameter's value as text: "0.001", "relu"; numbers of many digits in three of them.
std::string value_text(const SweepTable::Parameter& parameter, double value);
/// A value of the metric as text, with its doubt where that is known: "89.6 % ± 0.4", "0.247".
std::string metric_text(const SweepTable::Metric& metric, double value);

/// A name in words: "val_accuracy" is "validation accuracy".
std::string label_of(std::string_view name);

}  // namespace atelier
