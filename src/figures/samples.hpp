// samples.hpp: named pictures side by side on the terminal.
#pragma once
#include <span>
#include <string>

#include "figures/raster.hpp"
#include "figures/terminal.hpp"

namespace atelier {

struct Sample {
  std::string name;
  Raster image = {};  ///< one that is not valid leaves its place empty
};

/// As many samples side by side as fit, names below.
std::string show(std::span<const Sample> samples, const Terminal& terminal);

}  // namespace atelier
