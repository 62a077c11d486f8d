// track_bench.cpp: what the store costs a training, and how fast runs are opened and listed.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "track/run_writer.hpp"
#include "track/store.hpp"

namespace {

using namespace atelier;
namespace fs = std::filesystem;

constexpr const char* kEnvironment =
    R"({"version":"0.1.0","isa":"avx2","cores":2,"dataset_sha256":"0123456789abcdef0123456789abcdef0123456789abcdef"})";

/// The configuration of a usual run, about 700 bytes.
std::string config(int i) {
  constexpr std::array<const char*, 3> kOptimizers{"adam", "sgd", "nadam"};
  return fmt::format(
      R"({{"dataset":"fashion_mnist","validation":0.1,"split_seed":1,"layers":[256,128],"activation":"relu","norm":"none",)"
      R"("dropout":0.0,"input_dropout":0.0,"residual":false,"init":"he_normal","init_scale":0.0,"loss":"cross_entropy",)"
      R"("label_smoothing":0.0,"optimizer":"{}","learning_rate":{},"beta1":0.9,"beta2":0.999,"epsilon":1e-8,"weight_decay":0.0005,)"
      R"("clip_norm":0.0,"clip_value":0.0,"schedule":"cosine","warmup":0.0,"schedule_factor":0.1,"schedule_every":10.0,)"
      R"("averaging":0.0,"batch_size":{},"epochs":10,"patience":0,"seed":{}}})",
      kOptimizers[static_cast<std::size_t>(i % 3)], 1e-3 * (1 + i % 10), 16 << (i % 3), i);
}

std::string summary(int i) {
  return fmt::format(R"({{"train_loss":0.3125,"train_accuracy":0.8875,"val_loss":0.34375,"val_accuracy":{}}})",
                     0.8 + i % 997 / 10'000.0);
}

/// Workspaces by their number of runs; made once, removed at the end.
class Workspaces {
 public:
  ~Workspaces() {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }
  fs::path with(int runs) {
    const auto [at, fresh] = made_.try_emplace(runs, root_ / std::to_string(runs));
    if (fresh) fill(at->second, runs);
    return at->second;
  }

 private:
  // Queued trials, a thousand a transaction; their plans stand in for the summaries of finished ones.
  static void fill(const fs::path& folder, int runs) {
    const auto store = open_store(folder).value();
    const auto sweep = store->create_sweep({}).value().id;
    for (int first = 0; first < runs; first += 1000) {
      std::vector<NewTrial> trials;
      for (int i = first; i < std::min(first + 1000, runs); ++i)
        trials.push_back({i, fmt::format("hl_3_bs_16_ac_tanh_{}", i), config(i), summary(i)});
      if (!store->add_trials(sweep, trials)) std::abort();
    }
  }

  fs::path root_ = [] {
    std::string name = (fs::temp_directory_path() / "atelier-bench-XXXXXX").string();
    return fs::path(::mkdtemp(name.data()));
  }();
  std::map<int, fs::path> made_;
};

Workspaces& workspaces() {
  static Workspaces all;
  return all;
}

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
