// terminal_image.cpp: a strip of pictures drawn on one chafa canvas.
#include "figures/terminal_image.hpp"

#include <chafa.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <string_view>
#include <vector>

namespace atelier {
namespace {

/// RGBA with nothing between the pictures.
struct Canvas {
  int width, height;
  std::vector<std::uint8_t> rgba;
  Canvas(int w, int h) : width(w), height(h), rgba(4 * static_cast<std::size_t>(w) * static_cast<std::size_t>(h)) {}
  std::uint8_t* at(int x, int y) {
    return &rgba[4 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x))];
  }
};

/// The mean of the picture's pixels under one pixel of a w x h enlargement or reduction.
std::uint8_t sampled(const Raster& r, int x, int y, int w, int h, int channel) {
  const auto from = [](int i, int size, int pixels) { return static_cast<int>(static_cast<long>(i) * pixels / size); };
  const int x0 = from(x, w, r.width), x1 = std::max(x0 + 1, from(x + 1, w, r.width));
  const int y0 = from(y, h, r.height), y1 = std::max(y0 + 1, from(y + 1, h, r.height));
  long sum = 0;
  for (int v = y0; v < y1; ++v)
    for (int u = x0; u < x1; ++u) sum += r.at(u, v, channel);
  return static_cast<std::uint8_t>(sum / (static_cast<long>(x1 - x0) * (y1 - y0)));
}

/// The largest w x h of the picture's proportions in the tile, centred.
void paste(Canvas& canvas, const Raster& picture, int left, int tile_w, int tile_h) {
  const double zoom =
      std::min(static_cast<double>(tile_w) / picture.width, static_cast<double>(tile_h) / picture.height);
  const int w = std::clamp(static_cast<int>(std::lround(picture.width * zoom)), 1, tile_w);
  const int h = std::clamp(static_cast<int>(std::lround(picture.height * zoom)), 1, tile_h);
  left += (tile_w - w) / 2;
  const int top = (tile_h - h) / 2;
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x) {
      std::uint8_t* pixel = canvas.at(left + x, top + y);
      for (int c = 0; c < 3; ++c) pixel[c] = sampled(picture, x, y, w, h, c);
      pixel[3] = 255;
    }
}

/// Without colours: one character a cell, denser where brighter.
std::string as_shades(Canvas& canvas, int columns, int rows) {
  constexpr std::string_view ramp = " .:-=+*#%@";
  std::string out;
  const int cell_w = canvas.width / columns, cell_h = canvas.height / rows;
  for (int row = 0; row < rows; ++row) {
    std::string line;
    for (int column = 0; column < columns; ++column) {
      double sum = 0;
      for (int y = 0; y < cell_h; ++y)
        for (int x = 0; x < cell_w; ++x) {
          const std::uint8_t* p = canvas.at(column * cell_w + x, row * cell_h + y);
          sum += 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];
        }
      const double bright = sum / (255.0 * cell_w * cell_h);
      line += ramp[std::min(static_cast<std::size_t>(bright * static_cast<double>(ramp.size())), ramp.size() - 1)];
    }
    while (line.ends_with(' ')) line.pop_back();
    out += line + "\n";
  }
  return out;
}

ChafaPixelMode pixel_mode(Pixels pixels) {
  constexpr std::array modes{CHAFA_PIXEL_MODE_SYMBOLS, CHAFA_PIXEL_MODE_SIXELS, CHAFA_PIXEL_MODE_KITTY,
                             CHAFA_PIXEL_MODE_ITERM2};
  return modes[static_cast<std::size_t>(pixels)];
}

std::string by_chafa(const Canvas& canvas, int columns, int rows, const Terminal& terminal) {
  constexpr std::array modes{CHAFA_CANVAS_MODE_FGBG, CHAFA_CANVAS_MODE_INDEXED_16, CHAFA_CANVAS_MODE_INDEXED_240,
                             CHAFA_CANVAS_MODE_TRUECOLOR};
  ChafaCanvasConfig* config = chafa_canvas_config_new();
  chafa_canvas_config_set_geometry(config, columns, rows);
  chafa_canvas_config_set_cell_geometry(config, terminal.cell_width, terminal.cell_height);
  chafa_canvas_config_set_pixel_mode(config, pixel_mode(terminal.pixels));
  chafa_canvas_config_set_canvas_mode(config, modes[static_cast<std::size_t>(terminal.colour)]);
  chafa_canvas_config_set_optimizations(config, CHAFA_OPTIMIZATION_REUSE_ATTRIBUTES);  // no ECMA-48 REP
  ChafaSymbolMap* symbols = chafa_symbol_map_new();
  chafa_symbol_map_add_by_tags(symbols, static_cast<ChafaSymbolTags>(CHAFA_SYMBOL_TAG_SPACE | CHAFA_SYMBOL_TAG_SOLID |
                                                                     CHAFA_SYMBOL_TAG_HALF | CHAFA_SYMBOL_TAG_QUAD));
  chafa_canvas_config_set_symbol_map(config, symbols);
  ChafaCanvas* drawn = chafa_canvas_new(config);
  chafa_canvas_draw_all_pixels(drawn, CHAFA_PIXEL_RGBA8_UNASSOCIATED, canvas.rgba.data(), canvas.width, canvas.height,
                               canvas.width * 4);
  ChafaTermInfo* info = chafa_term_db_get_fallback_info(chafa_term_db_get_default());
  GString* text = chafa_canvas_print(drawn, info);
  chafa_term_info_unref(info);
  std::string out(text->str, text->len);
  if (!out.ends_with('\n')) out += '\n';
  g_string_free(text, TRUE);
  chafa_canvas_unref(drawn);
  chafa_symbol_map_unref(symbols);
  chafa_canvas_config_unref(config);
  return out;
}

/// A canvas of so many cells, and how it is written.
struct Sheet {
  int columns, rows, cell_w, cell_h;
  const Terminal& terminal;
  Canvas canvas;

  Sheet(int across, int down, const Terminal& t)
      : columns(across),
        rows(down),
        cell_w(t.pixels == Pixels::none ? 8 : t.cell_width),
        cell_h(t.pixels == Pixels::none ? 16 : t.cell_height),
        terminal(t),
        canvas(columns * cell_w, rows * cell_h) {}
  std::string text() {
    return terminal.colour == Colour::none ? as_shades(canvas, columns, rows)
                                           : by_chafa(canvas, columns, rows, terminal);
  }
};

}  // namespace

std::string show_strip(std::span<const Raster* const> pictures, int tile, int gap, const Terminal& terminal) {
  tile = std::clamp(tile, 1, 500);
  const int count = static_cast<int>(pictures.size());
  const int columns = count * tile + std::max(count - 1, 0) * gap, rows = (tile + 1) / 2;
  if (columns < 1) return {};
  Sheet sheet(columns, rows, terminal);
  for (int i = 0; i < count; ++i) {
    const Raster* picture = pictures[static_cast<std::size_t>(i)];
    if (picture && picture->valid())
      paste(sheet.canvas, *picture, i * (tile + gap) * sheet.cell_w, tile * sheet.cell_w, rows * sheet.cell_h);
  }
  return sheet.text();
}

std::string show_picture(const Raster& picture, int width, const Terminal& terminal) {
  const Raster* one[] = {&picture};
  return show_strip(one, width, 0, terminal);
}

std::string show_whole(const Raster& picture, int width, const Terminal& terminal) {
  if (!picture.valid()) return {};
  width = std::clamp(width, 1, 500);
  const double height = std::ceil(width / 2.0 * picture.height / picture.width);  // a cell is twice as high as wide
  Sheet sheet(width, static_cast<int>(std::clamp(height, 1.0, 500.0)), terminal);
  paste(sheet.canvas, picture, 0, sheet.canvas.width, sheet.canvas.height);
  return sheet.text();
}

}  // namespace atelier
