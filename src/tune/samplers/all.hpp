// all.hpp: the samplers' functions, each in its own file; catalog.cpp lists them.
#pragma once
#include "tune/sampler.hpp"

namespace atelier {

std::optional<Configuration> propose_grid(const Ask& ask, std::uint64_t attempt);
std::optional<Configuration> propose_random(const Ask& ask, std::uint64_t attempt);
std::optional<Configuration> propose_sobol(const Ask& ask, std::uint64_t attempt);
std::optional<Configuration> propose_tpe(const Ask& ask, std::uint64_t attempt);
std::optional<Configuration> propose_gp(const Ask& ask, std::uint64_t attempt);

}  // namespace atelier
