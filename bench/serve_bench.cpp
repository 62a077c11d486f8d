// serve_bench.cpp: how long the page waits: a long table, and long curves of many runs.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>

#include "serve/site.hpp"
#include "track/store.hpp"
#include "workspaces.hpp"

namespace {

using namespace atelier;

const std::string kToken(64, 'a'), kHost = "127.0.0.1:6174";

/// A workspace that goes away at the end.
struct Place {
  std::filesystem::path folder;
  std::unique_ptr<Store> store;
  Place() {
    std::string name = (std::filesystem::temp_directory_path() / "atelier-serve-bench-XXXXXX").string();
    folder = ::mkdtemp(name.data());
    store = *open_store(folder);
  }
  ~Place() {
    store = nullptr;
    std::filesystem::remove_all(folder);
  }
};

/// 100 runs of 100,000 steps with two numbers each, in blocks as a training writes them.
void fill_with_steps(Store& store) {
  constexpr int kBlock = 1000;
  for (int run = 0; run < 100; ++run) {
    const auto claim = store.begin_run({.id = fmt::format("r{}", run)}, "w");
    Progress news{claim->ticket};
    for (int first = 1; first <= 100'000; first += kBlock) {
      Series block{"step", {"train_loss", "learning_rate"}, {}, {}};
      for (int step = first; step < first + kBlock; ++step) {
        block.at.push_back(step);
        block.values.push_back(std::exp(-step * 1e-5) + 0.1 * std::sin(step * run));
        block.values.push_back(0.1);
      }
      news.series.push_back(std::move(block));
    }
    if (!store.record({&news, 1})) std::abort();
  }
}

void ask(Site& site, const Gate& gate, const std::string& target) {
  Response response = site.answer(gate, {"GET", target, {{"host", kHost}}, {}});
  if (response.status != 200) std::abort();
  benchmark::DoNotOptimize(response);
}

/// Every column of 10,000 runs, sorted by a result.
void table_of_10000_runs(benchmark::State& state) {
  const auto site = *Site::open({.workspace = bench::workspaces().with(10'000)}, kToken);
  const Gate gate{{kHost}, kToken};
  for (auto _ : state) ask(*site, gate, "/api/runs?limit=10000&sort=val_accuracy");
}
BENCHMARK(table_of_10000_runs)->Unit(benchmark::kMillisecond);

void curves_of_100_runs(benchmark::State& state) {
  Place place;
  fill_with_steps(*place.store);
  const auto site = *Site::open({.workspace = place.folder}, kToken);
  const Gate gate{{kHost}, kToken};
  for (auto _ : state)
    for (int run = 0; run < 100; ++run)
      ask(*site, gate, fmt::format("/api/runs/r{}/series?names=train_loss&buckets=500", run));
}
BENCHMARK(curves_of_100_runs)->Unit(benchmark::kMillisecond);

}  // namespace
