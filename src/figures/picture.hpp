// picture.hpp: a drawing as SVG text, and as a PNG or SVG file.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "figures/raster.hpp"

namespace atelier {

/// A whole SVG document; the size is in CSS pixels.
struct Picture {
  std::string svg;
  double width = 0, height = 0;
};

/// The picture as pixels on white, `scale` for each of the picture's, rounded up (drawn by librsvg).
Result<Raster> render(const Picture& picture, double scale = 2);

/// The same as the bytes of a PNG file.
Result<std::vector<std::uint8_t>> render_png(const Picture& picture, double scale = 2);

/// Writes the picture whole or not at all; the name's ending, .png or .svg, says how.
Result<void> save(const Picture& picture, const std::filesystem::path& path);

/// The pixels as the bytes of a PNG file, each a square of `zoom` x `zoom`; empty for an invalid raster.
std::vector<std::uint8_t> png_of(const Raster& raster, int zoom = 1);
/// The same as a data URI, for an image inside a document; empty for an invalid raster.
std::string data_uri_of(const Raster& raster, int zoom = 1);

/// The width of text in DejaVu Sans, in pixels.
double text_width(std::string_view text, double size, bool bold = false);

}  // namespace atelier
