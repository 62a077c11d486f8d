// runs_text_test.cpp: ages, sizes, and values as they are written.
#include "cli/runs_text.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "cli/runs_table.hpp"

namespace atelier::cli {
namespace {

using namespace std::chrono_literals;

TEST(RunsText, TimesAreWrittenAsFiltersCompareThem) {
  EXPECT_EQ(iso_time(WallTime(1'700'000'000'999ms)), "2023-11-14T22:13:20Z");
}

TEST(RunsText, AgesGrowCoarse) {
  const WallTime then(1'700'000'000'000ms);
  EXPECT_EQ(age(then, then + 1s), "now");
  EXPECT_EQ(age(then, then + 119s), "119 s ago");
  EXPECT_EQ(age(then, then + 2min), "2 min ago");
  EXPECT_EQ(age(then, then + 119min), "119 min ago");
  EXPECT_EQ(age(then, then + 47h), "47 h ago");
  EXPECT_EQ(age(then, then + 48h), "2 d ago");
  EXPECT_EQ(age(then, then + 24h * 60), "2023-11-14");
  EXPECT_EQ(age(then, then - 1h), "2023-11-14");
}

TEST(RunsText, SizesHaveTheirUnit) {
  EXPECT_EQ(bytes_text(1), "1 byte");
  EXPECT_EQ(bytes_text(999), "999 bytes");
  EXPECT_EQ(bytes_text(1000), "1.0 kB");
  EXPECT_EQ(bytes_text(999'499), "999 kB");
  EXPECT_EQ(bytes_text(999'500), "1.0 MB");
  EXPECT_EQ(bytes_text(12'345'678), "12.3 MB");
  EXPECT_EQ(bytes_text(5'000'000'000'000'000), "5000 TB");
}

TEST(RunsText, ANumberInFullIsTheSameNumber) {
  EXPECT_EQ(in_full(Cell(0.1)), "0.1");
  EXPECT_EQ(in_full(Cell(1.0 / 3)), "0.3333333333333333");
  EXPECT_EQ(shown(Cell(1.0 / 3)), "0.333333");
  EXPECT_EQ(shown(Cell(std::string("a\x1b[31m"))), "a\uFFFD[31m");
  EXPECT_EQ(shown(Cell()), "");
  EXPECT_EQ(number_json(std::numeric_limits<double>::quiet_NaN()), "nan");
  EXPECT_EQ(number_json(-std::numeric_limits<double>::infinity()), "-inf");
}

TEST(RunsText, FieldsOfCsvAreQuotedWhereTheyMustBe) {
  const std::vector<Cell> row{std::string("a"), {}, std::int64_t{3}, 0.5, std::string("x,\"y\"\nz"), {}};
  EXPECT_EQ(csv_line(row), "a,,3,0.5,\"x,\"\"y\"\"\nz\",\r\n");
  const std::vector<Cell> empty{{}, {}};
  EXPECT_EQ(csv_line(empty), ",\r\n");
}

TEST(RunsText, BytesThatAreNoTextAreReplaced) {
  EXPECT_EQ(one_line(nlohmann::ordered_json{{"a", "\xff"}}), "{\"a\":\"\uFFFD\"}");
}

}  // namespace
}  // namespace atelier::cli
