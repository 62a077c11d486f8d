// idx.hpp: IDX files, the format of MNIST: an array of any shape behind a header of a few bytes.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/sha256.hpp"

namespace atelier {

/// The two element types that are read; the value is the type byte of the file's magic number.
enum class IdxType : std::uint8_t { bytes = 0x08, floats = 0x0D };

/// "unsigned bytes" or "32-bit floats".
std::string_view words(IdxType type);

/// What an IDX header declares: 00 00 type rank, then `rank` big-endian 32-bit dimensions.
struct IdxHeader {
  IdxType type = IdxType::bytes;
  std::vector<std::size_t> shape;  ///< 1 to 4 dimensions, none of them 0
  std::size_t payload_bytes = 0;   ///< their product times the size of an element; known not to overflow
  std::size_t header_bytes() const { return 4 + 4 * shape.size(); }
};

/// The header at the start of `bytes`; `file` names it in errors.
Result<IdxHeader> parse_idx_header(std::span<const std::uint8_t> bytes, const std::filesystem::path& file);

/// An array in memory, read-only and shared; `keeper` owns it.
struct IdxArray {
  IdxType type = IdxType::bytes;
  std::vector<std::size_t> shape;
  std::span<const std::uint8_t>
      payload;  ///< elements in row-major order, floats in this machine's byte order, all finite
  std::shared_ptr<const void> keeper;
  Sha256Digest checksum{};  ///< of the whole decompressed file, header included: what `zcat FILE | sha256sum` prints
};

/// Reads one IDX file, gzipped or not. The declared size is held against the file before anything is allocated:
/// exactly for a plain file, against deflate's largest ratio for a gzipped one, which is then inflated no further
/// than one byte past the declared size.
Result<IdxArray> read_idx(const std::filesystem::path& path);

/// The array's floats; only for `IdxType::floats`.
std::span<const float> floats(const IdxArray& array);

}  // namespace atelier
