// assets.hpp: the files of the page, embedded in the program.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace atelier {

/// A file of the built page.
struct Asset {
  std::string name;                     ///< "index.html", "assets/app-4f2a.js"
  std::span<const std::uint8_t> bytes;  ///< as served; gzip where `gzip`
  bool gzip = false;
};

/// All of them; none in a program built without the page.
std::span<const Asset> page_assets();

/// The files of a pack as tools/pack_page writes it: the length of the list (64 bits, little-endian), the list as JSON
/// [{name, offset, size, gzip}], then the bytes, into which the offsets count. None where it is no whole pack.
std::vector<Asset> unpack_assets(std::span<const std::uint8_t> pack);

}  // namespace atelier
