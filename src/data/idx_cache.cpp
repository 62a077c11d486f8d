// idx_cache.cpp: IDX files opened in milliseconds from the second time on.
#include "data/idx_cache.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <system_error>
#include <tuple>
#include <type_traits>

#include "data/detail/fast_sum.hpp"

namespace atelier {
namespace fs = std::filesystem;
namespace {

/// The first 256 bytes of a cache file, as docs/formats/dataset-cache.md lists them.
struct CacheHeader {
  std::array<char, 8> magic{'A', 'T', 'L', 'R', 'I', 'D', 'X', '1'};
  std::uint32_t byte_order = 0x01020304;
  std::uint32_t header_bytes = 256;
  Sha256Digest source_path{};
  FileStamp source;
  std::uint32_t type = 0;
  std::uint32_t rank = 0;
  std::array<std::uint64_t, 4> shape{};
  std::uint64_t payload_bytes = 0;
  Sha256Digest checksum{};
  std::uint64_t payload_sum = 0;
  std::array<std::uint8_t, 88> reserved{};
  std::uint64_t header_sum = 0;
};
static_assert(sizeof(CacheHeader) == 256 && std::is_trivially_copyable_v<CacheHeader>);

std::span<const std::uint8_t> bytes_of(const CacheHeader& header) {
  return {reinterpret_cast<const std::uint8_t*>(&header), sizeof header};
}

std::uint64_t sum_of(const CacheHeader& header) {
  return detail::fast_sum(bytes_of(header).first(offsetof(CacheHeader, header_sum)));
}

Sha256Digest path_digest(const fs::path& path) {
  std::error_code trouble;
  fs::path canonical = fs::canonical(path, trouble);
  if (trouble) canonical = fs::absolute(path, trouble);
  const std::string& text = canonical.native();
  return sha256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

bool describes_its_payload(const CacheHeader& header) {
  if (header.type != static_cast<std::uint32_t>(IdxType::bytes) &&
      header.type != static_cast<std::uint32_t>(IdxType::floats))
    return false;
  if (header.rank == 0 || header.rank > header.shape.size()) return false;
  std::uint64_t size = header.type == static_cast<std::uint32_t>(IdxType::bytes) ? 1 : 4;
  for (std::size_t i = 0; i < header.rank; ++i)
    if (header.shape[i] == 0 || __builtin_mul_overflow(size, header.shape[i], &size)) return false;
  return size == header.payload_bytes;
}

/// The cached array, when there is one, it is whole, and it is of this very source.
std::optional<IdxArray> load(const fs::path& file, const Sha256Digest& source_path, const FileStamp& source) {
  const auto mapped = map_file(file);
  if (!mapped || mapped->bytes.size() < sizeof(CacheHeader)) return std::nullopt;
  CacheHeader header;
  std::memcpy(&header, mapped->bytes.data(), sizeof header);
  const CacheHeader expected;
  if (header.magic != expected.magic || header.byte_order != expected.byte_order ||
      header.header_bytes != expected.header_bytes || header.header_sum != sum_of(header))
    return std::nullopt;
  if (header.source_path != source_path || header.source != source || !describes_its_payload(header))
    return std::nullopt;
  const auto payload = mapped->bytes.subspan(sizeof header);
  if (payload.size() != header.payload_bytes || detail::fast_sum(payload) != header.payload_sum) return std::nullopt;
  return IdxArray{static_cast<IdxType>(header.type),
                  {header.shape.begin(), header.shape.begin() + header.rank},
                  payload,
                  mapped->keeper,
                  header.checksum};
}

/// Best effort: without it, only the next opening is no faster.
void store(const fs::path& file, const Sha256Digest& source_path, const FileStamp& source, const IdxArray& array) {
  std::error_code ignored;
  fs::create_directories(file.parent_path(), ignored);
  CacheHeader header;
  header.source_path = source_path;
  header.source = source;
  header.type = static_cast<std::uint32_t>(array.type);
  header.rank = static_cast<std::uint32_t>(array.shape.size());
  std::ranges::copy(array.shape, header.shape.begin());
  header.payload_bytes = array.payload.size();
  header.checksum = array.checksum;
  header.payload_sum = detail::fast_sum(array.payload);
  header.header_sum = sum_of(header);
  std::ignore = write_file_atomically(file, [&](FileSink& sink) -> Result<void> {
    sink.write(bytes_of(header));
    sink.write(array.payload);
    return {};
  });
}

/// A file written a moment ago may be written once more within the same tick of the file system's clock, and its
/// times would not tell; such a file is not cached yet.
bool settled(const FileStamp& source) {
  using namespace std::chrono;
  const auto now = duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
  return source.changed_ns < now - nanoseconds(50ms).count();
}

fs::path cache_file(const Sha256Digest& source_path, const fs::path& cache) {
  return cache / "datasets" / (to_hex(std::span(source_path).first(16)) + ".idx");
}

}  // namespace

fs::path idx_cache_file(const fs::path& path, const fs::path& cache) { return cache_file(path_digest(path), cache); }

Result<IdxArray> open_idx(const fs::path& path, const std::optional<fs::path>& cache) {
  if (!cache) return read_idx(path);
  const auto before = open_regular_file(path);
  if (!before) return std::unexpected(before.error());
  const Sha256Digest source_path = path_digest(path);
  const fs::path file = cache_file(source_path, *cache);
  if (auto hit = load(file, source_path, before->stamp)) return *std::move(hit);

  auto array = read_idx(path);
  if (!array) return array;
  const auto after = open_regular_file(path);
  if (after && after->stamp == before->stamp && settled(before->stamp)) store(file, source_path, before->stamp, *array);
  return array;
}

}  // namespace atelier
