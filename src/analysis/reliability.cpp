// reliability.cpp: answers sorted into bins of probability.
#include "analysis/reliability.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "figures/progress.hpp"

namespace atelier {

using Json = nlohmann::ordered_json;

Reliability reliability_of(std::span<const double> sure, std::span<const std::uint8_t> right, int bins) {
  Reliability r{.bins = std::vector<ReliabilityBin>(static_cast<std::size_t>(bins))};
  std::vector<double> sums(r.bins.size());
  std::vector<std::uint64_t> hits(r.bins.size());
  for (std::size_t i = 0; i < sure.size(); i++) {
    const auto place = static_cast<int>(std::ceil(sure[i] * bins)) - 1;
    const auto b = static_cast<std::size_t>(std::clamp(place, 0, bins - 1));
    r.bins[b].count++;
    sums[b] += sure[i];
    hits[b] += right[i];
    r.confidence += sure[i] / static_cast<double>(sure.size());
  }
  for (std::size_t b = 0; b < r.bins.size(); b++) {
    ReliabilityBin& bin = r.bins[b];
    bin.low = static_cast<double>(b) / bins, bin.high = static_cast<double>(b + 1) / bins;
    if (bin.count == 0) continue;
    const auto n = static_cast<double>(bin.count);
    bin.confidence = sums[b] / n;
    bin.accuracy = static_cast<double>(hits[b]) / n;
    r.error += n / static_cast<double>(sure.size()) * std::abs(*bin.accuracy - *bin.confidence);
  }
  return r;
}

Figure reliability_figure(const Answers& answers) {
  std::vector<double> sure;
  std::vector<std::uint8_t> right;
  for (std::size_t i = 0; i < answers.size(); i++) {
    sure.push_back(answers.probability(i, answers.answer(i)));
    right.push_back(!answers.wrong(i));
  }
  const Reliability r = reliability_of(sure, right);
  Figure figure{.figure = "reliability", .kind = "reliability"};
  figure.caption = caption_of(answers) + "; 15 equal bins of the answer's probability";
  figure.data = {{"error", r.error}, {"bins", Json::array()}};
  for (const ReliabilityBin& bin : r.bins)
    figure.data["bins"].push_back({{"low", bin.low},
                                   {"high", bin.high},
                                   {"confidence", bin.confidence ? Json(*bin.confidence) : Json()},
                                   {"accuracy", bin.accuracy ? Json(*bin.accuracy) : Json()},
                                   {"count", bin.count}});
  if (sure.empty()) {
    figure.title = "No samples";
    return figure;
  }
  const auto hits = static_cast<std::uint64_t>(std::ranges::count(right, 1));
  const Proportion accuracy = proportion(hits, right.size());
  const double gap = 100 * (r.confidence - accuracy.value);
  const bool within = accuracy.low <= r.confidence && r.confidence <= accuracy.high;
  figure.title = fmt::format("Says {:.1f} %, is right in {:.1f} %: {}", 100 * r.confidence, 100 * accuracy.value,
                             within ? std::string("no difference beyond noise")
                                    : fmt::format("{:.1f} points too {}", std::abs(gap), gap > 0 ? "sure" : "unsure"));
  figure.words.push_back(
      fmt::format("Expected calibration error {:.2f} points: how far, over all bins, probability and "
                  "share of right answers lie apart.",
                  100 * r.error));
  return figure;
}

}  // namespace atelier
