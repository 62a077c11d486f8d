// testing.hpp: safetensors files in memory for the tests of this room.
#pragma once
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "tensor/safetensors.hpp"

namespace atelier::testing {

using Bytes = std::vector<std::uint8_t>;

/// A file of this header and so many bytes of data.
inline Bytes bytes_of(const std::string& header, std::size_t data) {
  Bytes bytes(8 + header.size() + data);
  const std::uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, 8);
  std::memcpy(bytes.data() + 8, header.data(), header.size());
  return bytes;
}

inline Result<TensorFile> parse(const Bytes& bytes, const SafetensorsLimits& limits = {}) {
  return parse_safetensors(bytes, nullptr, "m.safetensors", limits);
}

/// The detail of the refusal, without the file's name; says so when the file is believed.
inline std::string refusal(const Bytes& bytes, const SafetensorsLimits& limits = {}) {
  const auto file = parse(bytes, limits);
  if (file) return "(believed)";
  EXPECT_EQ(file.error().kind, Trouble::model);
  EXPECT_FALSE(file.error().hint.empty());
  EXPECT_TRUE(file.error().detail.starts_with("m.safetensors: "));
  return file.error().detail.substr(15);
}

inline std::string refusal(const std::string& header, std::size_t data = 0, const SafetensorsLimits& limits = {}) {
  return refusal(bytes_of(header, data), limits);
}

}  // namespace atelier::testing
