// byte_stream.cpp: the bytes of a file, inflated on the way when it is gzipped.
#include "data/detail/byte_stream.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace atelier::detail {

struct ByteStream::State {
  std::filesystem::path path;
  OpenFile file;
  bool gzipped = false;
  bool inflating = false;  ///< inside a member
  z_stream zip{};
  std::array<std::uint8_t, 1 << 16> chunk;
  std::size_t chunk_at = 0, chunk_end = 0;

  ~State() {
    if (gzipped) ::inflateEnd(&zip);
  }

  std::span<std::uint8_t> pending() { return std::span(chunk).subspan(chunk_at, chunk_end - chunk_at); }

  /// Keeps what is pending and reads on behind it; false at the end of the file.
  Result<bool> refill() {
    const std::size_t kept = chunk_end - chunk_at;
    std::memmove(chunk.data(), chunk.data() + chunk_at, kept);
    const auto got = read_some(file, path, std::span(chunk).subspan(kept));
    if (!got) return std::unexpected(got.error());
    chunk_at = 0;
    chunk_end = kept + *got;
    return *got > 0;
  }

  std::unexpected<Error> damaged(const std::string& what) const {
    return fail(Trouble::data, "a compressed file is damaged", path.string() + ": " + what,
                "fetch the file again; `gzip -t` checks one");
  }

  /// At the end of a member: is there another one, or nothing?
  Result<bool> next_member() {
    if (chunk_end - chunk_at < 2) {
      if (const auto more = refill(); !more) return std::unexpected(more.error());
    }
    if (chunk_at == chunk_end) return false;
    if (chunk_end - chunk_at < 2 || chunk[chunk_at] != 0x1f || chunk[chunk_at + 1] != 0x8b)
      return damaged("something else follows the compressed data");
    ::inflateReset(&zip);
    inflating = true;
    return true;
  }

  Result<std::size_t> read_plain(std::span<std::uint8_t> out) {
    const std::size_t taken = std::min(out.size(), chunk_end - chunk_at);
    std::memcpy(out.data(), chunk.data() + chunk_at, taken);
    chunk_at += taken;
    const auto got = read_some(file, path, out.subspan(taken));
    if (!got) return std::unexpected(got.error());
    return taken + *got;
  }

  Result<std::size_t> read_gzip(std::span<std::uint8_t> out) {
    std::size_t filled = 0;
    while (filled < out.size()) {
      if (!inflating) {
        const auto more = next_member();
        if (!more) return std::unexpected(more.error());
        if (!*more) break;
      }
      if (chunk_at == chunk_end) {
        const auto more = refill();
        if (!more) return std::unexpected(more.error());
        if (!*more) return damaged("the file is cut short");
      }
      const auto room = static_cast<uInt>(std::min<std::size_t>(out.size() - filled, std::numeric_limits<uInt>::max()));
      zip.next_in = chunk.data() + chunk_at;
      zip.avail_in = static_cast<uInt>(chunk_end - chunk_at);
      zip.next_out = out.data() + filled;
      zip.avail_out = room;
      const int code = ::inflate(&zip, Z_NO_FLUSH);
      chunk_at = chunk_end - zip.avail_in;
      filled += room - zip.avail_out;
      if (code == Z_STREAM_END) inflating = false;
      if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
        return damaged(zip.msg ? zip.msg : "the compressed data is invalid");
    }
    return filled;
  }
};

ByteStream::ByteStream(std::unique_ptr<State> state) : state_(std::move(state)) {}
ByteStream::ByteStream(ByteStream&&) noexcept = default;
ByteStream& ByteStream::operator=(ByteStream&&) noexcept = default;
ByteStream::~ByteStream() = default;

Result<ByteStream> ByteStream::open(const std::filesystem::path& path) {
  auto file = open_regular_file(path);
  if (!file) return pass_on(file);
  auto state = std::make_unique<State>();
  state->path = path;
  state->file = std::move(*file);
  if (const auto some = state->refill(); !some) return std::unexpected(some.error());
  const auto head = state->pending();
  if (head.size() >= 2 && head[0] == 0x1f && head[1] == 0x8b) {
    // 15: the largest window; 16: a gzip wrapper around it.
    if (::inflateInit2(&state->zip, 15 + 16) != Z_OK) return state->damaged("cannot start to inflate it");
    state->gzipped = state->inflating = true;
  }
  return ByteStream(std::move(state));
}

Result<std::size_t> ByteStream::read(std::span<std::uint8_t> out) {
  return state_->gzipped ? state_->read_gzip(out) : state_->read_plain(out);
}

bool ByteStream::gzipped() const { return state_->gzipped; }
const FileStamp& ByteStream::stamp() const { return state_->file.stamp; }

}  // namespace atelier::detail
