// sweep_testing.hpp: what the tests of sweeps share: sweeps over small trainings, and records of them to compare.
#pragma once
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/sha256.hpp"
#include "experiment/detail/testing.hpp"
#include "experiment/sweep.hpp"

namespace atelier::testing_experiment {

inline constexpr const char* kSearch = R"(
method: tpe
metric: {name: val_loss}
run_cap: 12
early_terminate: {type: asha, min_iter: 1, eta: 2}
parameters:
  layers: {values: [[8], [16, 8]]}
  learning_rate: {distribution: log_uniform_values, min: 1e-4, max: 0.3}
  optimizer: {values: [sgd, adam]}
  batch_size: {values: [20, 60]}
)";

/// The value of a Result; the test fails with the Error's words when there is none.
template <class T>
T value(Result<T> result) {
  EXPECT_TRUE(result) << describe(result.error());
  return result ? *std::move(result) : T{};
}

/// So many workers; what hangs ends after a while, and is not over then.
inline WorkOptions with(int workers) { return {.workers = workers, .seconds = 120}; }

class SweepTest : public testing::Test {
 protected:
  void SetUp() override {
    write_small_data(folder_.path / "data");
    base_.data = (folder_.path / "data").string();
    base_.layers = {12};
    base_.batch_size = 60;
    base_.epochs = 5;
    base_.learning_rate = 0.01;
  }

  std::unique_ptr<Workspace> open(const std::string& name) const { return *Workspace::open(folder_.path / name); }

  SweepRequest request_of_text(const std::string& text) const {
    auto file = value(parse_sweep(text, "sweep.yaml"));
    SweepRequest request{value(set_up(std::move(file), base_, {})), text};
    request.seed = 3;
    request.budget = request.setup.file.run_cap.value_or(0);
    request.parallel = 3;
    return request;
  }
  Sweep begin(Workspace& workspace, const std::string& text) const {
    return value(create_sweep(workspace.store(), request_of_text(text), "s"));
  }

  /// A sweep of this text that nothing disturbs.
  SweepOutcome whole(const std::string& text, const std::string& name = "whole", int workers = 2) const {
    const auto workspace = open(name);
    return value(work_at(*workspace, begin(*workspace, text), with(workers), {}));
  }

  /// All that must not depend on who worked when, a line a trial.
  std::vector<std::string> record(const std::string& name) const {
    const auto store = value(open_store(folder_.path / name, {.read_only = true}));
    std::vector<std::string> lines;
    for (const atelier::Run& run : value(store->runs({.where = "sweep = \"s\"", .sort = "trial"}))) {
      std::string line =
          fmt::format("{} {} {} ({}) {}", run.trial->number, run.name, name_of(run.state), run.reason, run.config);
      for (const EpochRow& row : value(store->history(run.id))) {
        line += fmt::format("\n  {}", row.epoch);
        for (const auto& [metric, number] : row.metrics)
          if (metric != "train_seconds" && metric != "samples_per_second")
            line += fmt::format(" {}={}", metric, number);
      }
      const std::string model = bytes_of(folder_.path / name / run.id / "model.safetensors");
      line += fmt::format("\n  model {}",
                          to_hex(sha256({reinterpret_cast<const std::uint8_t*>(model.data()), model.size()})));
      lines.push_back(std::move(line));
    }
    return lines;
  }

  /// A watch that raises `stop` with the n-th epoch, and holds the work up until that must have been seen.
  SweepWatch until_epoch(int n, std::atomic<bool>& stop) const {
    return {.news =
                [&stop, n, seen = 0](const TrialNews& news) mutable {
                  if (news.kind != TrialNews::Kind::epoch || ++seen != n) return;
                  stop = true;
                  std::this_thread::sleep_for(std::chrono::milliseconds(250));
                },
            .stop = &stop};
  }

  Folder folder_;
  Recipe base_;
};

inline bool contains_state(const SweepOutcome& outcome, RunState state) {
  return std::ranges::any_of(outcome.trials, [&](const TrialLine& t) { return t.state == state; });
}

}  // namespace atelier::testing_experiment
