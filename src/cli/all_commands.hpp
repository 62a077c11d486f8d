// all_commands.hpp: each command, from the file of its name.
#pragma once
#include <string_view>

#include "cli/command.hpp"

namespace atelier::cli {

Command train_command();
Command evaluate_command();
Command predict_command();
Command samples_command();
Command plot_command();
Command sweep_command();
Command agent_command();
Command runs_command();
Command report_command();
Command ui_command();
Command data_command();
Command check_gradients_command();
Command reproduce_command();
/// One of "optimizers", "schedules", "layers", "activations", "losses", "initialisers".
Command catalog_command(std::string_view name);

}  // namespace atelier::cli
