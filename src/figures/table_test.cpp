// table_test.cpp: alignment, wrapping and rules.
#include "figures/table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace atelier {
namespace {

TEST(Table, AlignsByCells) {
  const Table table{.columns = {{"class"}, {"F1", Align::right}}, .rows = {{"Trägerin", "0.9"}, {}, {"Bag", "10.25"}}};
  EXPECT_EQ(to_text(table, {}),
            "class        F1\n"
            "───────────────\n"
            "Trägerin    0.9\n"
            "───────────────\n"
            "Bag       10.25\n");
}

TEST(Table, WrapsTheWidestTextColumn) {
  const Table table{.columns = {{"name"}, {"what it is"}, {"lr", Align::right}},
                    .rows = {{"lion", "steps by the sign of an interpolated momentum", "1e-4"}}};
  for (int width = 30; width < 70; ++width) {
    std::istringstream lines(to_text(table, {.width = width}));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(cells(line), width) << line;
  }
  const std::string text = to_text(table, {.width = 40});
  EXPECT_EQ(std::ranges::count(text, '\n'), 4) << text;
  EXPECT_NE(text.find("lion  steps by the sign of an"), std::string::npos) << text;
}

TEST(Table, ShortRowsAndColours) {
  const Table table{.columns = {{"a"}, {"b"}}, .rows = {{"x"}, {"y", "z", "beyond"}}};
  EXPECT_EQ(to_text(table, {}), "a  b\n────\nx\ny  z\n");
  EXPECT_NE(to_text(table, {.colour = Colour::basic}).find("\x1b[2m"), std::string::npos);
  EXPECT_EQ(to_text({}, {}), "");
}

}  // namespace
}  // namespace atelier
