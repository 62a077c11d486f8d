// initialisers.hpp: how weights begin.
#pragma once
#include <span>
#include <string_view>

#include "base/error.hpp"
#include "base/random.hpp"
#include "tensor/matrix.hpp"

namespace atelier {

/// Fills w [in, out] in double. Each value depends on (seed, layer, position) alone.
struct Initialiser {
  std::string_view name;
  std::string_view summary;
  double scale;  ///< spread where the method leaves it open; a gain on the others
  void (*fill)(View<double> w, const Philox& random, double scale);
};

/// All initialisers, in the order of the documentation.
std::span<const Initialiser> initialisers();
/// The one called `name`; an error that names the nearest.
Result<Initialiser> initialiser(std::string_view name);

}  // namespace atelier
