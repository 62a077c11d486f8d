// safetensors_header.hpp: the JSON header of a safetensors file.
#pragma once
#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/safetensors.hpp"

namespace atelier::detail {

/// One tensor as the header declares it; nothing is checked against the data yet.
struct HeaderEntry {
  std::string name, dtype;
  std::vector<std::size_t> shape;
  std::uint64_t begin = 0, end = 0;  ///< bytes from the start of the data
};

struct Header {
  std::vector<HeaderEntry> entries;  ///< in the header's order, with unique names
  std::map<std::string, std::string> metadata;
};

/// Parses the header, or says in a clause what is wrong with it. Whatever the text nests, the depth is at most 3.
std::expected<Header, std::string> parse_header(std::string_view text, const SafetensorsLimits& limits);

/// The header as JSON, or a clause on what cannot be written.
std::expected<std::string, std::string> format_header(const Header& header);

/// A name as a message shows it: quoted, without control characters, not too long.
std::string shown(std::string_view name);

}  // namespace atelier::detail
