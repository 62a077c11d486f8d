// acquisition.hpp: where a Gaussian process expects the most improvement.
#pragma once
#include "tune/detail/encoding.hpp"
#include "tune/detail/gaussian_process.hpp"

namespace atelier::detail {

/// log E[max(best - Y, 0)] for a normal Y. Where the improvement is many deviations away, by Mills's ratio and then by its
/// asymptotic series, so that it never becomes log 0 (Ament et al. 2023, equation 9).
double log_expected_improvement(double mean, double variance, double best);

/// What is to be improved on: the trial of the best value, as the process believes it.
struct Incumbent {
  double value;
  std::span<const double> row;
};

/// The untried configuration of the highest log expected improvement (the attempt-th of the ranking): every one of a
/// space of at most 2,048, otherwise among as many scrambled Sobol points and what local search finds from the best of them
/// and from the incumbent.
/// None when all have been tried.
std::optional<Configuration> most_promising(const Encoder& encoder, const History& history,
                                            const GaussianProcess& process, const Incumbent& incumbent,
                                            const Philox& random, std::uint64_t attempt);

}  // namespace atelier::detail
