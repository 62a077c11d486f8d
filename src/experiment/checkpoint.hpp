// checkpoint.hpp: a training in mid-flight as a file.
#pragma once
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "train/trainer.hpp"

namespace atelier {

/// A trainer's state, and what the training around it remembers.
struct Checkpoint {
  Snapshot snapshot;
  nlohmann::ordered_json memory;  ///< recipe, history, the best epoch so far
};

/// Writes it as safetensors, whole or not at all.
Result<void> write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);
Result<Checkpoint> read_checkpoint(const std::filesystem::path& path);

}  // namespace atelier
