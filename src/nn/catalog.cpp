// catalog.cpp: the variants of nn read as catalogs.
#include "nn/catalog.hpp"

#include <string>
#include <utility>

namespace atelier {
namespace {

template <class Variant>
const std::vector<Variant>& values() {
  static const std::vector<Variant> list = []<std::size_t... i>(std::index_sequence<i...>) {
    return std::vector<Variant>{Variant(std::in_place_index<i>)...};
  }(std::make_index_sequence<std::variant_size_v<Variant>>());
  return list;
}

template <class Part>
CatalogEntry entry(const Part& part) {
  CatalogEntry line{Part::name, Part::summary, {}};
  std::apply([&](const auto&... k) { (line.knobs.push_back({k.name, part.*k.value, k.low, k.high, k.open_low}), ...); },
             Part::knobs());
  return line;
}

template <class Variant>
std::span<const CatalogEntry> entries() {
  static const std::vector<CatalogEntry> list = [] {
    std::vector<CatalogEntry> lines;
    for (const Variant& value : values<Variant>())
      lines.push_back(std::visit([](const auto& x) { return entry(x); }, value));
    return lines;
  }();
  return list;
}

template <class Variant>
Result<Variant> find(std::string_view name, const std::string& kind, const std::string& listing) {
  std::vector<std::string_view> names;
  for (const Variant& value : values<Variant>()) {
    names.push_back(std::visit([](const auto& x) { return x.name; }, value));
    if (names.back() == name) return value;
  }
  return unknown_name(kind, name, names, listing);
}

}  // namespace

std::span<const CatalogEntry> layer_catalog() { return entries<Layer>(); }
std::span<const CatalogEntry> activation_catalog() { return entries<Activation>(); }
std::span<const CatalogEntry> loss_catalog() { return entries<Loss>(); }

std::span<const CatalogEntry> initialiser_catalog() {
  static const std::vector<CatalogEntry> list = [] {
    std::vector<CatalogEntry> lines;
    for (const Initialiser& init : initialisers())
      lines.push_back({init.name, init.summary, {{"scale", init.scale, 0, 1e6}}});
    return lines;
  }();
  return list;
}

std::span<const Activation> activations() { return values<Activation>(); }
std::span<const Loss> losses() { return values<Loss>(); }

Result<Activation> activation(std::string_view name) { return find<Activation>(name, "activation", "activations"); }
Result<Loss> loss(std::string_view name) { return find<Loss>(name, "loss", "losses"); }

std::string_view name_of(const Activation& activation) {
  return std::visit([](const auto& x) { return std::string_view(x.name); }, activation);
}
std::string_view name_of(const Loss& loss) {
  return std::visit([](const auto& x) { return std::string_view(x.name); }, loss);
}

}  // namespace atelier
