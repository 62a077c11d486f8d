// runs.cpp: `atelier runs` and what its parts share.
#include "cli/runs.hpp"

#include <fmt/format.h>

#include "cli/all_commands.hpp"
#include "cli/workspace.hpp"

namespace atelier::cli {
namespace {

std::filesystem::path store_file(const std::string& workspace_word) { return workspace_of(workspace_word) / "runs.db"; }

}  // namespace

Argument run_argument(std::string* run) { return {"RUN", "", std::string(kRunHelp), run, true}; }

Argument where_option(std::string* where) {
  return {"--where", "EXPR", "only these, such as 'optimizer = \"adam\" and val_accuracy > 0.88'", where, false};
}

Argument workspace_option(std::string* word) {
  return {"--workspace", "DIR", "where runs are kept [atelier-runs]", word, false};
}

Result<void> check_workspace(const std::string& workspace_word) {
  const auto folder = workspace_of(workspace_word);
  std::error_code ignored;
  if (!std::filesystem::exists(folder, ignored) || std::filesystem::is_directory(folder, ignored)) return {};
  return fail(Trouble::usage, fmt::format("{} is no workspace", folder.string()), "it is a file",
              "--workspace names the folder where runs are kept");
}

bool has_runs(const std::string& workspace_word) {
  std::error_code ignored;
  return std::filesystem::exists(store_file(workspace_word), ignored);
}

Result<std::unique_ptr<Store>> open_to_read(const std::string& workspace_word) {
  if (auto folder = check_workspace(workspace_word); !folder) return pass_on(folder);
  return open_store(workspace_of(workspace_word), {.read_only = true});
}

Result<std::unique_ptr<Store>> open_to_edit(const std::string& workspace_word) {
  if (!has_runs(workspace_word)) return open_to_read(workspace_word);  // its Error says what is missing
  return open_store(workspace_of(workspace_word));
}

std::string words_of(const Run& run, const std::string& workspace_word) {
  return run_words(workspace_of(workspace_word) / run.id, workspace_word);
}

Command runs_command() {
  Command command = runs_list_command();
  command.name = "runs";
  command.synopsis = "[list] [--where EXPR] [--sort NAME]";
  command.summary = "the runs of a workspace: list, show, compare, tidy up";
  command.parts = {runs_list_command(), runs_show_command(), runs_best_command(),   runs_diff_command(),
                   runs_tag_command(),  runs_note_command(), runs_delete_command(), runs_resume_command()};
  return command;
}

}  // namespace atelier::cli
