// first_layer.cpp: columns of a weight matrix as pictures.
#include "analysis/first_layer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "analysis/samples.hpp"
#include "figures/progress.hpp"

namespace atelier {
namespace {

using Colour = std::array<double, 3>;

// The ends and the middle of ColorBrewer's RdBu (Brewer 2003): told apart by the colour-blind, too.
constexpr Colour kBelow{33, 102, 172}, kZero{247, 247, 247}, kAbove{178, 24, 43};

/// t in [-1, 1].
void put(std::vector<std::uint8_t>& pixels, double t) {
  const Colour& end = t < 0 ? kBelow : kAbove;
  for (std::size_t c = 0; c < 3; c++)
    pixels.push_back(static_cast<std::uint8_t>(std::lround(kZero[c] + std::abs(t) * (end[c] - kZero[c]))));
}

/// The value that so large a share of |w| does not exceed.
double percentile(std::span<const float> weights, double share) {
  std::vector<float> sizes(weights.begin(), weights.end());
  for (float& w : sizes) w = std::abs(w);
  const auto place = static_cast<std::ptrdiff_t>(share * static_cast<double>(sizes.size() - 1));
  std::nth_element(sizes.begin(), sizes.begin() + place, sizes.end());
  return static_cast<double>(sizes[static_cast<std::size_t>(place)]);
}

Raster picture_of_unit(std::span<const float> weights, std::size_t units, std::size_t unit, const ImageShape& image,
                       double scale) {
  Raster raster{.width = image.width, .height = image.height, .channels = 3};
  const auto channels = static_cast<std::size_t>(image.channels);
  for (std::size_t p = 0; p < weights.size() / units / channels; p++) {
    double sum = 0;
    for (std::size_t c = 0; c < channels; c++)
      sum += static_cast<double>(weights[(p * channels + c) * units + unit]) / static_cast<double>(channels);
    put(raster.pixels, scale > 0 ? std::clamp(sum / scale, -1.0, 1.0) : 0);
  }
  return raster;
}

}  // namespace

Figure first_layer_figure(std::span<const float> weights, std::size_t units, const ImageShape& image,
                          std::string caption, std::size_t at_most) {
  std::vector<double> norms(units);
  for (std::size_t i = 0; i < weights.size(); i++)
    norms[i % units] += static_cast<double>(weights[i]) * static_cast<double>(weights[i]);
  for (double& norm : norms) norm = std::sqrt(norm);
  std::vector<std::size_t> order(units);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t u) { return norms[u]; });
  const double scale = percentile(weights, 0.995);
  const std::size_t shown = std::min(units, at_most);

  Figure figure{.figure = "first_layer", .kind = "gallery", .caption = std::move(caption)};
  figure.data = {{"columns", 8}, {"tiles", nlohmann::ordered_json::array()}};
  for (const std::size_t unit : std::span(order).first(shown))
    figure.data["tiles"].push_back({{"picture", picture_uri(picture_of_unit(weights, units, unit, image, scale))},
                                    {"title", fmt::format("unit {}", unit + 1)},
                                    {"detail", fmt::format("norm {}", brief_number(norms[unit]))}});
  figure.title = fmt::format("What {} units of the first layer look for; their norms go from {} to {}", grouped(units),
                             brief_number(norms[order.back()]), brief_number(norms[order.front()]));
  figure.words.push_back(
      fmt::format("Red pixels speak for a unit, blue ones against it, white ones do not count; full "
                  "colour is a weight of ±{}.",
                  brief_number(scale)));
  if (shown < units)
    figure.words.push_back(fmt::format("The {} units with the largest norm are shown.", grouped(shown)));
  return figure;
}

}  // namespace atelier
