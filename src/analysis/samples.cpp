// samples.cpp: choosing the samples and turning them into pictures.
#include "analysis/samples.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.hpp"
#include "figures/picture.hpp"

namespace atelier {
namespace {

/// One sample of each class: the first one, or by chance where a seed is given. A class without samples has none.
std::vector<std::optional<std::size_t>> one_of_each(const Dataset& set, std::optional<std::uint64_t> seed) {
  std::vector<std::vector<std::size_t>> members(set.outputs());
  for (std::size_t i = 0; i < set.size(); i++) members[static_cast<std::size_t>(set.label(i))].push_back(i);
  std::vector<std::optional<std::size_t>> chosen(members.size());
  for (std::size_t c = 0; c < members.size(); c++) {
    if (members[c].empty()) continue;
    const auto count = static_cast<std::uint32_t>(members[c].size());
    chosen[c] = members[c][seed ? Philox(*seed, stream::of(stream::split, c)).below(count, 0) : 0];
  }
  return chosen;
}

}  // namespace

Raster picture_of(const Dataset& set, std::size_t sample) {
  const ImageShape& shape = set.image();
  std::vector<float> features(set.width());
  set.features(sample, features);
  Raster raster{shape.width, shape.height, shape.channels, {}};
  for (const float value : features)
    raster.pixels.push_back(static_cast<std::uint8_t>(std::lround(std::fmin(std::fmax(value, 0), 1) * 255)));
  return raster;
}

std::string picture_uri(const Raster& raster) {
  constexpr int side = 96;
  const int longer = std::max({raster.width, raster.height, 1});
  return data_uri_of(raster, (side + longer - 1) / longer);
}

Result<std::vector<Sample>> samples_of(const Dataset& set, std::optional<std::uint64_t> seed) {
  if (!set.is_classification())
    return fail(Trouble::data, fmt::format("{} has no classes", set.name()), "its targets are numbers",
                "samples shows sets of pictures with classes");
  if (set.image().width == 0)
    return fail(Trouble::data, fmt::format("{} has no pictures", set.name()),
                fmt::format("a sample is {} plain values", set.width()), "samples shows sets of pictures");
  std::vector<Sample> samples;
  const auto chosen = one_of_each(set, seed);
  for (std::size_t c = 0; c < chosen.size(); c++)
    samples.push_back({set.class_names()[c], chosen[c] ? picture_of(set, *chosen[c]) : Raster{}});
  return samples;
}

Figure samples_figure(std::string name, std::span<const Sample> samples) {
  Figure figure{
      .figure = "samples", .kind = "gallery", .title = std::move(name), .caption = "one picture of each class"};
  // Rows of even length where that leaves few gaps.
  figure.data = {{"columns", samples.size() <= 6    ? std::max<std::size_t>(samples.size(), 1)
                             : samples.size() <= 30 ? 5
                                                    : 10},
                 {"tiles", nlohmann::ordered_json::array()}};
  for (const Sample& sample : samples) {
    nlohmann::ordered_json picture;
    if (sample.image.valid()) picture = picture_uri(sample.image);
    figure.data["tiles"].push_back({{"picture", std::move(picture)}, {"title", sample.name}});
  }
  return figure;
}

std::vector<std::string> uris_of(std::span<const Sample> samples) {
  std::vector<std::string> uris;
  for (const Sample& sample : samples) uris.push_back(picture_uri(sample.image));
  return uris;
}

}  // namespace atelier
