// testing.hpp: folders and IDX files for the tests of this room.
#pragma once
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include <bit>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace atelier::testing {

using Bytes = std::vector<std::uint8_t>;

/// A fresh folder that any user may enter, gone at the end; in memory where that can be, as thousands of small files
/// would wait for a disk.
struct TempFolder {
  std::filesystem::path path;
  TempFolder() {
    const bool memory = ::access("/dev/shm", W_OK) == 0;
    const std::filesystem::path root = memory ? "/dev/shm" : std::filesystem::temp_directory_path();
    std::string name = (root / "atelier-data-XXXXXX").string();
    path = ::mkdtemp(name.data());
    std::filesystem::permissions(path, std::filesystem::perms(0755));
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::filesystem::path operator/(const char* name) const { return path / name; }
};

inline void write(const std::filesystem::path& path, std::span<const std::uint8_t> bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

inline Bytes read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

inline void put_big_endian(Bytes& bytes, std::uint32_t v) {
  for (const int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<std::uint8_t>(v >> shift));
}

inline Bytes idx_header(std::uint8_t type, std::span<const std::uint32_t> shape) {
  Bytes bytes{0, 0, type, static_cast<std::uint8_t>(shape.size())};
  for (const std::uint32_t d : shape) put_big_endian(bytes, d);
  return bytes;
}

/// An IDX file of bytes; elements count up from `first`, modulo `modulus`.
inline Bytes idx_bytes(std::vector<std::uint32_t> shape, unsigned modulus = 251, unsigned first = 0) {
  Bytes bytes = idx_header(0x08, shape);
  std::size_t count = 1;
  for (const std::uint32_t d : shape) count *= d;
  for (std::size_t i = 0; i < count; ++i) bytes.push_back(static_cast<std::uint8_t>((first + i) % modulus));
  return bytes;
}

inline Bytes idx_floats(std::vector<std::uint32_t> shape, std::span<const float> values) {
  Bytes bytes = idx_header(0x0D, shape);
  for (const float v : values) put_big_endian(bytes, std::bit_cast<std::uint32_t>(v));
  return bytes;
}

/// One gzip member.
inline Bytes gzip(std::span<const std::uint8_t> bytes) {
  z_stream zip{};
  ::deflateInit2(&zip, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  Bytes out(::deflateBound(&zip, bytes.size()) + 64);
  zip.next_in = const_cast<Bytef*>(bytes.data());
  zip.avail_in = static_cast<uInt>(bytes.size());
  zip.next_out = out.data();
  zip.avail_out = static_cast<uInt>(out.size());
  ::deflate(&zip, Z_FINISH);
  out.resize(zip.total_out);
  ::deflateEnd(&zip);
  return out;
}

/// A set of `train` and `test` pictures [3, 4] of `classes` classes; no test parts when `test` is 0.
inline void write_set(const std::filesystem::path& folder, std::uint32_t train = 20, std::uint32_t test = 10,
                      unsigned classes = 5) {
  write(folder / "train-images-idx3-ubyte", idx_bytes({train, 3, 4}));
  write(folder / "train-labels-idx1-ubyte", idx_bytes({train}, classes));
  if (test == 0) return;
  write(folder / "t10k-images-idx3-ubyte.gz", gzip(idx_bytes({test, 3, 4}, 251, 7)));
  write(folder / "t10k-labels-idx1-ubyte.gz", gzip(idx_bytes({test}, classes, 1)));
}

/// Files younger than this are not cached yet.
inline void let_files_settle() { std::this_thread::sleep_for(std::chrono::milliseconds(70)); }

/// Runs `body` in a child process; its result is the exit code.
template <class Body>
int in_child(const Body& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000;
}

}  // namespace atelier::testing
