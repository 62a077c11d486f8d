// sweep_words.hpp: what the words behind `atelier sweep` and `atelier agent` ask for.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "cli/console.hpp"
#include "experiment/confirm.hpp"
#include "experiment/settings.hpp"
#include "experiment/sweep.hpp"

namespace atelier::cli {

/// The words as they were typed; an empty one was not given.
struct SweepWords {
  Draft draft;
  std::vector<std::string> map, enqueue;
  std::string file, config, data, workspace, parallel, workers, seconds, runs, seed, audit, retry, after, confirm,
      seeds;
  bool resume = false, async = false, json = false, builtin = false;
};

/// The sweep that the words and their file describe; warnings and notes about the file are said on the way.
Result<SweepRequest> request_of(SweepWords& words, Store& store, const Console& console);

/// What the words change of a sweep that has begun: where its data lie, its budget, its retries. An error for those that
/// it has decided at its beginning.
Result<SweepExtension> extension_of(const SweepWords& words);

/// How the sweep is to be worked at.
Result<WorkOptions> work_options(const SweepWords& words);

/// Whether and how its winners are to be confirmed.
Result<std::optional<ConfirmPlan>> confirm_plan(const SweepWords& words);

}  // namespace atelier::cli
