// picture.cpp: pictures from PNG and JPEG files, made to look like those of a data set; and PNG files written.
#include "data/picture.hpp"

#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <new>

#include "base/files.hpp"
#include "data/detail/decode.hpp"

namespace atelier {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{64} << 20;

bool starts_with(std::span<const std::uint8_t> bytes, std::initializer_list<std::uint8_t> magic) {
  return bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), bytes.begin());
}

/// The mean of the pixels that have no neighbour on some side.
float border_mean(const GreyPicture& p) {
  double sum = 0;
  int count = 0;
  for (int y = 0; y < p.height; ++y)
    for (int x = 0; x < p.width; ++x) {
      if (y > 0 && y < p.height - 1 && x == 1 && p.width > 2) x = p.width - 1;  // skip the inside of a row
      sum += p.grey[static_cast<std::size_t>(y) * static_cast<std::size_t>(p.width) + static_cast<std::size_t>(x)];
      ++count;
    }
  return count ? static_cast<float>(sum / count) : 0;
}

/// For each of `to` equal cells laid over `from` pixels: the first pixel it touches, and the share that each of the
/// pixels it touches has in it.
struct Cell {
  std::size_t first;
  std::vector<double> shares;
};

std::vector<Cell> cells(std::size_t from, std::size_t to) {
  std::vector<Cell> all;
  const double step = static_cast<double>(from) / static_cast<double>(to);
  for (std::size_t i = 0; i < to; ++i) {
    // In whole units of 1/to pixel, so that the edges are exact.
    const std::size_t low = i * from, high = (i + 1) * from;
    Cell cell{low / to, {}};
    for (std::size_t p = cell.first; p * to < high; ++p) {
      const std::size_t covered = std::min(high, (p + 1) * to) - std::max(low, p * to);
      cell.shares.push_back(static_cast<double>(covered) / static_cast<double>(to) / step);
    }
    all.push_back(std::move(cell));
  }
  return all;
}

/// The largest size of these proportions that fits into the frame.
FittedPicture::Size inner_size(const GreyPicture& p, const ImageShape& frame) {
  const double scale =
      std::min(static_cast<double>(frame.width) / p.width, static_cast<double>(frame.height) / p.height);
  const auto side = [scale](int length, int limit) {
    return std::clamp(static_cast<int>(std::lround(length * scale)), 1, limit);
  };
  return {side(p.width, frame.width), side(p.height, frame.height)};
}

/// `inner` in the middle of a frame filled with `fill`.
std::vector<float> centred(const GreyPicture& inner, const ImageShape& frame, float fill) {
  std::vector<float> out(static_cast<std::size_t>(frame.width) * static_cast<std::size_t>(frame.height), fill);
  const int left = (frame.width - inner.width) / 2, top = (frame.height - inner.height) / 2;
  for (int y = 0; y < inner.height; ++y)
    std::copy_n(inner.grey.begin() + std::ptrdiff_t{y} * inner.width, inner.width,
                out.begin() + std::ptrdiff_t{top + y} * frame.width + left);
  return out;
}

}  // namespace

Result<GreyPicture> read_picture(const fs::path& path) {
  const auto bytes = read_file(path, kMaxFileBytes);
  if (!bytes) return std::unexpected(bytes.error());
  const bool png = starts_with(*bytes, {0x89, 'P', 'N', 'G'}), jpeg = starts_with(*bytes, {0xff, 0xd8, 0xff});
  if (!png && !jpeg)
    return fail(Trouble::data, "not a picture that is read", path.string() + " is neither a PNG nor a JPEG file",
                "convert it to one of them");
  try {
    const auto grey = png ? detail::decode_png(*bytes, kMaxPixels) : detail::decode_jpeg(*bytes, kMaxPixels);
    if (!grey)
      return fail(Trouble::data, "a picture cannot be read", fmt::format("{}: {}", path.string(), grey.error()),
                  "open it in another program and save it again");
    GreyPicture picture{grey->width, grey->height, std::vector<float>(grey->pixels.size())};
    constexpr float scale = 1.0f / 255;
    std::ranges::transform(grey->pixels, picture.grey.begin(),
                           [](std::uint8_t b) { return static_cast<float>(b) * scale; });
    return picture;
  } catch (const std::bad_alloc&) {
    return fail(Trouble::data, "not enough memory", path.string() + " does not fit", "use a smaller picture");
  }
}

bool dark_on_light(const GreyPicture& picture) { return border_mean(picture) > 0.5f; }

GreyPicture resize_by_area(const GreyPicture& picture, int width, int height) {
  const auto w = static_cast<std::size_t>(picture.width), h = static_cast<std::size_t>(picture.height);
  const auto columns = cells(w, static_cast<std::size_t>(width)), rows = cells(h, static_cast<std::size_t>(height));
  std::vector<double> narrow(h * columns.size());
  for (std::size_t y = 0; y < h; ++y)
    for (std::size_t x = 0; x < columns.size(); ++x)
      for (std::size_t k = 0; k < columns[x].shares.size(); ++k)
        narrow[y * columns.size() + x] += columns[x].shares[k] * picture.grey[y * w + columns[x].first + k];
  GreyPicture out{width, height, {}};
  out.grey.reserve(rows.size() * columns.size());
  for (const Cell& row : rows)
    for (std::size_t x = 0; x < columns.size(); ++x) {
      double sum = 0;
      for (std::size_t k = 0; k < row.shares.size(); ++k)
        sum += row.shares[k] * narrow[(row.first + k) * columns.size() + x];
      out.grey.push_back(static_cast<float>(std::clamp(sum, 0.0, 1.0)));
    }
  return out;
}

Result<FittedPicture> fit_picture(GreyPicture picture, const ImageShape& shape) {
  if (shape.width < 1 || shape.height < 1 || shape.channels != 1)
    return fail(
        Trouble::data, "the model does not take grey pictures",
        fmt::format("it was trained on samples of shape {} x {} x {}", shape.height, shape.width, shape.channels));
  if (picture.width < 1 || picture.height < 1)
    return fail(Trouble::data, "an empty picture", fmt::format("it is {} x {} pixels", picture.width, picture.height));
  FittedPicture fitted;
  fitted.inverted = dark_on_light(picture);
  if (fitted.inverted)
    for (float& v : picture.grey) v = 1 - v;
  if (picture.width == shape.width && picture.height == shape.height) {
    fitted.features = std::move(picture.grey);
    return fitted;
  }
  fitted.resized_from = {picture.width, picture.height};
  const auto [width, height] = inner_size(picture, shape);
  fitted.features = centred(resize_by_area(picture, width, height), shape, border_mean(picture));
  return fitted;
}

Result<void> write_png(const fs::path& path, int width, int height, std::span<const std::uint8_t> pixels) {
  const std::size_t count =
      width > 0 && height > 0 ? static_cast<std::size_t>(width) * static_cast<std::size_t>(height) : 0;
  if (count == 0 || count > kMaxPixels || (pixels.size() != count && pixels.size() != 3 * count))
    return fail(Trouble::data, "cannot write a picture",
                fmt::format("{}: {} bytes are neither grey nor RGB for {} x {} pixels", path.string(), pixels.size(),
                            width, height));
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = pixels.size() == count ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::vector<std::uint8_t> file(size);
  if (!png_image_write_to_memory(&image, file.data(), &size, 0, pixels.data(), 0, nullptr))
    return fail(Trouble::data, "cannot write a picture", fmt::format("{}: {}", path.string(), image.message));
  return write_file_atomically(path, std::span<const std::uint8_t>(file).first(size));
}

}  // namespace atelier
