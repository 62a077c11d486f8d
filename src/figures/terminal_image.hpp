// terminal_image.hpp: pictures in the terminal, by chafa.
#pragma once
#include <span>
#include <string>

#include "figures/raster.hpp"
#include "figures/terminal.hpp"

namespace atelier {

/// Pictures side by side, each in a square-looking tile `tile` cells wide, `gap` cells apart, as lines ended by
/// newlines: pixels by kitty, iTerm2 or sixel where the terminal takes them, else block characters in its colours,
/// else shades of plain characters with bright pixels the densest. A null or invalid picture leaves its tile empty.
std::string show_strip(std::span<const Raster* const> pictures, int tile, int gap, const Terminal& terminal);

/// One picture, `width` cells wide.
std::string show_picture(const Raster& picture, int width, const Terminal& terminal);

/// One picture, `width` cells wide and as many lines high as its proportions want.
std::string show_whole(const Raster& picture, int width, const Terminal& terminal);

}  // namespace atelier
