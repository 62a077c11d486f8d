// terminal.hpp: what a stream can show: is it a terminal, how large, in which colours.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace atelier {

/// How many colours may be written, from none (no escape sequence at all) to 24 bits.
enum class Colour { none, basic, palette, full };

/// How a terminal takes pictures made of pixels, if it does.
enum class Pixels { none, sixel, kitty, iterm };

/// A stream as seen when it was looked at; the default is a pipe.
struct Terminal {
  bool interactive = false;  ///< a terminal whose cursor can be moved; otherwise write plain lines
  Colour colour = Colour::none;
  Pixels pixels = Pixels::none;
  int width = 80, height = 24;           ///< in cells
  int cell_width = 8, cell_height = 16;  ///< in pixels, as far as the terminal tells
};

/// Looks at a file descriptor: isatty, its size, and TERM, COLORTERM and NO_COLOR (https://no-color.org).
/// A pipe is as wide as COLUMNS says, else 80.
Terminal look_at(int descriptor);

/// The value of an environment variable, empty when it is not set.
using Environment = std::function<std::string(std::string_view)>;

/// What the system says of a stream; 0: not known.
struct Window {
  bool is_tty = false;
  int columns = 0, rows = 0, width_px = 0, height_px = 0;
};

/// The same from what was found.
Terminal terminal_from(const Window& window, const Environment& environment);

/// What a piece of text is for; the terminal's own palette decides the shade.
enum class Ink { plain, dim, bold, accent, alarm };

/// The text in that ink, as it is where there are no colours.
std::string inked(std::string_view text, Ink ink, Colour colour);

struct Rgb {
  std::uint8_t r = 0, g = 0, b = 0;
  bool operator==(const Rgb&) const = default;
};

/// The text on a coloured ground, black or white by contrast; as it is below 256 colours.
std::string on_ground(std::string_view text, Rgb ground, Colour colour);

/// Black or white, whichever reads better on this ground (WCAG 2.1 relative luminance).
Rgb readable_on(Rgb ground);

/// viridis (van der Walt and Smith 2015), dark to bright, t in [0, 1]; other values are clamped.
Rgb viridis(double t);

/// White to deep blue in even steps of lightness, for white paper, t in [0, 1]; other values are clamped.
Rgb ink_wash(double t);

}  // namespace atelier
