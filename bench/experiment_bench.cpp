// experiment_bench.cpp: what keeping a run costs the training: handing over an epoch while the disk works behind, and
// looking into its layers.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <thread>

#include "experiment/build.hpp"
#include "experiment/settings.hpp"
#include "experiment/workspace.hpp"
#include "train/probe.hpp"

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

/// One look at the layers, on one core; `share` is what it adds to an epoch of a trial, which has one core, too.
void look_into_the_layers(benchmark::State& state, const std::vector<int>& layers, int batch) {
  Recipe recipe;
  recipe.layers = layers;
  recipe.epochs = 1;
  recipe.batch_size = batch;
  const auto data = open_training_data(recipe);
  if (!data) return state.SkipWithError("fashion_mnist is not installed");
  auto training = Training::begin(recipe, *data, std::make_shared<ThreadPool>(1)).value();
  const auto seconds = [] { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; };
  const double start = seconds();
  if (!training.epoch()) return state.SkipWithError("the training failed");
  const double epoch = seconds() - start;
  Prober prober(training.network().clone(), (*data)->sides.train, training.loss());
  const double first = seconds();
  for (auto _ : state)
    benchmark::DoNotOptimize(
        prober.look(training.network().parameters(), training.network().running(), training.before_last_step()));
  state.counters["share"] = (seconds() - first) / static_cast<double>(state.iterations()) / epoch;
}
BENCHMARK_CAPTURE(look_into_the_layers, small_32x2, {32, 32}, 16)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(look_into_the_layers, small_64x3, {64, 64, 64}, 64)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(look_into_the_layers, course_128x3, {128, 128, 128}, 32)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(look_into_the_layers, default_256_128, {256, 128}, 128)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(look_into_the_layers, wide_1024x2, {1024, 1024}, 128)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
