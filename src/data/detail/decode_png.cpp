// decode_png.cpp: PNG bytes to grey bytes, by libpng's simplified interface (which needs no setjmp).
#include <fmt/format.h>
#include <png.h>

#include <memory>

#include "data/detail/decode.hpp"

namespace atelier::detail {
namespace {

/// Luma by ITU-R BT.601 in 16-bit fixed point (the weights sum to 65536, so that grey stays itself), on white.
std::uint8_t grey_on_white(const png_byte* rgba) {
  const unsigned luma = (19595u * rgba[0] + 38470u * rgba[1] + 7471u * rgba[2] + 32768u) >> 16;
  const unsigned alpha = rgba[3];
  return static_cast<std::uint8_t>((luma * alpha + 255u * (255u - alpha) + 127u) / 255u);
}

}  // namespace

std::expected<GreyBytes, std::string> decode_png(std::span<const std::uint8_t> file, std::size_t max_pixels) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  const std::unique_ptr<png_image, void (*)(png_image*)> freed(&image, [](png_image* p) { png_image_free(p); });
  if (!png_image_begin_read_from_memory(&image, file.data(), file.size())) return std::unexpected(image.message);
  const std::size_t count = std::size_t{image.width} * image.height;
  if (count > max_pixels) return std::unexpected(fmt::format("{} x {} pixels are too many", image.width, image.height));

  image.format = PNG_FORMAT_RGBA;
  image.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;  // without it, 16-bit files would be taken as linear light
  std::vector<png_byte> rgba(4 * count);
  if (!png_image_finish_read(&image, nullptr, rgba.data(), 0, nullptr)) return std::unexpected(image.message);
  GreyBytes grey{static_cast<int>(image.width), static_cast<int>(image.height), std::vector<std::uint8_t>(count)};
  for (std::size_t i = 0; i < count; ++i) grey.pixels[i] = grey_on_white(rgba.data() + 4 * i);
  return grey;
}

}  // namespace atelier::detail
