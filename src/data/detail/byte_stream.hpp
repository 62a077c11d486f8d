// byte_stream.hpp: the bytes of a file, inflated on the way when it is gzipped.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "base/error.hpp"
#include "base/files.hpp"

namespace atelier::detail {

/// Reads a file front to back in bounded memory. Gzip is known by its first bytes (RFC 1952), not by the name;
/// several members in a row read as one; every member's CRC is checked.
class ByteStream {
 public:
  static Result<ByteStream> open(const std::filesystem::path& path);
  ByteStream(ByteStream&&) noexcept;
  ByteStream& operator=(ByteStream&&) noexcept;
  ~ByteStream();

  /// Fills `out`; fewer bytes only at the end of the data.
  Result<std::size_t> read(std::span<std::uint8_t> out);
  bool gzipped() const;
  const FileStamp& stamp() const;

 private:
  struct State;
  explicit ByteStream(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace atelier::detail
