// safetensors.hpp: named tensors in one file, in the safetensors format.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace atelier {

/// A named array in row-major order. Does not own its bytes; an empty shape is a single value.
struct Tensor {
  std::string name;   ///< UTF-8, unique in its file
  std::string dtype;  ///< as the format spells it: "F32", "F64", "U8", ...
  std::vector<std::size_t> shape;
  std::span<const std::byte> bytes;  ///< little-endian; aligned to the element when it comes from a TensorFile
};

/// What a file holds. Cheap to copy; every copy keeps the bytes of all tensors alive. Safe to read from any thread.
struct TensorFile {
  std::vector<Tensor> tensors;  ///< in the order of their data in the file
  std::map<std::string, std::string> metadata;
  std::shared_ptr<const void> keeper;  ///< owns the mapping, and the copies of tensors that lie unaligned in it

  /// The tensor of this name, or nullptr.
  const Tensor* find(std::string_view name) const;
};

/// How much of a file is believed before it is refused.
struct SafetensorsLimits {
  std::size_t header_bytes = std::size_t{16} << 20;
  std::size_t entries = 100'000;  ///< tensors; lines of metadata
  std::size_t dimensions = 32;
  std::size_t copied_bytes = std::size_t{1} << 30;  ///< of tensors that lie unaligned for their type
};

/// Puts the tensors, in this order, and the metadata into a file, whole or not at all (see write_file_atomically). The
/// data start at a multiple of 64 bytes; no holes are allowed between tensors, so give wider types first. What
/// read_safetensors would refuse within its default limits is refused here, before anything is written.
Result<void> write_safetensors(const std::filesystem::path& path, std::span<const Tensor> tensors,
                               const std::map<std::string, std::string>& metadata);

/// Maps a file and checks all of its header against its size before anything is allocated for it. Foreign or damaged
/// content is Trouble::model. The values themselves are not looked at: a weight may be NaN.
Result<TensorFile> read_safetensors(const std::filesystem::path& path, const SafetensorsLimits& limits = {});

/// The same of bytes in memory, which `keeper` owns; `file` is what errors call them.
Result<TensorFile> parse_safetensors(std::span<const std::uint8_t> bytes, std::shared_ptr<const void> keeper,
                                     const std::string& file, const SafetensorsLimits& limits = {});

/// A tensor that views these values. That they fit the shape is checked when it is written.
Tensor tensor_of(std::string name, std::span<const float> values, std::vector<std::size_t> shape);
Tensor tensor_of(std::string name, std::span<const double> values, std::vector<std::size_t> shape);

/// The values of an F32 tensor, or of an F64 one; an Error when it holds another type or is not aligned for it.
Result<std::span<const float>> floats(const Tensor& tensor);
Result<std::span<const double>> doubles(const Tensor& tensor);

}  // namespace atelier
