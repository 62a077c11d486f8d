// confusion_figure.hpp: which classes are taken for which, as data and as a picture.
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "figures/picture.hpp"

namespace atelier {

struct ConfusionFigure {
  std::string title = {}, caption = {};
  std::vector<std::string> names = {};                  ///< in the order they are drawn
  std::vector<std::vector<std::uint64_t>> counts = {};  ///< [true class][answer], in that order; square
  std::vector<std::string> remarks = {};                ///< sentences under the matrix
};

nlohmann::ordered_json to_json(const ConfusionFigure& figure);

/// A matrix of true class by answer: colour is the share of the row, darker for more, with its root as the measure so
/// that rare mistakes can be seen; numbers are counts; recall stands at the end of a row, precision under a column.
Picture draw(const ConfusionFigure& figure);

}  // namespace atelier
