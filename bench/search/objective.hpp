// objective.hpp: what the samplers are measured on, and the judge who keeps the score.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "functions.hpp"
#include "tune/sampler.hpp"

/// A function, or a table of real trainings with several repeats of each configuration.
struct Objective {
  std::string name;
  atelier::Space space;
  const Function* function = nullptr;  ///< absent: a table
  std::size_t repeats = 0;
  std::vector<double> table = {};  ///< [configurations, repeats]: losses, in mixed radix by name, the last fastest
  double optimum = 0;              ///< the least value; of a table, the least mean over the repeats
};

/// Where the objectives and their tables lie.
struct Places {
  std::filesystem::path list = "bench/search/objectives.json";
  std::filesystem::path own = "bench/search/own.csv";
  std::filesystem::path tables = "build/search-tables";
  std::filesystem::path traces = "bench/search/traces";
};

/// The names in the list that are of a set: "test", "held_back".
atelier::Result<std::vector<std::string>> names_of(const Places& places, std::string_view set);
atelier::Result<atelier::Space> space_of(const Places& places, std::string_view name);
atelier::Result<Objective> objective(const Places& places, std::string_view name);

/// Watches one search. A table shows one of its repeats, which the seed and the configuration decide: every method
/// with this seed sees the same value. The regret is that of the best value seen so far: by the table's mean over its
/// repeats, or the function's value.
class Judge {
 public:
  Judge(const Objective& objective, std::uint64_t seed) : objective_(&objective), seed_(seed) {}

  /// The loss of the next trial; an error for a configuration outside the space.
  atelier::Result<double> tell(const atelier::Configuration& configuration);
  std::uint64_t trials() const { return trials_; }

  /// Where the regret changed, and where the search ended: "seed,trial,regret" a line.
  std::string trace() const;

 private:
  struct Change {
    std::uint64_t trial;
    double regret;
  };
  const Objective* objective_;
  std::uint64_t seed_, trials_ = 0;
  double best_ = 0, regret_ = 0;
  std::vector<Change> changes_;
};

/// The searches of one method on one objective: a CSV file of traces, to which complete ones are added.
class Traces {
 public:
  static atelier::Result<Traces> open(const Places& places, const std::string& objective, const std::string& method);
  /// Whether the search of this seed is there, with so many trials or more.
  bool has(std::uint64_t seed, std::uint64_t trials) const;
  /// Adds a search in the place of a shorter one of the same seed.
  atelier::Result<void> add(std::uint64_t seed, const std::string& trace);

 private:
  std::filesystem::path path_;
  std::map<std::uint64_t, std::string> by_seed_;
};
