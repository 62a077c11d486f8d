// reproduce_sweep.cpp: the assignment's own space, searched.
#include "experiment/detail/reproduce_sweep.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "experiment/workspace.hpp"

namespace atelier {
namespace {

constexpr const char* kSweep = "sweep";  // its id in the workspace of the answers
constexpr int kVirtualWorkers = 2;       // recorded, not asked of the machine: the same search everywhere

std::string sweep_text(int trials, std::uint64_t seed) {
  return fmt::format(R"(name: the assignment's space
method: bayes
metric: {{name: val_accuracy, goal: maximize}}
run_cap: {}
seed: {}
early_terminate: {{type: asha, min_iter: 1, eta: 3}}
parameters:
  epochs: {{values: [5, 10]}}
  hidden_layers: {{values: [3, 4, 5]}}
  hidden_size: {{values: [32, 64, 128]}}
  weight_decay: {{values: [0, 0.0005, 0.5]}}
  learning_rate: {{values: [1e-3, 1e-4]}}
  optimizer: {{values: [sgd, momentum, nesterov, rmsprop, adam, nadam]}}
  batch_size: {{values: [16, 32, 64]}}
  weight_init: {{values: [random, xavier]}}
  activation: {{values: [sigmoid, tanh, relu]}}
)",
                     trials, seed);
}

/// The sweep of an earlier call that was interrupted; another one's is deleted, and a new one made.
Result<Sweep> make_or_find(Store& store, const SweepRequest& request) {
  const auto former = store.sweep(kSweep);
  if (former && former->state != SweepState::finished && former->source == request.source) return former;
  if (former) {
    const auto trials = store.runs({.where = fmt::format("sweep = \"{}\"", kSweep)});
    if (!trials) return pass_on(trials);
    std::vector<std::string> ids;
    for (const Run& run : *trials) ids.push_back(run.id);
    if (auto removed = store.remove(ids, false); !removed) return pass_on(removed);
    if (auto removed = store.remove_sweep(kSweep); !removed) return pass_on(removed);
  }
  return create_sweep(store, request, kSweep);
}

}  // namespace

Result<SweepAnswer> answer_sweep(const ReproduceOptions& options, const Recipe& base, int trials, double weight,
                                 ReproduceProgress& progress) {
  progress.stage("Question 4: a sweep over the assignment's space");
  SweepAnswer answer;
  answer.file = sweep_text(trials, options.seed);
  auto file = parse_sweep(answer.file, "sweep.yaml");
  if (!file) return pass_on(file);
  auto setup = set_up(*std::move(file), base, {});
  if (!setup) return pass_on(setup);
  SweepRequest request{.setup = *std::move(setup), .source = answer.file};
  request.seed = options.seed;
  request.budget = static_cast<std::uint64_t>(trials);
  request.parallel = kVirtualWorkers;
  const auto workspace = Workspace::open(options.folder / "runs");
  if (!workspace) return pass_on(workspace);
  const auto sweep = make_or_find((*workspace)->store(), request);
  if (!sweep) return pass_on(sweep);
  const auto count = [&](const TrialNews& news) {
    if (news.kind == TrialNews::Kind::ended) progress.add(weight);
  };
  auto outcome = work_at(**workspace, *sweep, {.workers = options.threads}, {.news = count, .stop = progress.stop()});
  if (!outcome) return pass_on(outcome);
  if (!outcome->over) return fail(Trouble::interrupted, "stopped before all questions were answered");
  answer.outcome = *std::move(outcome);
  if (!answer.outcome.best) return fail(Trouble::diverged, "no trial of the sweep came to an end");
  const TrialLine& best = answer.outcome.trials[*answer.outcome.best];
  const auto recipe = recipe_of(request.setup, best.configuration);
  if (!recipe) return pass_on(recipe);
  answer.best = *recipe;
  answer.model = (*workspace)->folder_of(best.run) / "model.safetensors";
  return answer;
}

std::vector<double> running_best(const SweepOutcome& outcome) {
  std::vector<double> values;
  double best = std::numeric_limits<double>::quiet_NaN();
  for (const TrialLine& trial : outcome.trials) {
    const bool better =
        trial.value && (std::isnan(best) || (outcome.objective.maximize ? *trial.value > best : *trial.value < best));
    if (better) best = *trial.value;
    values.push_back(best);
  }
  return values;
}

}  // namespace atelier
