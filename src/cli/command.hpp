// command.hpp: a command of the program: its words, what it accepts, what it does.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "cli/console.hpp"
#include "experiment/settings.hpp"

namespace atelier::cli {

/// One thing a command accepts. "--split" is an option, "MODEL" is an argument by its place. A list takes every word that
/// is left, as an option one word each time it is given.
struct Argument {
  std::string name;
  std::string value;  ///< what the help shows as an option's value, "NAME"; empty for a switch
  std::string help;
  std::variant<bool*, std::string*, std::vector<std::string>*> target;  ///< lives as long as the action
  bool required = false;
  std::string bare = {};  ///< what an option means that is given alone; only a whole number is then taken as its value
};

/// `--quiet`, which every command takes.
inline Argument quiet_switch(bool* quiet) { return {"--quiet", "", "no messages but errors", quiet}; }

/// What a command does once its arguments are read. An Error decides the exit code.
using Action = std::function<Result<void>(Console&)>;

/// A command made ready to read its arguments.
struct Prepared {
  std::vector<Argument> arguments;
  Action action;
  Draft* draft = nullptr;  ///< takes the settings of a recipe as flags, where a command has them
};

/// One line of the catalog of commands.
struct Command {
  std::string_view name;
  std::string_view group;     ///< its heading in the overview
  std::string_view synopsis;  ///< what follows the name: "MODEL [--split NAME]"
  std::string_view summary;   ///< one line
  std::vector<std::string_view> examples;
  std::function<Prepared()> prepare;
  std::string_view remark = {};     ///< a sentence at the end of its help
  std::vector<Command> parts = {};  ///< commands by the word that follows, "runs show"; the name is in full
  bool takes_words = false;         ///< a word that names no part is its own: a file
};

/// All commands in the order of the overview; a new command is one file and one line here.
std::span<const Command> commands();

}  // namespace atelier::cli
