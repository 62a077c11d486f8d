// picture.hpp: a drawing as SVG text, and as a PNG or SVG file.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "figures/raster.hpp"
#include "figures/terminal.hpp"

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

/// How text stands on its point.
enum class Anchor { start, middle, end };

struct TextStyle {
  double size = 13;
  Anchor anchor = Anchor::start;
  std::string_view colour = "#1f2328";
  bool bold = false;
  double turn = 0;  ///< degrees, clockwise about the point
};

/// Puts SVG elements on white paper. Text is escaped and set in DejaVu Sans.
class Paper {
 public:
  Paper(double width, double height);

  void rect(double x, double y, double width, double height, std::string_view fill);
  void frame(double x, double y, double width, double height, std::string_view stroke);
  void line(double x0, double y0, double x1, double y1, std::string_view stroke);
  /// (x, y) is on the base line.
  void text(double x, double y, std::string_view text, const TextStyle& style = {});
  /// Enlarged without smoothing (librsvg smooths whatever image-rendering says, so the pixels are enlarged here).
  void image(double x, double y, double width, double height, const Raster& raster);

  Picture finish() const;

 private:
  double width_, height_;
  std::string body_;
};

/// "#rrggbb".
std::string hex(Rgb colour);

/// The width of text in DejaVu Sans, in pixels.
double text_width(std::string_view text, double size, bool bold = false);

/// The text cut to this width, with "…".
std::string clip_to_width(std::string_view text, double width, double size, bool bold = false);

}  // namespace atelier
