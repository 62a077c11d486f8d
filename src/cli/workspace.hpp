// workspace.hpp: runs and models as the command line names them.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "base/shell.hpp"
#include "experiment/session.hpp"

namespace atelier::cli {

/// The help of a MODEL.
inline constexpr std::string_view kModelHelp =
    "a run's id or the beginning of it, its folder, `last` for the newest, or a model file";

/// The folder that --workspace names, else ATELIER_WORKSPACE, else the usual one.
std::filesystem::path workspace_of(const std::string& word);

/// What names a run in a later command: its name, with --workspace where that was given, or its folder where it lies
/// elsewhere. Quoted for the shell.
std::string run_words(const std::filesystem::path& folder, const std::string& workspace_word);

/// The folder of a run that can be resumed.
Result<std::filesystem::path> run_to_resume(const std::string& run, const std::string& workspace_word);

/// The model that `what` names.
Result<Model> model_of(const std::string& what, const std::string& workspace_word);

}  // namespace atelier::cli
