// arguments.hpp: reading the words after a command's name.
#pragma once
#include <string>
#include <vector>

#include "cli/command.hpp"

namespace atelier::cli {

/// The words with every spelling of a setting's flag rewritten to one: "-lr=0.1" to "--learning-rate=0.1",
/// "--weight_decay" to "--weight-decay", "-e10" to "--epochs=10", "--residual" to "--residual=true". Words after "--" stay as they are.
std::vector<std::string> rewrite_settings(std::vector<std::string> words);

/// Fills the targets of `prepared`, and its draft. The error of an unknown option names the nearest one.
/// `--help` is known to every command: true means that the help is wanted, whatever else stands there.
Result<bool> read_arguments(const Command& command, const Prepared& prepared, std::vector<std::string> words);

}  // namespace atelier::cli
