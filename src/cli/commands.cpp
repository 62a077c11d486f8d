// commands.cpp: the catalog of commands.
#include "cli/all_commands.hpp"

namespace atelier::cli {

std::span<const Command> commands() {
  static const std::vector<Command> all = {
      train_command(),
      evaluate_command(),
      predict_command(),
      samples_command(),
      plot_command(),
      sweep_command(),
      agent_command(),
      runs_command(),
      report_command(),
      ui_command(),
      data_command(),
      catalog_command("optimizers"),
      catalog_command("schedules"),
      catalog_command("layers"),
      catalog_command("activations"),
      catalog_command("losses"),
      catalog_command("initialisers"),
      check_gradients_command(),
      reproduce_command(),
  };
  return all;
}

}  // namespace atelier::cli
