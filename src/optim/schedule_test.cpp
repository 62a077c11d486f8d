// schedule_test.cpp: the shape of every schedule.
#include "optim/schedule.hpp"

#include <gtest/gtest.h>

namespace atelier {
namespace {

TEST(Schedule, StaysBetweenZeroAndOneAndWarmsUp) {
  for (const CatalogEntry& entry : schedule_catalog()) {
    const Schedule s{.name = entry.name, .warmup = 10, .total = 110, .every = 25};
    for (int step = 1; step <= 200; step++) {
      EXPECT_GE(s.at(step), 0) << entry.name << " " << step;
      EXPECT_LE(s.at(step), 1) << entry.name << " " << step;
    }
    EXPECT_DOUBLE_EQ(s.at(5), 0.5) << entry.name;
  }
}

TEST(Schedule, HasTheShapeOfItsName) {
  EXPECT_EQ((Schedule{.name = "constant", .total = 100}.at(77)), 1);
  const Schedule drops{.name = "step", .total = 100, .factor = 0.5, .every = 10};
  EXPECT_EQ(drops.at(10), 1);
  EXPECT_EQ(drops.at(11), 0.5);
  EXPECT_EQ(drops.at(21), 0.25);
  EXPECT_NEAR((Schedule{.name = "exponential", .total = 100}.at(101)), 0.1, 1e-12);
  const Schedule cosine{.name = "cosine", .total = 100};
  EXPECT_EQ(cosine.at(1), 1);
  EXPECT_NEAR(cosine.at(51), 0.5, 1e-12);
  EXPECT_NEAR(cosine.at(101), 0, 1e-12);
  const Schedule cycle{.name = "one_cycle", .total = 100};
  EXPECT_NEAR(cycle.at(1), 0.04, 1e-12);
  EXPECT_NEAR(cycle.at(31), 1, 1e-12);
  EXPECT_NEAR(cycle.at(101), 0, 1e-12);
}

TEST(Schedule, UnknownNameSuggestsTheNearest) {
  const auto wrong = schedule_name("cosin");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().hint, "did you mean 'cosine'?");
}

}  // namespace
}  // namespace atelier
