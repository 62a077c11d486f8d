// series_rows.cpp: measurements to bytes and back.
#include "track/detail/series_rows.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "track/detail/sqlite_store.hpp"

namespace atelier {
namespace {

static_assert(std::endian::native == std::endian::little, "rows are stored as they lie in memory");
using Json = nlohmann::json;

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

Result<void> check_series(const Series& block) {
  if (block.values.size() != block.at.size() * block.names.size())
    return fail(Trouble::data, "a block of measurements does not fit its names");
  for (std::size_t i = 1; i < block.at.size(); ++i)
    if (block.at[i] <= block.at[i - 1]) return fail(Trouble::data, "the steps of a block of measurements do not rise");
  return {};
}

std::vector<std::uint8_t> series_rows(const Series& block) {
  const std::size_t width = block.names.size() * sizeof(double);
  std::vector<std::uint8_t> bytes(block.at.size() * (sizeof(std::int64_t) + width));
  std::uint8_t* out = bytes.data();
  for (std::size_t i = 0; i < block.at.size(); ++i) {
    std::memcpy(out, &block.at[i], sizeof(std::int64_t));
    if (width != 0) std::memcpy(out + sizeof(std::int64_t), &block.values[i * block.names.size()], width);
    out += sizeof(std::int64_t) + width;
  }
  return bytes;
}

std::string series_names(const Series& block) { return dump(block.names); }

Result<Series> series_of(std::string stream, std::string_view names, std::span<const std::uint8_t> rows) {
  const auto damaged = fail(Trouble::file, "measurements in the store are damaged", "stream " + stream);
  const auto list = Json::parse(names, nullptr, false);
  if (!list.is_array()) return damaged;
  Series block{std::move(stream), {}, {}, {}};
  for (const auto& name : list) {
    if (!name.is_string()) return damaged;
    block.names.push_back(name.get<std::string>());
  }
  const std::size_t width = block.names.size() * sizeof(double);
  const std::size_t row = sizeof(std::int64_t) + width;
  if (rows.size() % row != 0) return damaged;
  block.at.resize(rows.size() / row);
  block.values.resize(block.at.size() * block.names.size());
  for (std::size_t i = 0; i < block.at.size(); ++i) {
    std::memcpy(&block.at[i], rows.data() + i * row, sizeof(std::int64_t));
    if (width != 0)
      std::memcpy(&block.values[i * block.names.size()], rows.data() + i * row + sizeof(std::int64_t), width);
  }
  return block;
}

JsonText metrics_text(const Metrics& metrics) {
  Json object = Json::object();
  for (const auto& [name, value] : metrics) {
    if (std::isfinite(value))
      object[name] = value;
    else
      object[name] = std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
  }
  return dump(object);
}

Metrics metrics_of(std::string_view text) {
  Metrics metrics;
  const auto object = Json::parse(text, nullptr, false);
  if (!object.is_object()) return metrics;
  for (const auto& [name, value] : object.items()) {
    if (value.is_number())
      metrics[name] = value.get<double>();
    else if (value == "nan")
      metrics[name] = std::numeric_limits<double>::quiet_NaN();
    else if (value == "inf" || value == "-inf")
      metrics[name] =
          value == "inf" ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity();
  }
  return metrics;
}

}  // namespace atelier
