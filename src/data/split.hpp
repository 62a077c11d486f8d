// split.hpp: a validation set held out of a training set.
#pragma once
#include <cstdint>

#include "base/error.hpp"
#include "data/dataset.hpp"

namespace atelier {

/// The two sides; both keep the order of the set they come from and share its memory.
struct Split {
  Dataset train, validation;
};

/// Holds out round(share * size) samples, chosen by `seed` alone: the same on every machine. Classes keep their
/// shares: each gives floor(share * its samples), and what the total still lacks comes from the classes with the
/// largest remainders, the lower class first where they are equal. A regression set is shuffled as a whole.
/// An Error for a share outside (0, 1), or one that leaves a side without samples.
Result<Split> split(const Dataset& set, double share, std::uint64_t seed);

}  // namespace atelier
