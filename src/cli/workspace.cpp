// workspace.cpp: runs and models found, and named for the next command.
#include "cli/workspace.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "track/store.hpp"

namespace atelier::cli {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

}  // namespace

fs::path workspace_of(const std::string& word) {
  if (!word.empty()) return word;
  const char* named = std::getenv("ATELIER_WORKSPACE");
  return named && *named ? fs::path(named) : RunOptions{}.workspace;
}

std::string run_words(const fs::path& folder, const std::string& workspace_word) {
  const fs::path whole = folder.filename().empty() ? folder.parent_path() : folder;  // without a slash at its end
  const fs::path workspace = workspace_of(workspace_word);
  if (whole.lexically_normal() != (workspace / whole.filename()).lexically_normal()) return shell_word(whole.string());
  std::string name = shell_word(whole.filename().string());
  if (workspace_word.empty()) return name;
  return fmt::format("{} --workspace{}{}", name, workspace_word.starts_with('-') ? "=" : " ",
                     shell_word(workspace_word));
}

Result<fs::path> run_to_resume(const std::string& run, const std::string& workspace_word) {
  auto folder = find_run(run, workspace_of(workspace_word));
  if (!folder || is_file(*folder / "checkpoint.safetensors")) return folder;
  // Of a trial its sweep tells, whether there is a checkpoint or not.
  if (const auto store = open_store(folder->parent_path(), {.read_only = true}))
    if (const auto found = (*store)->run(folder->filename().string()); found && found->trial) return folder;
  return fail(Trouble::file, fmt::format("{} cannot be resumed: it has no checkpoint", folder->string()),
              is_file(*folder / "model.safetensors")
                  ? "it has a model, but its checkpoint could not be saved; `atelier runs show` says why it ended"
                  : "a run saves one after every epoch, and when it is stopped: no epoch of this one was saved",
              "start it again with `atelier train` and its settings");
}

Result<Model> model_of(const std::string& what, const std::string& workspace_word) {
  auto model = load_model(what, workspace_of(workspace_word));
  if (model || model.error().kind != Trouble::file || is_file(what)) return model;
  const auto folder = find_run(what, workspace_of(workspace_word));
  if (!folder || is_file(*folder / "model.safetensors")) return model;
  const bool resumable = is_file(*folder / "checkpoint.safetensors");
  return fail(Trouble::file, fmt::format("{} has no model yet", folder->string()),
              "a run saves its model after an epoch, and none was finished",
              resumable ? fmt::format("go on with `atelier train --resume {}`", run_words(*folder, workspace_word))
                        : "start it again with `atelier train` and its settings");
}

}  // namespace atelier::cli
