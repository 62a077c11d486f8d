// forest.hpp: a random forest of regression trees, and what each column gives it.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace atelier {

/// A column of what a forest predicts from: numbers, or the positions 0, 1, ... of a category's values, of which a split
/// sets one apart from the rest.
struct ForestColumn {
  std::vector<double> values = {};
  bool category = false;
};

/// Columns made ready, once for many forests: numbers as at most 32 groups of equal size.
class ForestTable {
 public:
  explicit ForestTable(std::span<const ForestColumn> columns);
  std::size_t columns() const { return groups_.size(); }
  std::size_t groups(std::size_t column) const { return groups_[column]; }
  bool category(std::size_t column) const { return category_[column]; }
  const std::vector<std::uint16_t>& group_of(std::size_t column) const { return rows_[column]; }

 private:
  std::vector<std::vector<std::uint16_t>> rows_;
  std::vector<std::size_t> groups_;
  std::vector<bool> category_;
};

struct Forest {
  std::vector<double> gains;  ///< a column each, see below; not negative
  double explained = 0;  ///< R² of the rows, each by the trees that have not seen it; at most 1, 0 or less: nothing
};

/// Breiman's forest (2001): each tree is grown on as many rows as there are, drawn with replacement, until a node has
/// fewer than five or one in a hundred, and each split takes the column and the cut of the largest decrease in squares.
/// A column's gain is that decrease measured on the rows that a tree has not seen, so that noise gains nothing however
/// many values it has (MDI-oob, Li et al. 2019, equation 4.1), summed over trees. `copies` says how often each row
/// counts; empty: once. The same seed gives the same forest. `target` has mean 0 and variance 1.
Forest grow_forest(const ForestTable& table, std::span<const double> target, std::span<const std::uint32_t> copies,
                   int trees, std::uint64_t seed);

}  // namespace atelier
