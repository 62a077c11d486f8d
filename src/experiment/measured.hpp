// measured.hpp: what adding an optimizer costs; written by tools/new_optimizer.
#pragma once
#include <string_view>

namespace atelier {

/// The recipe "Add an optimizer" of HACKING.md, followed on a copy of the tree.
struct NewOptimizerCost {
  int files;             ///< new ones
  int rule_lines;        ///< of the new file, comments and blank lines included
  int catalog_lines;     ///< added to the catalog
  double build_seconds;  ///< to build the program again, without a compiler cache; the shortest of 3
  int threads;           ///< of the processor
  std::string_view processor;
};
inline constexpr NewOptimizerCost kNewOptimizer{
    .files = 1, .rule_lines = 24, .catalog_lines = 2, .build_seconds = 17.5, .threads = 2, .processor = "AMD EPYC"};

}  // namespace atelier
