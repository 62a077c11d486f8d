// assets.cpp: the embedded pack of the page's files is taken apart.
#include "page/assets.hpp"

#include <cstring>
#include <nlohmann/json.hpp>
#include <string>

extern "C" const char atelier_app[], atelier_app_end[];  // tools/pack_page made it

namespace atelier {

std::vector<Asset> unpack_assets(std::span<const std::uint8_t> pack) {
  std::uint64_t length = 0;
  if (pack.size() < sizeof length) return {};
  std::memcpy(&length, pack.data(), sizeof length);
  pack = pack.subspan(sizeof length);
  if (length > pack.size()) return {};
  const auto list =
      nlohmann::json::parse(pack.begin(), pack.begin() + static_cast<std::ptrdiff_t>(length), nullptr, false);
  const auto bytes = pack.subspan(static_cast<std::size_t>(length));
  std::vector<Asset> assets;
  if (!list.is_array()) return {};
  for (const auto& entry : list) {
    const std::size_t size = entry.value("size", std::size_t{0}), offset = entry.value("offset", std::size_t{0});
    if (offset > bytes.size() || size > bytes.size() - offset) return {};
    assets.push_back({entry.value("name", std::string()), bytes.subspan(offset, size), entry.value("gzip", false)});
  }
  return assets;
}

std::span<const Asset> page_assets() {
  static const std::vector<Asset> all = unpack_assets(
      {reinterpret_cast<const std::uint8_t*>(atelier_app), static_cast<std::size_t>(atelier_app_end - atelier_app)});
  return all;
}

}  // namespace atelier
