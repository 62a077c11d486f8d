// testing.hpp: what the tests of the room share: answers made by hand.
#pragma once
#include <memory>
#include <utility>
#include <vector>

#include "analysis/answers.hpp"

namespace atelier::testing_analysis {

/// A picture of 2 x 1 pixels for each (truth, probabilities); classes are "a", "b", "c".
inline Answers answers_of(const std::vector<std::pair<int, std::vector<float>>>& rows, bool pictures = true) {
  auto pixels = std::make_shared<std::vector<std::uint8_t>>(rows.size() * 2, std::uint8_t{255});
  auto labels = std::make_shared<std::vector<std::int32_t>>();
  Matrix<float> probabilities(rows.size(), 3);
  for (std::size_t i = 0; i < rows.size(); i++) {
    labels->push_back(rows[i].first);
    for (std::size_t c = 0; c < 3; c++) probabilities[i, c] = rows[i].second[c];
  }
  Dataset set = Dataset::classification("dots", {std::span<const std::uint8_t>(*pixels), 2, pixels}, labels,
                                        pictures ? ImageShape{1, 2, 1} : ImageShape{}, {"a", "b", "c"});
  return {std::move(set), std::move(probabilities), "run r on dots validation"};
}

}  // namespace atelier::testing_analysis
