// idx_cache.hpp: IDX files opened in milliseconds from the second time on.
#pragma once
#include <filesystem>
#include <optional>

#include "base/files.hpp"
#include "data/idx.hpp"

namespace atelier {

/// As read_idx, but keeps the decompressed array as a file in `cache` and maps that the next time, as long as the
/// source's path, size and times are the same. The cached bytes are verified on every opening; a cache that is
/// missing, damaged or cannot be written is rebuilt or bypassed without a word. Safe with any number of processes at
/// once. docs/formats/dataset-cache.md describes the file.
Result<IdxArray> open_idx(const std::filesystem::path& path, const std::optional<std::filesystem::path>& cache);

/// Where the cached form of `path` lies within `cache`, whether it exists or not.
std::filesystem::path idx_cache_file(const std::filesystem::path& path, const std::filesystem::path& cache);

}  // namespace atelier
