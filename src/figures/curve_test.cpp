// curve_test.cpp: the braille curve, by its dots.
#include "figures/curve.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "figures/text.hpp"

namespace atelier {
namespace {

std::vector<std::string> lines_of(std::vector<double> values, CurveFrame frame) {
  const CurveSeries series[] = {{.name = "loss", .values = std::move(values)}};
  return draw_curve(series, frame, Colour::none);
}

TEST(Curve, RisesFromLeftToRightBetweenRoundLabels) {
  EXPECT_EQ(lines_of({0, 1, 2, 3}, {.width = 14, .height = 4}),
            (std::vector<std::string>{"3 ┤         ⣀⠔", "2 ┤      ⣀⠔⠋", "1 ┤   ⣠⠒⠉", "0 ┤ ⠒⠉", "    1  epoch 4"}));
}

TEST(Curve, GrowsTowardsTheLastEpoch) {
  const auto lines = lines_of({1, 2}, {.width = 60, .height = 3, .last_x = 100});
  ASSERT_EQ(lines.size(), 4u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_LT(cells(lines[i]), 10) << "two of a hundred epochs are drawn";
  EXPECT_TRUE(lines[3].ends_with("epoch 100"));
}

TEST(Curve, OddSeriesAreDrawn) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), infinite = std::numeric_limits<double>::infinity();
  const std::vector<std::vector<double>> cases{
      {0.5},         {0.5, 0.5, 0.5}, {0, 0},       {nan, 0.5, nan}, {0.5, nan, 0.7, infinite},
      {-1e9, 1e9},   {1e-30, 3e-30},  {-0.1, -0.1}, {1e300, 2e300},  {5e-324, 5e-324},
      {1, 1 + 1e-9}, {1e15, 1e15 + 1}};
  for (const auto& values : cases)
    for (const int height : {1, 2, 5, 12}) {
      const auto lines = lines_of(values, {.width = 50, .height = height});
      ASSERT_EQ(static_cast<int>(lines.size()), height + 1) << values[0];
      std::string dots;
      for (const std::string& line : lines) {
        EXPECT_LE(cells(line), 50);
        if (&line != &lines.back()) dots += line;
      }
      EXPECT_NE(dots.find("\xe2\xa0"), std::string::npos) << "nothing drawn of " << values[0];
    }
}

TEST(Curve, NothingToDrawIsNoLine) {
  EXPECT_TRUE(lines_of({}, {}).empty());
  EXPECT_TRUE(lines_of({std::nan("")}, {}).empty());
  EXPECT_TRUE(lines_of({1, 2}, {.width = 8}).empty());
  EXPECT_TRUE(lines_of({1, 2}, {.height = 0}).empty());
}

TEST(Curve, AGapStaysAGap) {
  const auto lines = lines_of({1, 1, std::nan(""), 1, 1}, {.width = 40, .height = 1});
  EXPECT_NE(lines[0].find("   ", lines[0].find("┤") + 5), std::string::npos);
}

TEST(Curve, ADottedLineYieldsToADrawnOne) {
  const CurveSeries both[] = {{.name = "train", .values = {1.1, 1.1, 1.2}, .dotted = true},
                              {.name = "validation", .values = {1, 1, 1.2}}};
  const CurveSeries one[] = {{.name = "validation", .values = {1, 1, 1.2}}};
  const auto with = draw_curve(both, {.width = 60, .height = 1}, Colour::none);
  const auto without = draw_curve(one, {.width = 60, .height = 1}, Colour::none);
  EXPECT_EQ(with[0], without[0]) << "every cell of the one row holds the drawn line";
  EXPECT_NE(with[1].find("train"), std::string::npos);
}

TEST(Curve, LabelsDoNotRunOverEachOther) {
  const auto lines = lines_of({0.8012, 0.8049}, {.width = 40, .height = 5});
  for (std::size_t i = 0; i + 2 < lines.size(); ++i)
    EXPECT_NE(lines[i].substr(0, lines[i].find(' ')), lines[i + 1].substr(0, lines[i + 1].find(' ')));
}

}  // namespace
}  // namespace atelier
