// first_layer.hpp: the weights of the first layer as pictures of what its units look for.
#pragma once
#include <span>
#include <string>

#include "data/dataset.hpp"
#include "figures/figure.hpp"

namespace atelier {

/// Kind gallery: one picture a unit, from weights [inputs, units] row by row; those with the largest norm first. Red is
/// above zero, blue below, white zero; one scale for all, up to the 99.5th percentile of |w|. Channels are averaged.
/// Requires a shape with as many values as there are inputs.
Figure first_layer_figure(std::span<const float> weights, std::size_t units, const ImageShape& image,
                          std::string caption, std::size_t at_most = 64);

}  // namespace atelier
