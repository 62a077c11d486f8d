// terminal_test.cpp: what is concluded from a stream and its environment.
#include "figures/terminal.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace atelier {
namespace {

Environment environment(std::map<std::string, std::string, std::less<>> values) {
  return [values = std::move(values)](std::string_view name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  };
}

const Window kWindow{.is_tty = true, .columns = 120, .rows = 40, .width_px = 1200, .height_px = 800};

TEST(Terminal, APipeGetsPlainLines) {
  const Terminal pipe = terminal_from({}, environment({{"TERM", "xterm-256color"}, {"COLORTERM", "truecolor"}}));
  EXPECT_FALSE(pipe.interactive);
  EXPECT_EQ(pipe.colour, Colour::none);
  EXPECT_EQ(pipe.pixels, Pixels::none);
  EXPECT_EQ(pipe.width, 80);
  EXPECT_EQ(terminal_from({}, environment({{"COLUMNS", "132"}})).width, 132);
  EXPECT_EQ(terminal_from({}, environment({{"COLUMNS", "-3"}})).width, 80);
  EXPECT_EQ(terminal_from({}, environment({{"COLUMNS", "99x"}})).width, 80);
}

TEST(Terminal, ColoursByTermAndColorterm) {
  EXPECT_EQ(terminal_from(kWindow, environment({{"TERM", "xterm"}})).colour, Colour::basic);
  EXPECT_EQ(terminal_from(kWindow, environment({{"TERM", "xterm-256color"}})).colour, Colour::palette);
  EXPECT_EQ(terminal_from(kWindow, environment({{"TERM", "xterm"}, {"COLORTERM", "truecolor"}})).colour, Colour::full);
}

TEST(Terminal, NoColorKeepsTheLiveRegionAndDumbDoesNot) {
  const Terminal plain = terminal_from(kWindow, environment({{"TERM", "xterm-kitty"}, {"NO_COLOR", "1"}}));
  EXPECT_TRUE(plain.interactive);
  EXPECT_EQ(plain.colour, Colour::none);
  EXPECT_EQ(plain.pixels, Pixels::none);
  EXPECT_FALSE(terminal_from(kWindow, environment({{"TERM", "dumb"}})).interactive);
  EXPECT_FALSE(terminal_from(kWindow, environment({})).interactive);
}

TEST(Terminal, SizesAndPixels) {
  const Terminal kitty = terminal_from(kWindow, environment({{"TERM", "xterm-kitty"}}));
  EXPECT_EQ(kitty.width, 120);
  EXPECT_EQ(kitty.height, 40);
  EXPECT_EQ(kitty.cell_width, 10);
  EXPECT_EQ(kitty.cell_height, 20);
  EXPECT_EQ(kitty.pixels, Pixels::kitty);
  EXPECT_EQ(terminal_from(kWindow, environment({{"TERM", "mlterm"}})).pixels, Pixels::sixel);
  EXPECT_EQ(terminal_from(kWindow, environment({{"TERM", "xterm-256color"}})).pixels, Pixels::none);
}

TEST(Terminal, InkNeedsColour) {
  EXPECT_EQ(inked("a", Ink::alarm, Colour::none), "a");
  EXPECT_EQ(inked("a", Ink::alarm, Colour::basic), "\x1b[31ma\x1b[0m");
  EXPECT_EQ(inked("", Ink::dim, Colour::full), "");
  EXPECT_EQ(on_ground("a", {255, 255, 255}, Colour::basic), "a");
  EXPECT_EQ(on_ground("a", {255, 255, 255}, Colour::palette), "\x1b[38;5;16;48;5;231ma\x1b[0m");
  EXPECT_EQ(on_ground("a", {0, 0, 0}, Colour::full), "\x1b[38;2;255;255;255;48;2;0;0;0ma\x1b[0m");
}

double luminance_by_contrast(Rgb colour) {
  return 0.2126 * colour.r + 0.7152 * colour.g + 0.0722 * colour.b;  // enough to compare neighbours of one scale
}

TEST(Terminal, ScalesRunEvenly) {
  EXPECT_EQ(viridis(0), (Rgb{68, 1, 84}));
  EXPECT_EQ(viridis(2), (Rgb{253, 231, 37}));
  EXPECT_EQ(viridis(std::nan("")), viridis(0));
  EXPECT_EQ(ink_wash(0), (Rgb{255, 255, 255}));
  for (int i = 0; i < 100; ++i) {
    EXPECT_LT(luminance_by_contrast(viridis(i / 100.0)), luminance_by_contrast(viridis((i + 1) / 100.0)));
    EXPECT_GT(luminance_by_contrast(ink_wash(i / 100.0)), luminance_by_contrast(ink_wash((i + 1) / 100.0)));
  }
}

}  // namespace
}  // namespace atelier
