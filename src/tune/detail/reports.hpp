// reports.hpp: what has been told of a study's trials, in whatever order it came.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace atelier::detail {

/// Losses and ends by trial. The first report of an epoch or an end counts.
class Reports {
 public:
  struct End {
    int epochs = 0;
    bool failed = false;
    std::string reason = {};
  };
  /// What a trial showed in a span of epochs: its losses, and its end if that lies within.
  struct Span {
    std::vector<double> losses = {};
    std::optional<End> end = {};
  };

  void add_loss(std::uint64_t trial, int epoch, double loss) {
    if (epoch >= 1) heard_[trial].losses.emplace(epoch, std::isnan(loss) ? HUGE_VAL : loss);
  }
  void add_end(std::uint64_t trial, End end) {
    if (auto& known = heard_[trial].end; !known) known = std::move(end);
  }

  /// The epochs from + 1 ... until of a trial, or to its end where that comes before; none while a report is missing. An
  /// end at `until` belongs to the next span: whether it is told before or after the span is asked for then changes
  /// nothing. With `ends` the trial's end is awaited too, and belongs to this span wherever it lies.
  std::optional<Span> span(std::uint64_t trial, int from, int until, bool ends) const {
    const auto at = heard_.find(trial);
    if (at == heard_.end() || (ends && !at->second.end)) return std::nullopt;
    Span found;
    if (at->second.end && (ends || at->second.end->epochs < until)) found.end = at->second.end;
    const int last = found.end ? std::min(found.end->epochs, until) : until;
    found.losses = first_losses(at->second, from, last);
    if (static_cast<int>(found.losses.size()) < last - from) return std::nullopt;
    return found;
  }

  /// The losses from epoch 1 on, up to the first that is missing or `until`.
  std::vector<double> first_losses(std::uint64_t trial, int until) const {
    const auto at = heard_.find(trial);
    return at == heard_.end() ? std::vector<double>{} : first_losses(at->second, 0, until);
  }

 private:
  struct Heard {
    std::map<int, double> losses;
    std::optional<End> end;
  };
  static std::vector<double> first_losses(const Heard& heard, int from, int until) {
    std::vector<double> found;
    for (auto at = heard.losses.upper_bound(from); at != heard.losses.end() && at->first == from + 1 && from < until;
         ++at)
      found.push_back(at->second), from++;
    return found;
  }

  std::unordered_map<std::uint64_t, Heard> heard_;
};

}  // namespace atelier::detail
