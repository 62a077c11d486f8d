// sweep_file.hpp: a sweep as W&B's schema writes it, read from YAML or JSON.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "tune/space.hpp"
#include "tune/stopping/stopping.hpp"

namespace atelier {

/// What a sweep improves.
struct SweepMetric {
  std::string name;
  bool maximize = false;
  std::optional<double> target = {};  ///< the sweep ends when a run reaches it
};

/// Something that can be run but is hardly meant: "what, why, fix", with its line.
struct SweepWarning {
  int line = 0;  ///< from 1
  std::string text;
};

using StoppingRule = std::variant<Hyperband, Asha, MedianRule>;

/// A sweep file's content. Its parameters are in `space`, sorted, nested ones with dotted names.
struct SweepFile {
  std::string path;
  std::string method;  ///< grid, random, bayes, or the name of a sampler
  std::optional<SweepMetric> metric = {};
  Space space = {};
  std::optional<std::uint64_t> run_cap = {};
  std::optional<std::uint64_t> seed = {};  ///< Atelier's own key
  std::optional<StoppingRule> early_terminate = {};
  std::string name = {}, description = {}, project = {}, entity = {}, program = {};
  std::vector<std::string> command = {};
  std::map<std::string, int> lines = {};  ///< where each parameter stands, and `metric` under the empty name
  std::vector<SweepWarning> warnings = {};
};

/// Reads a file of at most 1 MiB. An Error begins with `file:line:` and says what, why and how to mend it.
Result<SweepFile> read_sweep_file(const std::string& path);
/// Reads a text; `name` stands for the file in messages.
Result<SweepFile> parse_sweep(const std::string& text, const std::string& name);

/// "sweep.yaml:7: warning: what, why, fix".
std::string describe(const SweepFile& sweep, const SweepWarning& warning);

}  // namespace atelier
