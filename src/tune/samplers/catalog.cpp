// catalog.cpp: the samplers by name.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/catalog.hpp"
#include "tune/samplers/all.hpp"

namespace atelier {
namespace {

constexpr std::array kSamplers = {
    Sampler{"grid", "every combination once, names sorted, the last fastest, as W&B orders them", &propose_grid,
            Sampler::Looks::at_nothing},
    Sampler{"random", "independent draws from the distributions", &propose_random, Sampler::Looks::at_configurations},
    Sampler{"sobol", "scrambled Sobol points, which cover the space evenly from the first on", &propose_sobol,
            Sampler::Looks::at_configurations},
    Sampler{"tpe",
            "multivariate tree-structured Parzen estimator (Watanabe 2023), for long sweeps and conditional spaces",
            &propose_tpe},
    Sampler{"gp",
            "Gaussian process, Matern 5/2, with the logarithm of expected improvement, for sweeps of up to about 300 "
            "trials",
            &propose_gp},
};

}  // namespace

std::span<const Sampler> samplers() { return kSamplers; }

Result<Sampler> sampler(std::string_view name) {
  const auto at = std::ranges::find(kSamplers, name, &Sampler::name);
  if (at != kSamplers.end()) return *at;
  std::vector<std::string_view> names;
  for (const Sampler& known : kSamplers) names.push_back(known.name);
  const std::string near = nearest(name, names);
  std::string all;
  for (const auto known : names) all += (all.empty() ? "" : ", ") + std::string(known);
  return fail(Trouble::usage, fmt::format("unknown sampler `{}`", name), "known are " + all,
              near.empty() ? "" : fmt::format("did you mean `{}`?", near));
}

Result<Sampler> sampler_for(std::string_view method, const Space& space, std::uint64_t trial) {
  constexpr std::uint64_t few = 300;
  if (method != "bayes") return sampler(method);
  const bool conditions =
      std::ranges::any_of(space.parameters, [](const Parameter& p) { return p.condition.has_value(); });
  return sampler(conditions || trial >= few ? "tpe" : "gp");
}

}  // namespace atelier
