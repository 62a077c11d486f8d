// open.hpp: data sets by name, or from a folder of IDX files.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/files.hpp"
#include "data/dataset.hpp"

namespace atelier {

/// A training set, and the test set that belongs to it.
struct DataPair {
  Dataset train;
  std::optional<Dataset> test;  ///< absent when the folder has none
  std::string checksum;         ///< SHA-256 over the parts' own, in hexadecimal: the same data, the same checksum
  std::filesystem::path where;  ///< the folder it was read from
  bool verified = false;        ///< every part has the checksum of the known set whose name it bears
};

struct OpenOptions {
  std::optional<std::filesystem::path> cache = user_cache_folder();  ///< nothing: read the files anew every time
};

/// A known set, from the first of its folders that holds it unharmed. `-` counts as `_`.
Result<DataPair> open_dataset(std::string_view name, const OpenOptions& options = {});

/// The IDX files of a folder, named as `find_parts` says. A known set is recognised by its checksums, and gets its
/// name and class names; another one is named after the folder, with the classes "0", "1", ... up to the largest
/// training label.
Result<DataPair> open_folder(const std::filesystem::path& folder, const OpenOptions& options = {});

}  // namespace atelier
