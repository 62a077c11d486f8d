// workspaces.hpp: workspaces with many runs, for the benchmarks that list them.
#pragma once
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "track/store.hpp"

namespace atelier::bench {

/// The configuration of a usual run, about 700 bytes.
inline std::string config(int i) {
  constexpr std::array<const char*, 3> kOptimizers{"adam", "sgd", "nadam"};
  return fmt::format(
      R"({{"dataset":"fashion_mnist","validation":0.1,"split_seed":1,"layers":[256,128],"activation":"relu","norm":"none",)"
      R"("dropout":0.0,"input_dropout":0.0,"residual":false,"init":"he_normal","init_scale":0.0,"loss":"cross_entropy",)"
      R"("label_smoothing":0.0,"optimizer":"{}","learning_rate":{},"beta1":0.9,"beta2":0.999,"epsilon":1e-8,"weight_decay":0.0005,)"
      R"("clip_norm":0.0,"clip_value":0.0,"schedule":"cosine","warmup":0.0,"schedule_factor":0.1,"schedule_every":10.0,)"
      R"("averaging":0.0,"batch_size":{},"epochs":10,"patience":0,"seed":{}}})",
      kOptimizers[static_cast<std::size_t>(i % 3)], 1e-3 * (1 + i % 10), 16 << (i % 3), i);
}

inline std::string summary(int i) {
  return fmt::format(R"({{"train_loss":0.3125,"train_accuracy":0.8875,"val_loss":0.34375,"val_accuracy":{}}})",
                     0.8 + i % 997 / 10'000.0);
}

/// Workspaces by their number of runs; made once, removed at the end.
class Workspaces {
 public:
  ~Workspaces() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  std::filesystem::path with(int runs) {
    const auto [at, fresh] = made_.try_emplace(runs, root_ / std::to_string(runs));
    if (fresh) fill(at->second, runs);
    return at->second;
  }

 private:
  // Queued trials, a thousand a transaction; their plans stand in for the summaries of finished ones.
  static void fill(const std::filesystem::path& folder, int runs) {
    const auto store = open_store(folder).value();
    const auto sweep = store->create_sweep({}).value().id;
    for (int first = 0; first < runs; first += 1000) {
      std::vector<NewTrial> trials;
      for (int i = first; i < std::min(first + 1000, runs); ++i)
        trials.push_back({i, fmt::format("hl_3_bs_16_ac_tanh_{}", i), config(i), summary(i)});
      if (!store->add_trials(sweep, trials)) std::abort();
    }
  }

  std::filesystem::path root_ = [] {
    std::string name = (std::filesystem::temp_directory_path() / "atelier-bench-XXXXXX").string();
    return std::filesystem::path(::mkdtemp(name.data()));
  }();
  std::map<int, std::filesystem::path> made_;
};

inline Workspaces& workspaces() {
  static Workspaces all;
  return all;
}

}  // namespace atelier::bench
