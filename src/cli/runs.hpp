// runs.hpp: what the parts of `atelier runs` share.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "cli/command.hpp"
#include "track/store.hpp"

namespace atelier::cli {

/// Each part, from the file of its name.
Command runs_list_command();
Command runs_show_command();
Command runs_best_command();
Command runs_diff_command();
Command runs_tag_command();
Command runs_note_command();
Command runs_delete_command();
Command runs_resume_command();

/// The help of a RUN.
inline constexpr std::string_view kRunHelp = "a run's id or the beginning of it, or `last` for the newest";

Argument run_argument(std::string* run);
Argument where_option(std::string* where);
Argument workspace_option(std::string* word);

/// An Error when the workspace is named, but is a file.
Result<void> check_workspace(const std::string& workspace_word);
/// Whether a workspace has a store at all.
bool has_runs(const std::string& workspace_word);
/// The runs of a workspace; where nothing has ever been trained an Error, never a new store.
Result<std::unique_ptr<Store>> open_to_read(const std::string& workspace_word);
Result<std::unique_ptr<Store>> open_to_edit(const std::string& workspace_word);

/// What names a run in the next command, with its workspace where that was given.
std::string words_of(const Run& run, const std::string& workspace_word);

}  // namespace atelier::cli
