// dataset_test.cpp: a Dataset gives every sample as it was stored.
#include "data/dataset.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <numeric>

namespace atelier {
namespace {

/// 256 samples of one byte each, 0 to 255, their labels the parity.
Dataset all_bytes() {
  auto bytes = std::make_shared<std::vector<std::uint8_t>>(256);
  std::iota(bytes->begin(), bytes->end(), std::uint8_t{0});
  auto labels = std::make_shared<std::vector<std::int32_t>>();
  for (int i = 0; i < 256; ++i) labels->push_back(i % 2);
  const Features features{.values = std::span<const std::uint8_t>(*bytes), .width = 1, .keeper = bytes};
  return Dataset::classification("bytes", features, labels, {1, 1, 1}, {"even", "odd"});
}

float only(const Dataset& set, std::size_t i) {
  float value = -1;
  set.features(i, std::span(&value, 1));
  return value;
}

TEST(DatasetValue, BytesAreScaledByOneProduct) {
  const Dataset set = all_bytes();
  ASSERT_EQ(set.size(), 256u);
  for (std::size_t i = 0; i < 256; ++i) {
    set.prefetch(i);
    EXPECT_EQ(only(set, i), static_cast<float>(i) * (1.0f / 255));
  }
  EXPECT_EQ(only(set, 255), 1.0f);
}

TEST(DatasetValue, ASubsetOfASubsetCountsItsOwnPositions) {
  const Dataset set = all_bytes();
  const std::vector<std::uint32_t> outer{10, 20, 31}, inner{2, 0, 0};
  const Dataset part = set.subset(outer).subset(inner);
  ASSERT_EQ(part.size(), 3u);
  EXPECT_EQ(only(part, 0), only(set, 31));
  EXPECT_EQ(only(part, 1), only(set, 10));
  EXPECT_EQ(part.label(0), 1);
  EXPECT_EQ(part.label(2), 0);
  EXPECT_EQ(part.class_names(), set.class_names());
  EXPECT_EQ(part.image(), set.image());
  EXPECT_EQ(part.outputs(), 2u);
}

TEST(DatasetValue, OutlivesWhatItWasMadeFrom) {
  const Dataset part = all_bytes().subset(std::vector<std::uint32_t>{200});
  EXPECT_EQ(only(part, 0), 200 * (1.0f / 255));
}

TEST(DatasetValue, FloatsAndTargetsStayAsTheyAre) {
  auto values = std::make_shared<std::vector<float>>(std::vector<float>{1, 2, 3, -400, 5, 6});
  auto targets = std::make_shared<Matrix<float>>(2, 1);
  (*targets)[1, 0] = 9;
  const Features features{.values = std::span<const float>(*values), .width = 3, .keeper = values};
  const Dataset set = Dataset::regression("floats", features, targets, {});
  std::vector<float> row(3);
  set.features(1, row);
  EXPECT_EQ(row, (std::vector{-400.f, 5.f, 6.f}));
  EXPECT_FALSE(set.is_classification());
  EXPECT_EQ(set.outputs(), 1u);
  EXPECT_EQ(set.target(1)[0], 9);
}

}  // namespace
}  // namespace atelier
