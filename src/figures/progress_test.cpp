// progress_test.cpp: numbers as they are read.
#include "figures/progress.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace atelier {
namespace {

TEST(Progress, Bar) {
  EXPECT_EQ(progress_bar(0.5, 4), "██░░");
  EXPECT_EQ(progress_bar(0, 2), "░░");
  EXPECT_EQ(progress_bar(7, 2), "██");
  EXPECT_EQ(progress_bar(std::nan(""), 2), "░░");
  EXPECT_EQ(progress_bar(0.999, 4), "███░") << "full means done";
}

TEST(Progress, CountsAndRates) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(54000), "54,000");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(rate(412345, "img/s"), "412k img/s");
  EXPECT_EQ(rate(8.37, "img/s"), "8.4 img/s");
  EXPECT_EQ(rate(999.7, "rows/s"), "1.0k rows/s");
  EXPECT_EQ(rate(2.5e9, "img/s"), "2.5G img/s");
  EXPECT_EQ(rate(INFINITY, "img/s"), "–");
}

TEST(Progress, Times) {
  EXPECT_EQ(clock_time(2.1), "0:03") << "time left is not promised too short";
  EXPECT_EQ(clock_time(760), "12:40");
  EXPECT_EQ(clock_time(3723), "1:02:03");
  EXPECT_EQ(clock_time(100 * 3600), "4 d 4 h");
  EXPECT_EQ(clock_time(-1), "–");
  EXPECT_EQ(clock_time(1e300), "for ever");
  EXPECT_EQ(elapsed(0.0004), "0.4 ms");
  EXPECT_EQ(elapsed(3.2), "3.2 s");
  EXPECT_EQ(elapsed(59.97), "1 min 0 s");
  EXPECT_EQ(elapsed(3720), "1 h 2 min");
}

TEST(Progress, DoubtDecidesTheDigits) {
  EXPECT_EQ(with_doubt(0.89617, 0.00391), "0.8962 ± 0.0039");
  EXPECT_EQ(with_doubt(0.89617, 0.0996), "0.90 ± 0.10");
  EXPECT_EQ(with_doubt(0.89617, 0.00999), "0.896 ± 0.010");
  EXPECT_EQ(with_doubt(12345, 678), "12350 ± 680");
  EXPECT_EQ(with_doubt(-3, 1), "-3.0 ± 1.0");
  EXPECT_EQ(with_doubt(0.89617, 0), "0.8962");
  EXPECT_EQ(with_doubt(0.89617, INFINITY), "0.8962");
  EXPECT_EQ(with_doubt(std::nan(""), 0.1), "–");
  EXPECT_EQ(percent_with_doubt(0.8951, 0.0039), "89.51 % ± 0.39");
  EXPECT_EQ(percent(std::nullopt), "–");
  EXPECT_EQ(percent(0.125, 1), "12.5 %");
}

TEST(Progress, Losses) {
  EXPECT_EQ(brief_number(0.2471), "0.247");
  EXPECT_EQ(brief_number(12.345), "12.35");
  EXPECT_EQ(brief_number(0), "0.000");
  EXPECT_EQ(brief_number(1.23e-7), "1.2e-07");
  EXPECT_EQ(brief_number(-INFINITY), "-∞");
}

}  // namespace
}  // namespace atelier
