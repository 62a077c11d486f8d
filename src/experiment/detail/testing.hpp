// testing.hpp: what the tests of the room share: a folder that goes away, with a small data set in it.
#pragma once
#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string>
#include <tuple>

#include "base/random.hpp"

namespace atelier::testing_experiment {

namespace fs = std::filesystem;

/// A fresh folder, gone at the end; in memory where the system has a place for that, for a sweep syncs a lot.
struct Folder {
  fs::path path;
  Folder() {
    const fs::path memory = "/dev/shm";
    const bool quick = ::getenv("TMPDIR") == nullptr && ::access(memory.c_str(), W_OK | X_OK) == 0;
    std::string name = ((quick ? memory : fs::temp_directory_path()) / "atelier-experiment-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
};

/// IDX files of four classes that are easy to tell apart: `count` pictures of 4 x 5 pixels and their labels.
inline void write_small_set(const fs::path& folder, const std::string& name, std::uint32_t count, std::uint32_t salt) {
  const auto header = [](std::ofstream& out, std::initializer_list<std::uint32_t> words) {
    for (const std::uint32_t w : words) {
      for (int shift = 24; shift >= 0; shift -= 8) out.put(static_cast<char>(w >> shift));
    }
  };
  std::ofstream images(folder / (name + "-images-idx3-ubyte"), std::ios::binary);
  std::ofstream labels(folder / (name + "-labels-idx1-ubyte"), std::ios::binary);
  header(images, {0x803, count, 4, 5});
  header(labels, {0x801, count});
  const Philox random(salt, stream::check);
  for (std::uint32_t i = 0; i < count; i++) {
    labels.put(static_cast<char>(i % 4));
    for (std::uint32_t j = 0; j < 20; j++) {
      const double v = (j % 4 == i % 4 ? 190 : 70) + 45 * random.normal(i * 20 + j);
      images.put(static_cast<char>(static_cast<std::uint8_t>(std::fmin(std::fmax(v, 0), 255))));
    }
  }
}

/// 400 pictures to train on and 100 to test with.
inline void write_small_data(const fs::path& folder) {
  fs::create_directories(folder);
  for (const auto& [name, count, salt] : {std::tuple{"train", 400u, 1u}, std::tuple{"t10k", 100u, 2u}})
    write_small_set(folder, name, count, salt);
}

inline std::string bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace atelier::testing_experiment
