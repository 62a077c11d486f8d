// picture.cpp: SVG elements, and librsvg's rendering of them.
#include "figures/picture.hpp"

#include <cairo.h>
#include <fmt/format.h>
#include <librsvg/rsvg.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include "base/files.hpp"
#include "figures/text.hpp"

namespace atelier {
namespace {

template <auto release>
struct Release {
  template <class T>
  void operator()(T* thing) const {
    release(thing);
  }
};
using Surface = std::unique_ptr<cairo_surface_t, Release<cairo_surface_destroy>>;
using Context = std::unique_ptr<cairo_t, Release<cairo_destroy>>;
using Handle = std::unique_ptr<RsvgHandle, Release<g_object_unref>>;

std::vector<std::uint8_t> png_bytes(cairo_surface_t* surface) {
  std::vector<std::uint8_t> bytes;
  const auto append = [](void* to, const unsigned char* data, unsigned size) {
    static_cast<std::vector<std::uint8_t>*>(to)->insert(static_cast<std::vector<std::uint8_t>*>(to)->end(), data,
                                                        data + size);
    return CAIRO_STATUS_SUCCESS;
  };
  if (cairo_surface_write_to_png_stream(surface, append, &bytes) != CAIRO_STATUS_SUCCESS) bytes.clear();
  return bytes;
}

/// The pixels of an RGB24 surface.
Raster raster_of(cairo_surface_t* surface) {
  cairo_surface_flush(surface);
  Raster raster{.width = cairo_image_surface_get_width(surface),
                .height = cairo_image_surface_get_height(surface),
                .channels = 3};
  raster.pixels.reserve(3 * static_cast<std::size_t>(raster.width) * static_cast<std::size_t>(raster.height));
  for (int y = 0; y < raster.height; ++y) {
    const unsigned char* row =
        cairo_image_surface_get_data(surface) + std::ptrdiff_t{y} * cairo_image_surface_get_stride(surface);
    for (int x = 0; x < raster.width; ++x) {
      std::uint32_t pixel = 0;
      std::memcpy(&pixel, row + 4 * x, 4);
      for (const int shift : {16, 8, 0}) raster.pixels.push_back(static_cast<std::uint8_t>(pixel >> shift & 0xff));
    }
  }
  return raster;
}

Error drawing_error(std::string detail) {
  return {Trouble::file, "the picture cannot be drawn", std::move(detail), {}};
}

Error librsvg_error(GError* error) {
  Error out = drawing_error(error ? error->message : "librsvg gave no reason");
  if (error) g_error_free(error);
  return out;
}

std::string base64(const std::vector<std::uint8_t>& bytes) {
  gchar* text = g_base64_encode(bytes.data(), bytes.size());
  std::string out = text;
  g_free(text);
  return out;
}

}  // namespace

Result<Raster> render(const Picture& picture, double scale) {
  const double width = std::ceil(picture.width * scale), height = std::ceil(picture.height * scale);
  if (!(width >= 1 && height >= 1 && width <= 32000 && height <= 32000))
    return std::unexpected(drawing_error(fmt::format("it would be {:.0f} x {:.0f} pixels", width, height)));
  GError* error = nullptr;
  const auto* bytes = reinterpret_cast<const guint8*>(picture.svg.data());
  const Handle handle(rsvg_handle_new_from_data(bytes, picture.svg.size(), &error));
  if (!handle) return std::unexpected(librsvg_error(error));

  const Surface surface(
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(width), static_cast<int>(height)));
  const Context context(cairo_create(surface.get()));
  cairo_set_source_rgb(context.get(), 1, 1, 1);
  cairo_paint(context.get());
  const RsvgRectangle page{0, 0, width, height};
  if (!rsvg_handle_render_document(handle.get(), context.get(), &page, &error))
    return std::unexpected(librsvg_error(error));
  return raster_of(surface.get());
}

Result<std::vector<std::uint8_t>> render_png(const Picture& picture, double scale) {
  const auto raster = render(picture, scale);
  if (!raster) return std::unexpected(raster.error());
  std::vector<std::uint8_t> png = png_of(*raster);
  if (png.empty()) return std::unexpected(drawing_error("cairo could not write a PNG"));
  return png;
}

Result<void> save(const Picture& picture, const std::filesystem::path& path) {
  if (path.extension() == ".svg") return write_file_atomically(path, std::string_view(picture.svg));
  if (path.extension() != ".png")
    return fail(Trouble::usage, "a picture is saved as .png or .svg", fmt::format("found {}", path.string()));
  auto png = render_png(picture);
  if (!png) return pass_on(png);
  return write_file_atomically(path, std::span<const std::uint8_t>(*png));
}

std::vector<std::uint8_t> png_of(const Raster& raster, int zoom) {
  if (!raster.valid() || zoom < 1 || std::max(raster.width, raster.height) > 32000 / zoom) return {};
  const int width = raster.width * zoom, height = raster.height * zoom;
  const Surface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height));
  if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS) return {};
  unsigned char* data = cairo_image_surface_get_data(surface.get());
  const std::ptrdiff_t stride = cairo_image_surface_get_stride(surface.get());
  const auto pixel = [&raster](int x, int y) {
    return static_cast<std::uint32_t>(raster.at(x, y, 0) << 16 | raster.at(x, y, 1) << 8 | raster.at(x, y, 2));
  };
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) reinterpret_cast<std::uint32_t*>(data + y * stride)[x] = pixel(x / zoom, y / zoom);
  cairo_surface_mark_dirty(surface.get());
  return png_bytes(surface.get());
}

std::string data_uri_of(const Raster& raster, int zoom) {
  return raster.valid() ? "data:image/png;base64," + base64(png_of(raster, zoom)) : std::string();
}

double text_width(std::string_view text, double size, bool bold) {
  // Without hints: the widths of a printed page, the same on every screen.
  thread_local const Context context = [] {
    const Surface surface(cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1));
    Context made(cairo_create(surface.get()));
    const std::unique_ptr<cairo_font_options_t, Release<cairo_font_options_destroy>> options(
        cairo_font_options_create());
    cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(made.get(), options.get());
    return made;
  }();
  if (!(size > 0 && size <= 1000)) return 0;
  cairo_select_font_face(context.get(), "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                         bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(context.get(), size);
  cairo_text_extents_t extents;
  cairo_text_extents(context.get(), printable(text).c_str(), &extents);
  return extents.x_advance;
}

}  // namespace atelier
