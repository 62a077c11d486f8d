// split.cpp: a validation set held out of a training set.
#include "data/split.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/random.hpp"

namespace atelier {
namespace {

/// Positions of the samples, one list a class; a regression is one list.
std::vector<std::vector<std::uint32_t>> groups(const Dataset& set) {
  std::vector<std::vector<std::uint32_t>> lists(set.is_classification() ? set.outputs() : 1);
  for (std::uint32_t i = 0; i < set.size(); ++i)
    lists[set.is_classification() ? static_cast<std::size_t>(set.label(i)) : 0].push_back(i);
  return lists;
}

/// How many of each group to hold out, `total` in all: the method of largest remainders (Hamilton).
std::vector<std::size_t> quotas(const std::vector<std::vector<std::uint32_t>>& lists, double share, std::size_t total) {
  std::vector<std::size_t> quota;
  std::vector<double> remainder;
  for (const auto& list : lists) {
    const double wanted = share * static_cast<double>(list.size());
    quota.push_back(static_cast<std::size_t>(wanted));
    remainder.push_back(wanted - std::floor(wanted));
  }
  std::vector<std::size_t> order(lists.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return remainder[a] > remainder[b]; });
  std::size_t lacking = total - std::min(total, std::accumulate(quota.begin(), quota.end(), std::size_t{0}));
  for (const std::size_t c : order) {
    if (lacking == 0) break;
    if (quota[c] == lists[c].size()) continue;
    ++quota[c];
    --lacking;
  }
  return quota;
}

}  // namespace

Result<Split> split(const Dataset& set, double share, std::uint64_t seed) {
  if (!(share > 0 && share < 1))
    return fail(Trouble::usage, "a validation share outside 0 to 1", fmt::format("the share is {}", share),
                "0.1 holds out a tenth of the training set");
  const auto held_out = static_cast<std::size_t>(std::llround(share * static_cast<double>(set.size())));
  if (held_out == 0 || held_out >= set.size())
    return fail(Trouble::data, "a validation share that leaves one side empty",
                fmt::format("a share of {} holds out {} of {} samples", share, held_out, set.size()),
                held_out == 0 ? "hold out a larger share, or use a larger set" : "hold out a smaller share");

  auto lists = groups(set);
  const auto quota = quotas(lists, share, held_out);
  std::vector<bool> chosen(set.size());
  for (std::size_t c = 0; c < lists.size(); ++c) {
    shuffle(lists[c], Philox(seed, stream::of(stream::split, c)));
    for (std::size_t i = 0; i < quota[c]; ++i) chosen[lists[c][i]] = true;
  }
  std::vector<std::uint32_t> train, validation;
  for (std::uint32_t i = 0; i < set.size(); ++i) (chosen[i] ? validation : train).push_back(i);
  return Split{set.subset(train), set.subset(validation)};
}

}  // namespace atelier
