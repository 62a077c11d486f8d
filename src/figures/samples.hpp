// samples.hpp: one picture per class, as data, as a picture and on the terminal.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "figures/picture.hpp"
#include "figures/raster.hpp"
#include "figures/terminal.hpp"

namespace atelier {

struct Sample {
  std::string name;
  Raster image = {};  ///< one that is not valid is drawn as an empty frame
};

struct SamplesFigure {
  std::string title = {}, caption = {};
  std::vector<Sample> samples = {};
};

nlohmann::ordered_json to_json(const SamplesFigure& figure);

/// A labelled grid on white paper, every pixel enlarged to a square.
Picture draw(const SamplesFigure& figure);

/// The grid for the terminal: as many samples side by side as fit, names below.
std::string show(const SamplesFigure& figure, const Terminal& terminal);

}  // namespace atelier
