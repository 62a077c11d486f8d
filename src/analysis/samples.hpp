// samples.hpp: one picture per class, taken from a data set.
#pragma once
#include <cstdint>
#include <optional>

#include "base/error.hpp"
#include "data/dataset.hpp"
#include "figures/samples.hpp"

namespace atelier {

/// A sample's features as a picture; requires a set of pictures.
Raster picture_of(const Dataset& set, std::size_t sample);

/// The first sample of each class, or one by chance where a seed is given; a class without samples has an empty
/// frame. An error for sets without classes or without pictures.
Result<SamplesFigure> samples_figure(const Dataset& set, std::optional<std::uint64_t> seed = {});

}  // namespace atelier
