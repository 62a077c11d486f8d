// program.hpp: one call of the program.
#pragma once
#include <string>
#include <vector>

#include "cli/console.hpp"

namespace atelier::cli {

/// The words after the program's name -> the exit code (docs/reference/exit-codes.md). Throws nothing.
int run_program(std::vector<std::string> words, Console& console) noexcept;

/// The same with the process's own streams.
int run_program(int count, char** words) noexcept;

}  // namespace atelier::cli
