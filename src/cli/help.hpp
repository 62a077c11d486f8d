// help.hpp: the overview of all commands, and the help of one.
#pragma once
#include <string>

#include "cli/command.hpp"

namespace atelier::cli {

/// What `atelier --help` prints.
std::string overview(const Terminal& terminal);

/// What `atelier COMMAND --help` prints: synopsis, options, settings by group, examples.
std::string help_of(const Command& command, const Terminal& terminal);

}  // namespace atelier::cli
