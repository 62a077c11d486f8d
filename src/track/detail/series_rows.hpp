// series_rows.hpp: blocks of measurements as bytes.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "track/run.hpp"

namespace atelier {

/// An Error unless the block's sizes fit each other and `at` rises.
Result<void> check_series(const Series& block);
/// Rows one after the other: `at` as a 64-bit integer, then the values as 64-bit floats, all little-endian.
std::vector<std::uint8_t> series_rows(const Series& block);
/// The names as a JSON array.
std::string series_names(const Series& block);
Result<Series> series_of(std::string stream, std::string_view names, std::span<const std::uint8_t> rows);

}  // namespace atelier
