// proportion.hpp: a share of hits, and how sure it is.
#pragma once
#include <cstdint>

namespace atelier {

/// A share with its doubt; without any trial the value is NaN, the error infinite and the interval all of [0, 1].
struct Proportion {
  double value;
  double low, high;  ///< Wilson's 95 % interval
  double error;      ///< standard error sqrt(p (1 - p) / n), the number after "±"
};

/// The share hits / total with Wilson's score interval (Wilson 1927; equation 4 of Brown, Cai and DasGupta 2001),
/// 95 % wide. Requires hits <= total.
Proportion proportion(std::uint64_t hits, std::uint64_t total);

}  // namespace atelier
