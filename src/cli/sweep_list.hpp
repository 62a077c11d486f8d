// sweep_list.hpp: the parts of `atelier sweep`.
#pragma once
#include "cli/command.hpp"

namespace atelier::cli {

Command sweep_list_command();
Command sweep_delete_command();

}  // namespace atelier::cli
