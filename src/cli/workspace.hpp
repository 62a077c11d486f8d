// workspace.hpp: where runs are kept, as the command line names it.
#pragma once
#include <filesystem>
#include <string>

#include "experiment/session.hpp"

namespace atelier::cli {

/// The folder that --workspace names, or the usual one.
inline std::filesystem::path workspace_of(const std::string& word) {
  return word.empty() ? RunOptions{}.workspace : std::filesystem::path(word);
}

}  // namespace atelier::cli
