// decode.hpp: PNG and JPEG bytes to grey bytes.
#pragma once
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

namespace atelier::detail {

/// 8-bit grey, row-major [height, width].
struct GreyBytes {
  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;
};

/// Both return the reason on failure, and allocate nothing for a picture of more than `max_pixels`.
std::expected<GreyBytes, std::string> decode_png(std::span<const std::uint8_t> file, std::size_t max_pixels);
std::expected<GreyBytes, std::string> decode_jpeg(std::span<const std::uint8_t> file, std::size_t max_pixels);

}  // namespace atelier::detail
