// samples.hpp: one picture per class, taken from a data set.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "data/dataset.hpp"
#include "figures/figure.hpp"
#include "figures/samples.hpp"

namespace atelier {

/// A sample's features as a picture; requires a set of pictures.
Raster picture_of(const Dataset& set, std::size_t sample);

/// A picture for a figure: a data URI, each pixel enlarged to a square so that its longer side has 96 pixels or more.
std::string picture_uri(const Raster& raster);

/// The first sample of each class, or one by chance where a seed is given; a class without samples has an image that is
/// not valid. An error for sets without classes or without pictures.
Result<std::vector<Sample>> samples_of(const Dataset& set, std::optional<std::uint64_t> seed = {});

/// Kind gallery: the samples of a set of this name.
Figure samples_figure(std::string name, std::span<const Sample> samples);

/// The samples as data URIs, for the edge of a confusion matrix; one that is not valid is empty.
std::vector<std::string> uris_of(std::span<const Sample> samples);

}  // namespace atelier
