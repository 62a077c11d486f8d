// program_setup.cpp: a sweep file handed to a program.
#include <fmt/format.h>

#include <algorithm>

#include "experiment/program.hpp"
#include "experiment/settings.hpp"
#include "experiment/sweep_setup.hpp"

namespace atelier {
namespace {

bool has_parameter(const SweepFile& file, const std::string& name) {
  return std::ranges::find(file.space.parameters, name, &Parameter::name) != file.space.parameters.end();
}

/// What --map says: another name of the metric, or which parameter is the epochs.
Result<void> take_renaming(SweepSetup& setup, const std::string& theirs, const std::string& ours) {
  ProgramSetup& program = *setup.program;
  if (setup.file.metric && setup.file.metric->name == theirs) {
    program.metric_names.insert(program.metric_names.begin(), ours);
    return {};
  }
  if (ours == "epochs" && has_parameter(setup.file, theirs)) {
    program.epochs = theirs;
    return {};
  }
  return fail(Trouble::usage, fmt::format("--map {}={} means nothing to a program", theirs, ours),
              "it gets its parameters by their own names",
              "--map METRIC=NAME says what its lines call the metric, --map PARAMETER=epochs which parameter is the "
              "number of its epochs; --builtin trains with Atelier");
}

}  // namespace

Result<SweepSetup> set_up_program(SweepFile file, std::filesystem::path folder,
                                  std::map<std::string, std::string> renamed) {
  if (auto fine = check_recordable(folder.string()); !fine) return pass_on(fine);
  SweepSetup setup{std::move(file), {}, std::move(renamed), {}, {}, ProgramSetup{std::move(folder)}};
  if (setup.file.early_terminate && std::holds_alternative<Asha>(*setup.file.early_terminate))
    return fail(Trouble::usage, fmt::format("{}: early_terminate asha pauses trials", setup.file.path),
                "another program cannot be paused and gone on with",
                "write `type: hyperband`, which stops them instead, or train with --builtin");
  if (const auto& metric = setup.file.metric) {
    setup.objective = {metric->name, metric->maximize};
    setup.program->metric_names = metric_aliases(metric->name);
  } else {
    setup.program->metric_names = metric_aliases(setup.objective.metric);
    setup.notes.push_back("the sweep names no metric: its trials are told apart by val_accuracy");
  }
  for (const auto& [theirs, ours] : setup.renamed)
    if (auto taken = take_renaming(setup, theirs, ours); !taken) return pass_on(taken);
  return setup;
}

bool needs_async(const SweepSetup& setup) {
  return setup.program && (!setup.program->epochs || setup.file.early_terminate);
}

Result<Effort> program_effort(const SweepSetup& setup, const Configuration& configuration) {
  if (needs_async(setup)) return Effort{kOpenEnd, 1};
  const auto found = configuration.find(*setup.program->epochs);
  const auto* epochs = found == configuration.end() ? nullptr : std::get_if<std::int64_t>(&found->second);
  if (epochs != nullptr && *epochs >= 1 && *epochs < kOpenEnd) return Effort{static_cast<int>(*epochs), 1, true};
  return fail(Trouble::usage, fmt::format("{} is no number of epochs", *setup.program->epochs),
              found == configuration.end() ? "it is not there" : "it is " + to_text(found->second));
}

}  // namespace atelier
