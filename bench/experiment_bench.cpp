// experiment_bench.cpp: what keeping a run costs the training: handing over an epoch while the disk works behind.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "experiment/build.hpp"
#include "experiment/settings.hpp"
#include "experiment/workspace.hpp"

namespace {

using namespace atelier;
namespace fs = std::filesystem;

/// A network by its hidden layers, after one epoch, handed over again and again as if it were always the best.
void hand_over_a_checkpoint(benchmark::State& state, const std::vector<int>& layers) {
  Recipe recipe;
  recipe.layers = layers;
  recipe.epochs = 1;
  const auto data = open_training_data(recipe);
  if (!data) return state.SkipWithError("fashion_mnist is not installed");
  auto training = Training::begin(recipe, *data, std::make_shared<ThreadPool>(threads_of(recipe))).value();
  if (!training.epoch()) return state.SkipWithError("the training failed");
  const fs::path folder = fs::temp_directory_path() / ("atelier-bench-" + std::to_string(getpid()));
  {
    const auto workspace = Workspace::open(folder).value();
    const auto claim = workspace->store().begin_run({}, this_worker()).value();
    const auto keeper = RunKeeper::open(*workspace, claim.ticket).value();
    for (auto _ : state) {
      keeper->epoch(training);
      state.PauseTiming();
      std::this_thread::sleep_for(std::chrono::milliseconds(30));  // the disk works behind a training
      state.ResumeTiming();
    }
  }
  fs::remove_all(folder);
}
BENCHMARK_CAPTURE(hand_over_a_checkpoint, default_256_128, {256, 128})->Unit(benchmark::kMillisecond)->Iterations(50);
BENCHMARK_CAPTURE(hand_over_a_checkpoint, course_128x3, {128, 128, 128})->Unit(benchmark::kMillisecond)->Iterations(50);
BENCHMARK_CAPTURE(hand_over_a_checkpoint, wide_1024x2, {1024, 1024})->Unit(benchmark::kMillisecond)->Iterations(20);

}  // namespace

BENCHMARK_MAIN();
