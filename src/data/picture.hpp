// picture.hpp: pictures from PNG and JPEG files, made to look like those of a data set; and PNG files written.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "base/error.hpp"
#include "data/dataset.hpp"

namespace atelier {

/// Grey values in [0, 1], row-major [height, width]; 0 is black.
struct GreyPicture {
  int width = 0, height = 0;
  std::vector<float> grey;
  bool operator==(const GreyPicture&) const = default;
};

/// The most pixels that a picture file may have, before and after decoding.
inline constexpr std::size_t kMaxPixels = std::size_t{40} << 20;

/// Reads a PNG or JPEG file, told apart by its first bytes. Colours become luma (ITU-R BT.601); what is transparent
/// lies on white. Grey 8-bit values are exactly those a Dataset gives for the same bytes. A file that is damaged, cut
/// short, larger than 64 MiB or than kMaxPixels is an Error.
Result<GreyPicture> read_picture(const std::filesystem::path& path);

/// Is it drawn dark on light? The mean of its outermost pixels is above one half: true of none of the 120,000
/// training pictures of MNIST and Fashion-MNIST, all of them light on dark.
bool dark_on_light(const GreyPicture& picture);

/// Each new pixel is the mean of the area it covers in the old picture (growing repeats pixels). Sizes at least 1.
GreyPicture resize_by_area(const GreyPicture& picture, int width, int height);

/// A picture as a network takes it, and what was done to it.
struct FittedPicture {
  struct Size {
    int width, height;
    bool operator==(const Size&) const = default;
  };
  std::vector<float> features;       ///< [height * width] in [0, 1]
  std::optional<Size> resized_from;  ///< nothing: it had the right size
  bool inverted = false;
};

/// Inverts what is dark on light, and resizes it to the data set's shape; proportions are kept, and the sides that
/// stay empty take the mean of the picture's border. An Error when the data set has no grey pictures.
Result<FittedPicture> fit_picture(GreyPicture picture, const ImageShape& shape);

/// Writes a PNG, atomically. `pixels` are 8-bit grey [height, width] or RGB [height, width, 3], told apart by their
/// number.
Result<void> write_png(const std::filesystem::path& path, int width, int height, std::span<const std::uint8_t> pixels);

}  // namespace atelier
