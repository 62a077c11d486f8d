// idx.cpp: IDX files, the format of MNIST.
#include "data/idx.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <new>

#include "data/detail/byte_stream.hpp"
#include "data/detail/words.hpp"

namespace atelier {
namespace fs = std::filesystem;
using detail::grouped;
using detail::shape_words;
namespace {

constexpr std::size_t kMaxRank = 4;

std::size_t element_size(IdxType type) { return type == IdxType::bytes ? 1 : 4; }

std::uint32_t big_endian(const std::uint8_t* b) {
  return std::uint32_t{b[0]} << 24 | std::uint32_t{b[1]} << 16 | std::uint32_t{b[2]} << 8 | b[3];
}

std::unexpected<Error> refuse(const fs::path& file, std::string summary, const std::string& found,
                              std::string hint = {}) {
  if (hint.empty()) hint = "fetch or write the file again; `atelier data check DIR` looks at a whole folder";
  return fail(Trouble::data, std::move(summary), file.string() + " " + found, std::move(hint));
}

std::unexpected<Error> cut_short(const fs::path& file, const IdxHeader& header, std::size_t present) {
  return refuse(file, "an IDX file is cut short",
                fmt::format("declares {} {}, which is {} bytes; {} are there", shape_words(header.shape),
                            words(header.type), grouped(header.payload_bytes), grouped(present)));
}

std::unexpected<Error> too_long(const fs::path& file, const IdxHeader& header, const std::string& surplus) {
  return refuse(file, "an IDX file is longer than it says",
                fmt::format("declares {} {}, which is {} bytes; {}", shape_words(header.shape), words(header.type),
                            grouped(header.payload_bytes), surplus));
}

/// The header's size, or the reason why the first four bytes are none.
Result<IdxHeader> parse_magic(std::span<const std::uint8_t> bytes, const fs::path& file) {
  if (bytes.empty()) return refuse(file, "an IDX file is empty", "holds no bytes");
  if (bytes.size() < 4)
    return refuse(file, "an IDX file is cut short",
                  fmt::format("ends after {} bytes, inside its header", bytes.size()));
  if (bytes[0] != 0 || bytes[1] != 0)
    return refuse(file, "not an IDX file",
                  fmt::format("starts with {:02x} {:02x} {:02x} {:02x}; an IDX file starts with 00 00", bytes[0],
                              bytes[1], bytes[2], bytes[3]),
                  "give a folder of IDX files, gzipped or not");
  if (bytes[2] != 0x08 && bytes[2] != 0x0D) {
    constexpr std::array<std::string_view, 8> others = {"", "8-bit integers", "", "16-bit integers", "32-bit integers",
                                                        "", "64-bit floats",  ""};
    const std::string_view known = bytes[2] >= 0x08 && bytes[2] < 0x10 ? others[bytes[2] - 8u] : "";
    return refuse(
        file, "an element type that is not read",
        fmt::format("holds {}; unsigned bytes (08) and 32-bit floats (0d) are read",
                    known.empty() ? fmt::format("elements of the unknown type {:02x}", bytes[2]) : std::string(known)),
        "write the file again as unsigned bytes or 32-bit floats");
  }
  if (bytes[3] == 0 || bytes[3] > kMaxRank)
    return refuse(file, "an array of a shape that is not read",
                  fmt::format("declares {} dimensions; 1 to {} are read", bytes[3], kMaxRank));
  return IdxHeader{.type = IdxType{bytes[2]}, .shape = std::vector<std::size_t>(bytes[3]), .payload_bytes = 0};
}

Result<IdxHeader> read_header(detail::ByteStream& stream, const fs::path& path, Sha256& sum) {
  std::array<std::uint8_t, 4 + 4 * kMaxRank> bytes;
  const auto magic = stream.read(std::span(bytes).first(4));
  if (!magic) return std::unexpected(magic.error());
  const auto head = parse_magic(std::span(bytes).first(*magic), path);
  if (!head) return head;
  const auto dimensions = stream.read(std::span(bytes).subspan(4, head->header_bytes() - 4));
  if (!dimensions) return std::unexpected(dimensions.error());
  const auto header = std::span(bytes).first(4 + *dimensions);
  sum.update(header);
  return parse_idx_header(header, path);
}

/// A declared size that the file cannot hold, found before it is believed.
Result<void> plausible(const detail::ByteStream& stream, const IdxHeader& header, const fs::path& path) {
  const std::size_t size = stream.stamp().size;
  if (stream.gzipped()) {
    // Deflate spends at least 2 bits on 258 bytes, so that no stream grows by more than 1032; the rest is margin.
    if (header.payload_bytes / 1040 > size + 64)
      return refuse(
          path, "an IDX file is cut short",
          fmt::format("declares {} {}, which is {} bytes; {} compressed bytes cannot hold that many",
                      shape_words(header.shape), words(header.type), grouped(header.payload_bytes), grouped(size)));
    return {};
  }
  const std::size_t present = size - std::min(size, header.header_bytes());
  if (present < header.payload_bytes) return cut_short(path, header, present);
  if (present > header.payload_bytes)
    return too_long(path, header, grouped(present - header.payload_bytes) + " more follow");
  return {};
}

/// Big-endian floats, in place, to this machine's order; the position of the first that is not finite, or `count`.
std::size_t to_native(std::uint8_t* bytes, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const float value = std::bit_cast<float>(big_endian(bytes + 4 * i));
    if (!std::isfinite(value)) return i;
    std::memcpy(bytes + 4 * i, &value, sizeof value);
  }
  return count;
}

/// Reads the declared payload and makes sure that nothing follows it.
Result<void> read_payload(detail::ByteStream& stream, const IdxHeader& header, const fs::path& path, Sha256& sum,
                          std::span<std::uint8_t> out) {
  constexpr std::size_t step = std::size_t{1} << 20;  // digested while it is still in the processor's cache
  for (std::size_t at = 0; at < out.size();) {
    const auto piece = out.subspan(at, std::min(step, out.size() - at));
    const auto got = stream.read(piece);
    if (!got) return std::unexpected(got.error());
    sum.update(piece.first(*got));
    at += *got;
    if (*got < piece.size()) return cut_short(path, header, at);
  }
  std::uint8_t surplus;
  const auto more = stream.read(std::span(&surplus, 1));
  if (!more) return std::unexpected(more.error());
  if (*more > 0) return too_long(path, header, "more follow");
  return {};
}

}  // namespace

std::string_view words(IdxType type) { return type == IdxType::bytes ? "unsigned bytes" : "32-bit floats"; }

Result<IdxHeader> parse_idx_header(std::span<const std::uint8_t> bytes, const fs::path& file) {
  auto header = parse_magic(bytes, file);
  if (!header) return header;
  if (bytes.size() < header->header_bytes())
    return refuse(file, "an IDX file is cut short",
                  fmt::format("ends after {} bytes, inside its header", bytes.size()));
  std::size_t size = element_size(header->type);
  bool overflow = false;
  for (std::size_t i = 0; i < header->shape.size(); ++i) {
    header->shape[i] = big_endian(bytes.data() + 4 + 4 * i);
    overflow |= __builtin_mul_overflow(size, header->shape[i], &size);
  }
  if (std::ranges::find(header->shape, 0u) != header->shape.end())
    return refuse(file, "a set without samples", "declares " + shape_words(header->shape) + " values",
                  "give a file with at least one sample");
  if (overflow || size > std::size_t{PTRDIFF_MAX})
    return refuse(
        file, "an IDX file declares an impossible size",
        fmt::format("declares {} {}, more than any memory holds", shape_words(header->shape), words(header->type)));
  header->payload_bytes = size;
  return header;
}

Result<IdxArray> read_idx(const fs::path& path) {
  auto stream = detail::ByteStream::open(path);
  if (!stream) return pass_on(stream);
  Sha256 sum;
  auto header = read_header(*stream, path, sum);
  if (!header) return pass_on(header);
  if (auto fits = plausible(*stream, *header, path); !fits) return pass_on(fits);

  // Left uninitialised: the system hands out pages only as they are filled.
  std::shared_ptr<std::uint8_t[]> memory;
  try {
    memory = std::make_shared_for_overwrite<std::uint8_t[]>(header->payload_bytes);
  } catch (const std::bad_alloc&) {
    return refuse(path, "not enough memory", "needs " + grouped(header->payload_bytes) + " bytes",
                  "use a smaller set or a machine with more memory");
  }
  const std::span payload(memory.get(), header->payload_bytes);
  if (auto read = read_payload(*stream, *header, path, sum, payload); !read) return pass_on(read);
  if (header->type == IdxType::floats) {
    const std::size_t count = payload.size() / 4, finite = to_native(payload.data(), count);
    if (finite < count)
      return refuse(
          path, "a value that is no number",
          fmt::format("holds an infinity or NaN in sample {}, counted from 0", finite / (count / header->shape[0])),
          "replace missing values before training");
  }
  return IdxArray{header->type, std::move(header->shape), payload, std::move(memory), sum.finish()};
}

std::span<const float> floats(const IdxArray& array) {
  return {reinterpret_cast<const float*>(array.payload.data()), array.payload.size() / sizeof(float)};
}

}  // namespace atelier
