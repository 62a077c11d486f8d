// sampler.hpp: who proposes the next configuration.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "tune/space.hpp"

namespace atelier {

/// What is known of one trial when a proposal is made.
struct Observation {
  enum class State { pending, finished, stopped, failed };
  Configuration configuration;
  State state = State::pending;
  std::optional<double> loss = {};  ///< to be minimised (a metric to be maximised comes negated); last or best value
  std::int64_t step = 0;            ///< epochs behind that value
  std::int64_t steps_planned = 0;   ///< epochs it would have had
};

/// Everything that decides a proposal. A sampler is a pure function of it: the same request, the same answer, on
/// every machine.
struct Ask {
  const Space& space;
  std::span<const Observation> history;  ///< in the order of the trials
  std::uint64_t seed = 0;
  std::uint64_t trial = 0;   ///< number of the trial that is asked for, from 0
  std::uint64_t budget = 0;  ///< trials planned in all; 0: open
};

/// A sampler as the catalog lists it. `propose` gives the configuration, or none when the space is exhausted.
/// It may propose a duplicate: who asks refuses those and asks again with `attempt` counted up.
struct Sampler {
  std::string_view name, summary;
  std::optional<Configuration> (*propose)(const Ask& ask, std::uint64_t attempt);
  /// How much its proposals hang on the trials before: on what they showed, on what they were alone, or they go through a
  /// grid and hang on neither.
  enum class Looks { at_losses, at_configurations, at_nothing } looks = Looks::at_losses;
};

/// All samplers: grid, random, sobol, tpe, gp. A new one is one file in samplers/ and one line in the catalog.
std::span<const Sampler> samplers();
/// The one called `name`; an error that names the nearest.
Result<Sampler> sampler(std::string_view name);
/// The sampler for a sweep's method at a trial: bayes is the Gaussian process up to 300 trials and TPE beyond, or where
/// parameters have conditions; any other method is a sampler's name.
Result<Sampler> sampler_for(std::string_view method, const Space& space, std::uint64_t trial);

}  // namespace atelier
