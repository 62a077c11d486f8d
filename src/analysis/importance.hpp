// importance.hpp: which parameters of a sweep matter to its metric.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "analysis/correlation.hpp"
#include "analysis/sweep_table.hpp"

namespace atelier {

/// What a way to measure importance has found.
struct Importance {
  struct Parameter {
    std::size_t parameter = 0;         ///< position in the table
    std::optional<double> share = {};  ///< of what all explain together, in [0, 1]; none where nothing is explained
    std::optional<double> low = {}, high = {};  ///< 95 % interval over resampled trials
    Correlation correlation = {};               ///< with the metric; none of a category
  };
  std::string_view method;                 ///< "forest"
  std::vector<Parameter> parameters = {};  ///< those that vary, most important first
  std::size_t trials = 0;                  ///< scored ones
  std::optional<double> explained = {};    ///< R² of trials that the fit has not seen; none where nothing was fitted
};

/// The fewest trials that a forest is grown from.
inline constexpr std::size_t kFewestForImportance = 10;

/// By a random forest from parameters to metric, as W&B does it, and every parameter's share of its gains; a category's
/// values are summed. Unlike there, gains are measured on unseen trials (see `grow_forest`): W&B's own flatter whatever
/// has many values. Intervals by the bootstrap over whole trials. A parameter that takes no part in a trial stands there
/// with one of its values by chance, so that it tells nothing of what it depends on. The same table, the same shares.
Importance forest_importance(const SweepTable& table);

}  // namespace atelier
