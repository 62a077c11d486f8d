// program.hpp: the command line and the environment by which a sweep runs another program, as W&B's agent does.
#pragma once
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tune/sweep_file.hpp"

namespace atelier {

/// Which trial a program is run for.
struct ProgramTrial {
  std::string sweep, run;
  int attempt = 1;
  std::filesystem::path folder;  ///< of the run
};

/// How a program is called. No shell is involved.
struct ProgramCall {
  std::vector<std::string> words;
  std::vector<std::string> environment;                                   ///< all of it, "NAME=value"
  std::vector<std::pair<std::filesystem::path, std::string>> files = {};  ///< to be written before, with their texts
};

/// Whether a sweep's trials are runs of another program.
bool names_program(const SweepFile& file);

/// The file's `command`, or W&B's own, with the macros of docs/reference/sweep-file.md replaced. An error names an
/// unknown macro, an environment variable that is not set, or a `${program}` where the file has none.
Result<ProgramCall> program_call(const SweepFile& file, const Configuration& configuration, const ProgramTrial& trial);

/// Whether the program can be run from this folder at all: an error before the first trial instead of one in each.
Result<void> check_program(const SweepFile& file, const std::filesystem::path& folder);

}  // namespace atelier
