// gradient_check_test.cpp: the contract of every layer, activation, loss and initialiser.
#include "nn/gradient_check.hpp"

#include <gtest/gtest.h>

#include "nn/catalog.hpp"

namespace atelier {
namespace {

TEST(Gradient, OfEveryCombinationMeetsCentralDifferences) {
  for (const std::uint64_t seed : {1, 2}) {
    const auto table = check_gradients(seed);
    ASSERT_TRUE(table);
    EXPECT_EQ(table->size(), 5 * activations().size() * losses().size() * initialisers().size());
    for (const GradientCheck& row : *table) {
      EXPECT_LT(row.worst, 1e-6) << row.network << " with " << row.layers << ", " << row.loss << ", " << row.initialiser
                                 << " at " << row.worst_at << ", seed " << seed;
    }
  }
}

TEST(Gradient, OfManySlicesAndPanelsMeetsCentralDifferences) {
  // 70 rows are three slices, widths above 64 are two panels.
  const Architecture a{3,
                       {Dense{66}, BatchNorm{}, Activate{Tanh{}}, Dense{66}, LayerNorm{}, Activate{Sigmoid{}},
                        Residual{3}, Dropout{0.2}, Dense{2}}};
  const auto row = check_gradient(a, CrossEntropy{0.1}, *initialiser("xavier_normal"), 70, 3);
  ASSERT_TRUE(row);
  EXPECT_LT(row->worst, 1e-6) << row->worst_at;
}

TEST(Gradient, NestedResidualConnectionsAddUp) {
  const Architecture a{
      4, {Dense{5}, Activate{Tanh{}}, Residual{1}, Dense{5}, Residual{2}, Activate{Softplus{}}, Residual{6}, Dense{3}}};
  const auto wrong = check_gradient(a, CrossEntropy{}, *initialiser("he_normal"), 5, 3);
  ASSERT_FALSE(wrong);  // the last one starts at the four inputs
  Architecture right = a;
  right.layers[6] = Residual{5};
  const auto row = check_gradient(right, CrossEntropy{}, *initialiser("he_normal"), 5, 3);
  ASSERT_TRUE(row) << row.error().summary;
  EXPECT_LT(row->worst, 1e-6) << row->worst_at;
}

}  // namespace
}  // namespace atelier
