// raster.hpp: a small picture as plain bytes.
#pragma once
#include <cstdint>
#include <vector>

namespace atelier {

/// A picture of one (grey) or three (RGB) bytes a pixel, row by row from the top; 0 is black.
struct Raster {
  int width = 0, height = 0, channels = 1;
  std::vector<std::uint8_t> pixels = {};  ///< [height, width, channels]

  bool valid() const {
    return width > 0 && height > 0 && (channels == 1 || channels == 3) &&
           pixels.size() ==
               static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * static_cast<std::size_t>(channels);
  }
  /// Channel c of pixel (x, y); a grey picture has the same value in every channel.
  std::uint8_t at(int x, int y, int c) const {
    return pixels[(static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)) *
                      static_cast<std::size_t>(channels) +
                  static_cast<std::size_t>(channels == 1 ? 0 : c)];
  }
};

}  // namespace atelier
