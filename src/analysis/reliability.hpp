// reliability.hpp: whether a network is right as often as it is sure.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/answers.hpp"

namespace atelier {

/// Answers with a probability in (low, high].
struct ReliabilityBin {
  double low = 0, high = 0;
  std::optional<double> confidence = {};  ///< mean probability of the answers; none where there are none
  std::optional<double> accuracy = {};    ///< share of them that is right
  std::uint64_t count = 0;
};

struct Reliability {
  std::vector<ReliabilityBin> bins;
  double error = 0;       ///< expected calibration error, in [0, 1]
  double confidence = 0;  ///< mean over all answers
};

/// Bins of equal width, 15 as in Guo et al. 2017 (arXiv:1706.04599), and their equation 3:
/// ECE = sum over bins of n_b / n |accuracy_b - confidence_b|. `sure[i]` in [0, 1] is the probability of answer i.
Reliability reliability_of(std::span<const double> sure, std::span<const std::uint8_t> right, int bins = 15);

/// Kind reliability. The title says too sure or too unsure only where the accuracy's 95 % interval leaves the mean
/// probability out.
Figure reliability_figure(const Answers& answers);

}  // namespace atelier
