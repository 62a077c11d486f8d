// catalog.hpp: layers, activations, losses and initialisers by name.
#pragma once
#include <span>
#include <string_view>

#include "nn/losses.hpp"
#include "nn/network.hpp"

namespace atelier {

std::span<const CatalogEntry> layer_catalog();
std::span<const CatalogEntry> activation_catalog();
std::span<const CatalogEntry> loss_catalog();
std::span<const CatalogEntry> initialiser_catalog();

/// Every entry of a catalog as a value with its presets.
std::span<const Activation> activations();
std::span<const Loss> losses();

/// The entry called `name`; an error that names the nearest.
Result<Activation> activation(std::string_view name);
Result<Loss> loss(std::string_view name);

std::string_view name_of(const Activation& activation);
std::string_view name_of(const Loss& loss);

}  // namespace atelier
