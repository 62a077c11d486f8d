// data_bench.cpp: how long a data set takes to open, to split and to be read.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <numeric>

#include "data/open.hpp"
#include "data/split.hpp"

namespace {

using namespace atelier;

/// Fashion-MNIST, or a skipped benchmark that says why.
std::optional<DataPair> fashion(benchmark::State& state, const OpenOptions& options) {
  auto pair = open_dataset("fashion_mnist", options);
  if (pair) return *std::move(pair);
  state.SkipWithError(pair.error().summary.c_str());
  return std::nullopt;
}

void open_without_cache(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(fashion(state, {.cache = std::nullopt}));
}
BENCHMARK(open_without_cache)->Unit(benchmark::kMillisecond);

void open_from_cache(benchmark::State& state) {
  std::string folder = (std::filesystem::temp_directory_path() / "atelier-bench-XXXXXX").string();
  const OpenOptions options{.cache = ::mkdtemp(folder.data())};
  fashion(state, options);
  for (auto _ : state) benchmark::DoNotOptimize(fashion(state, options));
  std::filesystem::remove_all(folder);
}
BENCHMARK(open_from_cache)->Unit(benchmark::kMillisecond);

void split_a_tenth(benchmark::State& state) {
  const auto pair = fashion(state, {});
  if (!pair) return;
  for (auto _ : state) benchmark::DoNotOptimize(split(pair->train, 0.1, 1));
}
BENCHMARK(split_a_tenth)->Unit(benchmark::kMillisecond);

/// Every sample once, as floats.
void gather_all(benchmark::State& state) {
  const auto pair = fashion(state, {});
  if (!pair) return;
  std::vector<float> row(pair->train.width());
  for (auto _ : state)
    for (std::size_t i = 0; i < pair->train.size(); ++i) {
      pair->train.features(i, row);
      benchmark::DoNotOptimize(row.data());
      benchmark::ClobberMemory();
    }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(pair->train.size()));
}
BENCHMARK(gather_all)->Unit(benchmark::kMillisecond);

}  // namespace
BENCHMARK_MAIN();
