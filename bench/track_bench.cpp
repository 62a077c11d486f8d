// track_bench.cpp: what the store costs a training, and how fast runs are opened and listed.
#include <benchmark/benchmark.h>

#include <array>
#include <filesystem>
#include <memory>
#include <string>

#include "track/run_writer.hpp"
#include "workspaces.hpp"

namespace {

using namespace atelier;
using bench::config, bench::workspaces;
namespace fs = std::filesystem;

constexpr const char* kEnvironment =
    R"({"version":"0.1.0","isa":"avx2","cores":2,"dataset_sha256":"0123456789abcdef0123456789abcdef0123456789abcdef"})";

/// Opens the workspace anew and reads every run, whole.
void open_and_list(benchmark::State& state) {
  const auto folder = workspaces().with(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    const auto store = open_store(folder, {.read_only = true}).value();
    const auto runs = store->runs({.sort = "created", .descending = true}).value();
    if (static_cast<std::int64_t>(runs.size()) != state.range(0)) state.SkipWithError("runs are missing");
  }
}
BENCHMARK(open_and_list)->Arg(1000)->Arg(100'000)->Unit(benchmark::kMillisecond);

/// What a terminal shows: some columns of all runs, filtered and sorted by values within the JSON texts.
void open_and_filter(benchmark::State& state) {
  const auto folder = workspaces().with(static_cast<int>(state.range(0)));
  const std::array<std::string, 6> columns{"id", "name", "state", "optimizer", "learning_rate", "val_accuracy"};
  for (auto _ : state) {
    const auto store = open_store(folder, {.read_only = true}).value();
    const RunQuery query{
        .where = "optimizer = \"adam\" or val_accuracy > 0.88", .sort = "val_accuracy", .descending = true};
    benchmark::DoNotOptimize(store->table(query, columns).value());
  }
}
BENCHMARK(open_and_filter)->Arg(1000)->Arg(100'000)->Unit(benchmark::kMillisecond);

/// The newest fifty, as `atelier runs` shows them first.
void open_and_show_fifty(benchmark::State& state) {
  const auto folder = workspaces().with(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    const auto store = open_store(folder, {.read_only = true}).value();
    benchmark::DoNotOptimize(store->runs({.descending = true, .limit = 50}).value());
  }
}
BENCHMARK(open_and_show_fifty)->Arg(1000)->Arg(100'000)->Unit(benchmark::kMillisecond);

struct Writing {
  fs::path folder = workspaces().with(10) / "writing";
  std::unique_ptr<Store> store = open_store(folder).value();
  Ticket ticket = store->begin_run({.config = config(1), .environment = kEnvironment}, this_worker()).value().ticket;
};

/// The trainer's own time for handing over an epoch, and one step.
void hand_over_an_epoch(benchmark::State& state) {
  Writing writing;
  StoreWriter writer(*writing.store);
  auto run = writer.open(writing.ticket);
  int epoch = 0;
  for (auto _ : state)
    run.epoch({++epoch, {{"train_loss", 0.5}, {"train_accuracy", 0.8}, {"val_loss", 0.4}, {"val_accuracy", 0.85}}});
}
BENCHMARK(hand_over_an_epoch)->Unit(benchmark::kMicrosecond)->Iterations(5000);

void hand_over_a_step(benchmark::State& state) {
  Writing writing;
  StoreWriter writer(*writing.store);
  auto run = writer.open(writing.ticket, {"loss", "gradient_norm"});
  const std::array<double, 2> values{0.5, 1.25};
  std::int64_t step = 0;
  for (auto _ : state) run.step(++step, values);
}
BENCHMARK(hand_over_a_step)->Unit(benchmark::kMicrosecond)->Iterations(500'000);

/// What a run waits for at its beginning and end: two synced transactions and the writer's last one.
void begin_and_end_a_run(benchmark::State& state) {
  Writing writing;
  StoreWriter writer(*writing.store);
  for (auto _ : state) {
    const auto claim =
        writing.store->begin_run({.config = config(1), .environment = kEnvironment}, this_worker()).value();
    auto run = writer.open(claim.ticket);
    run.epoch({1, {{"train_loss", 0.5}}});
    if (!run.end({})) state.SkipWithError("not ended");
  }
}
BENCHMARK(begin_and_end_a_run)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
