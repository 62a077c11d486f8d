// cli_bench.cpp: how long a person waits for a listing, from the word to the prompt: the whole program, each time anew.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <string>
#include <vector>

#include "workspaces.hpp"

namespace {

/// Runs the program with standard output to nowhere; its exit code.
int call(std::vector<std::string> words) {
  words.insert(words.begin(), ATELIER_PROGRAM);
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  int status = 1;
  if (posix_spawn(&child, words[0].c_str(), &files, nullptr, pointers.data(), environ) == 0) waitpid(child, &status, 0);
  posix_spawn_file_actions_destroy(&files);
  return status;
}

/// `atelier runs` with further words, on a workspace of so many runs.
template <class... Words>
void runs(benchmark::State& state, Words... more) {
  const std::string folder = atelier::bench::workspaces().with(static_cast<int>(state.range(0))).string();
  for (auto _ : state)
    if (call({"runs", more..., "--workspace", folder}) != 0) state.SkipWithError("the program failed");
}

BENCHMARK_CAPTURE(runs, table, "list")->Arg(1000)->Arg(100'000)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(runs, newest_50, "--limit", "50")
    ->Arg(1000)
    ->Arg(100'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(runs, filtered, "--where", "optimizer = 'adam' and val_accuracy > 0.88", "--sort", "val_accuracy")
    ->Arg(1000)
    ->Arg(100'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(runs, json, "--json")->Arg(1000)->Arg(100'000)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(runs, csv, "--csv")->Arg(1000)->Arg(100'000)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
