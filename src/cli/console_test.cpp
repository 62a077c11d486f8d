// console_test.cpp: sentences in windows of all widths.
#include "cli/console.hpp"

#include <gtest/gtest.h>

namespace atelier::cli {
namespace {

constexpr std::string_view kText = "one two three  four five six\n  indented";

TEST(Wrapped, APipeGetsTheTextAsItIs) { EXPECT_EQ(wrapped(kText, {.width = 20}), kText); }

TEST(Wrapped, ATerminalGetsLinesThatFitAndEndInNoBlank) {
  EXPECT_EQ(wrapped(kText, {.interactive = true, .width = 20}), "one two three  four\nfive six\n  indented");
  EXPECT_EQ(wrapped("one two three  four five", {.interactive = true, .width = 22}, 2), "one two three  four\nfive");
  EXPECT_EQ(wrapped("a folder of some length  and", {.interactive = true, .width = 25}),
            "a folder of some length\nand");
  EXPECT_EQ(wrapped(kText, {.interactive = true, .width = 80}), kText);
}

}  // namespace
}  // namespace atelier::cli
