// forest.cpp: trees grown on groups of values, and their gains on rows unseen.
#include "analysis/forest.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "base/random.hpp"

namespace atelier {
namespace {

constexpr std::size_t kMostGroups = 32;
constexpr double kTie = 1e-9;                            // gains of the same cut, summed in another order
constexpr std::uint64_t kRowDraws = 0x60, kTies = 0x61;  // streams

struct Sums {
  double rows = 0, target = 0;
  void add(double r, double t) { rows += r, target += t; }
  double mean() const { return target / rows; }
};

struct Split {
  std::size_t column = 0, group = 0;
  double gain = 0;
};

/// Rows of a node: those the tree was given and those it has not seen.
struct Node {
  std::span<std::uint32_t> seen, unseen;
};

class TreeGrower {
 public:
  TreeGrower(const ForestTable& table, std::span<const double> target, std::span<const std::uint32_t> copies)
      : table_(table),
        target_(target),
        copies_(copies),
        gains_(table.columns()),
        sum_(target.size()),
        votes_(target.size()) {
    for (std::size_t i = 0; i < target.size(); i++)
      given_.insert(given_.end(), copies[i], static_cast<std::uint32_t>(i));
    smallest_ = std::max(5.0, static_cast<double>(given_.size()) / 100);
    for (std::size_t c = 0; c < table.columns(); c++) histogram_.resize(std::max(histogram_.size(), table.groups(c)));
  }

  void grow(std::uint64_t seed, std::uint64_t tree) {
    draw(Philox(seed, stream::of(kRowDraws, tree)));
    const Philox ties(seed, stream::of(kTies, tree));
    root_ = sums(seen_).mean();
    std::vector<Node> open{{seen_, unseen_}};
    for (std::uint64_t at = 0; !open.empty(); at++) {
      const Node node = open.back();
      open.pop_back();
      const Sums all = sums(node.seen);
      const auto split = all.rows < smallest_ ? std::nullopt : best_split(node, all, ties, at);
      if (!split) {
        vote(node, all.mean());
        continue;
      }
      const Node left{part(node.seen, *split), part(node.unseen, *split)};
      const Node right{node.seen.subspan(left.seen.size()), node.unseen.subspan(left.unseen.size())};
      measure(left, all.mean(), split->column);
      measure(right, all.mean(), split->column);
      open.push_back(right);
      open.push_back(left);
    }
  }

  Forest result() const {
    Forest forest{gains_, 0};
    for (double& gain : forest.gains) gain = std::max(gain, 0.0);
    double mean = 0, n = 0, around = 0, missed = 0;
    for (const std::uint32_t i : given_)
      if (votes_[i] > 0) mean += target_[i], n++;
    for (const std::uint32_t i : given_) {
      if (votes_[i] == 0) continue;
      around += std::pow(target_[i] - mean / n, 2);
      missed += std::pow(target_[i] - sum_[i] / votes_[i], 2);
    }
    forest.explained = around > 0 ? 1 - missed / around : 0;
    return forest;
  }

 private:
  /// Rows with replacement; a row that counts more than once is unseen only where none of its copies was drawn.
  void draw(const Philox& random) {
    weight_.assign(target_.size(), 0);
    for (std::size_t i = 0; i < given_.size(); i += 4) {
      const auto words = random(i);
      for (std::size_t k = 0; k < std::min<std::size_t>(4, given_.size() - i); k++)
        weight_[given_[static_cast<std::size_t>((std::uint64_t{words[k]} * given_.size()) >> 32)]]++;
    }
    seen_.clear(), unseen_.clear();
    for (std::uint32_t i = 0; i < target_.size(); i++) {
      if (weight_[i] > 0)
        seen_.push_back(i);
      else if (copies_[i] > 0)
        unseen_.push_back(i);
    }
  }

  Sums sums(std::span<const std::uint32_t> rows) const {
    Sums all;
    for (const std::uint32_t i : rows) all.add(weight_[i], weight_[i] * target_[i]);
    return all;
  }

  /// The split of the largest decrease in squares; of equals, one by chance.
  std::optional<Split> best_split(const Node& node, const Sums& all, const Philox& ties, std::uint64_t at) {
    const auto words = ties(at);
    const double rounding = 1e-12 * all.rows;  // what equal targets may differ by, of variance 1
    Split best;
    std::uint32_t priority = 0;
    for (std::size_t c = 0; c < table_.columns(); c++) {
      const Split here = best_cut(c, node, all);
      if (here.gain <= rounding || here.gain < best.gain * (1 - kTie)) continue;
      const std::uint32_t drawn = words[c % 4] ^ static_cast<std::uint32_t>(0x9E3779B9u * (c + 1));
      if (here.gain <= best.gain * (1 + kTie) && drawn <= priority) continue;
      best = here, priority = drawn;
    }
    return best.gain > 0 ? std::optional(best) : std::nullopt;
  }

  Split best_cut(std::size_t c, const Node& node, const Sums& all) {
    const std::vector<std::uint16_t>& groups = table_.group_of(c);
    const std::size_t count = table_.groups(c);
    const bool category = table_.category(c);
    std::fill_n(histogram_.begin(), count, Sums{});
    for (const std::uint32_t i : node.seen) histogram_[groups[i]].add(weight_[i], weight_[i] * target_[i]);
    Split best{.column = c};
    Sums left;
    for (std::size_t g = 0; g < count; g++) {
      if (histogram_[g].rows == 0) continue;
      if (category) left = {};
      left.add(histogram_[g].rows, histogram_[g].target);
      const Sums right{all.rows - left.rows, all.target - left.target};
      if (right.rows == 0) break;
      const double apart = left.mean() - right.mean();
      const double gain = left.rows * right.rows / all.rows * apart * apart;
      if (gain > best.gain) best = {c, g, gain};
    }
    return best;
  }

  /// Brings the rows on the split's left side to the front; returns them.
  std::span<std::uint32_t> part(std::span<std::uint32_t> rows, const Split& split) const {
    const std::vector<std::uint16_t>& groups = table_.group_of(split.column);
    const bool one = table_.category(split.column);
    const auto end = std::partition(rows.begin(), rows.end(), [&](std::uint32_t i) {
      return one ? groups[i] == split.group : groups[i] <= split.group;
    });
    return rows.first(static_cast<std::size_t>(end - rows.begin()));
  }

  /// What a step from the parent's mean to the child's says of the unseen rows.
  void measure(const Node& child, double parent, std::size_t column) {
    const double step = sums(child.seen).mean() - parent;
    double off = 0;
    for (const std::uint32_t i : child.unseen) off += copies_[i] * (target_[i] - root_);
    gains_[column] += step * off;
  }

  void vote(const Node& leaf, double mean) {
    for (const std::uint32_t i : leaf.unseen) sum_[i] += mean, votes_[i]++;
  }

  const ForestTable& table_;
  std::span<const double> target_;
  std::span<const std::uint32_t> copies_;
  std::vector<double> gains_, sum_, votes_, weight_;
  std::vector<std::uint32_t> given_, seen_, unseen_;
  std::vector<Sums> histogram_;
  double root_ = 0, smallest_ = 5;  // the mean of all rows; the fewest rows that are split
};

}  // namespace

ForestTable::ForestTable(std::span<const ForestColumn> columns) {
  for (const ForestColumn& column : columns) {
    std::vector<double> cuts = column.values;
    std::ranges::sort(cuts);
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
    if (!column.category && cuts.size() > kMostGroups) {
      std::vector<double> sorted = column.values;
      std::ranges::sort(sorted);
      cuts.clear();
      for (std::size_t g = 0; g < kMostGroups; g++) cuts.push_back(sorted[g * sorted.size() / kMostGroups]);
      cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
    }
    auto& rows = rows_.emplace_back();
    for (const double value : column.values)  // the last cut that is not above it
      rows.push_back(static_cast<std::uint16_t>(std::ranges::upper_bound(cuts, value) - cuts.begin() - 1));
    groups_.push_back(cuts.size());
    category_.push_back(column.category);
  }
}

Forest grow_forest(const ForestTable& table, std::span<const double> target, std::span<const std::uint32_t> copies,
                   int trees, std::uint64_t seed) {
  const std::vector<std::uint32_t> once(copies.empty() ? target.size() : 0, 1);
  TreeGrower grower(table, target, copies.empty() ? std::span<const std::uint32_t>(once) : copies);
  if (!target.empty())
    for (int tree = 0; tree < trees; tree++) grower.grow(seed, static_cast<std::uint64_t>(tree));
  return grower.result();
}

}  // namespace atelier
