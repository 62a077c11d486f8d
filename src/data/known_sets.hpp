// known_sets.hpp: the data sets that Atelier knows by name.
#pragma once
#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/sha256.hpp"

namespace atelier {

/// The parts of a data set, each one IDX file. The test parts may be absent.
enum class Part : std::size_t { train_features, train_targets, test_features, test_targets };
inline constexpr std::array kParts = {Part::train_features, Part::train_targets, Part::test_features,
                                      Part::test_targets};

/// One value for each part.
template <class T>
struct PerPart {
  std::array<T, 4> values{};
  T& operator[](Part part) { return values[static_cast<std::size_t>(part)]; }
  const T& operator[](Part part) const { return values[static_cast<std::size_t>(part)]; }
};

/// A catalog entry.
struct KnownSet {
  std::string_view name;     ///< "fashion_mnist"
  std::string_view summary;  ///< one sentence, with the source and the licence
  std::span<const std::string_view> class_names;
  PerPart<std::string_view> sha256;           ///< of each decompressed IDX file, in hexadecimal
  std::span<const std::string_view> folders;  ///< where it may lie, the likeliest first; ~ is the user's home
  std::string_view how_to_get;
};

/// All of them.
std::span<const KnownSet> known_sets();
/// By name; `-` counts as `_`, letter case does not matter. Null when there is none.
const KnownSet* find_known_set(std::string_view name);
/// By content: the set whose checksums are those of all given parts. Null when none is, or the training part is missing.
const KnownSet* recognise(const PerPart<std::optional<Sha256Digest>>& checksums);
/// `set.folders` with ~ resolved; those under an unknown home are left out.
std::vector<std::filesystem::path> folders_of(const KnownSet& set);

}  // namespace atelier
