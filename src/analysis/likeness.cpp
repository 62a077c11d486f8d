// likeness.cpp: average linkage with oriented joins.
#include "analysis/likeness.hpp"

#include <algorithm>
#include <utility>

namespace atelier {
namespace {

using Group = std::vector<std::size_t>;
using Alike = std::function<double(std::size_t, std::size_t)>;

/// b after a, each turned so that the ends that meet are most alike; as they are where nothing is gained.
Group join(Group a, Group b, const Alike& alike) {
  const double ends[4] = {alike(a.back(), b.front()), alike(a.back(), b.back()), alike(a.front(), b.front()),
                          alike(a.front(), b.back())};
  const auto best = std::ranges::max_element(ends) - ends;
  if (best >= 2) std::ranges::reverse(a);
  if (best % 2 == 1) std::ranges::reverse(b);
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace

std::vector<std::size_t> order_by_likeness(std::size_t n, const Alike& alike) {
  std::vector<Group> groups(n);
  std::vector<std::vector<double>> link(n, std::vector<double>(n));
  for (std::size_t i = 0; i < n; ++i) {
    groups[i] = {i};
    for (std::size_t j = 0; j < n; ++j) link[i][j] = alike(i, j);
  }
  while (groups.size() > 1) {
    std::size_t a = 0, b = 1;
    for (std::size_t i = 0; i < groups.size(); ++i)
      for (std::size_t j = i + 1; j < groups.size(); ++j)
        if (link[i][j] > link[a][b]) a = i, b = j;
    const auto size_a = static_cast<double>(groups[a].size()), size_b = static_cast<double>(groups[b].size());
    for (std::size_t k = 0; k < groups.size(); ++k)
      link[a][k] = link[k][a] = (size_a * link[a][k] + size_b * link[b][k]) / (size_a + size_b);
    groups[a] = join(std::move(groups[a]), std::move(groups[b]), alike);
    const auto gone = static_cast<std::ptrdiff_t>(b);
    groups.erase(groups.begin() + gone);
    link.erase(link.begin() + gone);
    for (auto& row : link) row.erase(row.begin() + gone);
  }
  if (n == 0) return {};
  // The lower number at the outside comes first.
  if (groups[0].back() < groups[0].front()) std::ranges::reverse(groups[0]);
  return groups[0];
}

}  // namespace atelier
