// help.hpp: the overview of all commands, and the help of one.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/command.hpp"

namespace atelier::cli {

/// What stands behind the "±" of an accuracy; for the help of commands that show one.
inline constexpr std::string_view kDoubtRemark =
    "89.51 % ± 0.39: ± is one standard error, from the number of samples alone.";

/// Names, and what is to be said of each.
using Rows = std::vector<std::pair<std::string, std::string>>;

/// An empty line, a heading, then the rows in two columns, the second one wrapped.
std::string section(std::string_view title, const Rows& rows, const Terminal& terminal);

/// What `atelier --help` prints.
std::string overview(const Terminal& terminal);

/// What `atelier COMMAND --help` prints: synopsis, options, settings by group, examples.
std::string help_of(const Command& command, const Terminal& terminal);

}  // namespace atelier::cli
