// terminal_image_test.cpp: the same picture for each kind of terminal.
#include "figures/terminal_image.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "figures/samples.hpp"
#include "figures/text.hpp"

namespace atelier {
namespace {

/// Left half black, right half white.
Raster halves() {
  Raster r{.width = 8, .height = 8, .channels = 1};
  for (int i = 0; i < 64; ++i) r.pixels.push_back(i % 8 < 4 ? 0 : 255);
  return r;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> lines(1);
  for (const char c : text) c == '\n' ? lines.emplace_back() : lines.back() += c;
  lines.pop_back();
  return lines;
}

TEST(TerminalImage, ShadesWithoutColours) {
  EXPECT_EQ(show_picture(halves(), 8, {}), "    @@@@\n    @@@@\n    @@@@\n    @@@@\n");
}

TEST(TerminalImage, BlocksInColour) {
  const std::string text = show_picture(halves(), 8, {.interactive = true, .colour = Colour::full});
  const auto lines = split(text);
  ASSERT_EQ(lines.size(), 4u);
  for (const std::string& line : lines) EXPECT_EQ(cells(line), 8);
  EXPECT_NE(text.find("255;255;255"), std::string::npos);
}

TEST(TerminalImage, PixelsWhereTheyAreTaken) {
  const auto shown = [](Pixels pixels) {
    return show_picture(halves(), 8, {.interactive = true, .colour = Colour::full, .pixels = pixels});
  };
  EXPECT_EQ(shown(Pixels::sixel).find("\x1bP"), 0u);
  EXPECT_EQ(shown(Pixels::kitty).find("\x1b_G"), 0u);
  EXPECT_EQ(shown(Pixels::iterm).find("\x1b]1337;File="), 0u);
  for (const Pixels pixels : {Pixels::sixel, Pixels::kitty, Pixels::iterm}) EXPECT_TRUE(shown(pixels).ends_with('\n'));
}

TEST(TerminalImage, ABrokenPictureLeavesItsTileEmpty) {
  const Raster short_one{.width = 100, .height = 100, .channels = 3, .pixels = {1, 2, 3}}, good = halves();
  const Raster* strip[] = {&short_one, nullptr, &good};
  const auto lines = split(show_strip(strip, 4, 2, {}));
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0], std::string(14, ' ') + "@@");
  EXPECT_EQ(show_strip({}, 4, 2, {}), "");
}

TEST(TerminalImage, KeepsProportionsAndColours) {
  const Raster wide{.width = 4, .height = 1, .channels = 3, .pixels = {255, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0}};
  const auto lines = split(show_picture(wide, 8, {}));
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0], "") << "a wide picture stands in the middle of its tile";
  const Raster tall{.width = 1, .height = 4, .channels = 1, .pixels = {255, 255, 255, 255}};
  EXPECT_EQ(split(show_picture(tall, 8, {}))[0], "   @@");
  EXPECT_NE(show_picture(wide, 8, {.colour = Colour::full}).find("255;0;0"), std::string::npos);
}

TEST(TerminalImage, AWholePictureTakesTheLinesItNeeds) {
  const Raster wide{.width = 4, .height = 1, .channels = 1, .pixels = {255, 255, 255, 0}};
  EXPECT_EQ(split(show_whole(wide, 16, {})), (std::vector<std::string>{"@@@@@@@@@@@@", "@@@@@@@@@@@@"}));
  EXPECT_EQ(split(show_whole(wide, 16, {.colour = Colour::full})).size(), 2u);
  EXPECT_EQ(show_whole({}, 16, {}), "");
}

TEST(TerminalImage, SamplesFitTheWindowWithNamesBelow) {
  std::vector<Sample> samples;
  for (int i = 0; i < 7; ++i) samples.push_back({"a rather long name " + std::to_string(i), halves()});
  for (const int width : {12, 40, 80, 200})
    for (const Colour colour : {Colour::none, Colour::palette}) {
      const auto lines = split(show(samples, {.colour = colour, .width = width}));
      EXPECT_EQ(std::ranges::count_if(lines, [](const auto& l) { return l.find("a rat") != l.npos; }), width < 22   ? 7
                                                                                                       : width < 60 ? 3
                                                                                                                    : 2)
          << width;
      for (const std::string& line : lines) EXPECT_LE(cells(line), width);
    }
}

}  // namespace
}  // namespace atelier
