// sha256.hpp: SHA-256, in pieces or at once.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace atelier {

using Sha256Digest = std::array<std::uint8_t, 32>;

/// A running SHA-256 (FIPS 180-4, computed by libcrypto). Feed with `update`, read once with `finish`.
class Sha256 {
 public:
  Sha256();
  void update(std::span<const std::uint8_t> bytes);
  Sha256Digest finish();

 private:
  std::shared_ptr<void> context_;
};

/// The digest of these bytes.
Sha256Digest sha256(std::span<const std::uint8_t> bytes);
/// Lower-case hexadecimal, two letters a byte.
std::string to_hex(std::span<const std::uint8_t> bytes);

}  // namespace atelier
