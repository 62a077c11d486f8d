// terminal.cpp: looking at a stream, and the few colours that are written to it.
#include "figures/terminal.hpp"

#include <chafa.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <span>
#include <vector>

namespace atelier {
namespace {

Colour colour_of(std::string_view term, std::string_view colorterm) {
  if (term.empty()) return Colour::none;
  if (colorterm == "truecolor" || colorterm == "24bit" || term.ends_with("-direct")) return Colour::full;
  return term.find("256color") != term.npos || term.find("kitty") != term.npos ? Colour::palette : Colour::basic;
}

/// What chafa's database of terminals says of this one.
Pixels pixels_of(const Environment& environment) {
  std::vector<std::string> texts;
  for (const char* name : {"TERM", "COLORTERM", "TERM_PROGRAM", "TERMINAL_NAME", "VTE_VERSION", "KITTY_PID", "MLTERM",
                           "CONTOUR_PROFILE", "LC_TERMINAL", "NVIM", "TMUX", "STY"})
    if (const std::string value = environment(name); !value.empty()) texts.push_back(fmt::format("{}={}", name, value));
  std::vector<gchar*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  ChafaTermInfo* info = chafa_term_db_detect(chafa_term_db_get_default(), pointers.data());
  const auto has = [info](ChafaTermSeq sequence) { return chafa_term_info_have_seq(info, sequence); };
  const Pixels pixels = has(CHAFA_TERM_SEQ_BEGIN_KITTY_IMMEDIATE_IMAGE_V1) ? Pixels::kitty
                        : has(CHAFA_TERM_SEQ_BEGIN_ITERM2_IMAGE)           ? Pixels::iterm
                        : has(CHAFA_TERM_SEQ_BEGIN_SIXELS)                 ? Pixels::sixel
                                                                           : Pixels::none;
  chafa_term_info_unref(info);
  return pixels;
}

int number_or(std::string_view text, int fallback) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && value > 0 ? std::min(value, 10000) : fallback;
}

double luminance(Rgb c) {
  const auto linear = [](std::uint8_t byte) {
    const double v = byte / 255.0;
    return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
}

/// The nearest entry of xterm's 6 x 6 x 6 colour cube.
int cube_entry(Rgb c) {
  const auto level = [](std::uint8_t v) { return v < 48 ? 0 : v < 115 ? 1 : (v - 35) / 40; };
  return 16 + 36 * level(c.r) + 6 * level(c.g) + level(c.b);
}

Rgb between(std::span<const Rgb> stops, double t) {
  const double at = (std::isfinite(t) ? std::clamp(t, 0.0, 1.0) : 0.0) * static_cast<double>(stops.size() - 1);
  const std::size_t i = std::min(static_cast<std::size_t>(at), stops.size() - 2);
  const auto mix = [part = at - static_cast<double>(i)](std::uint8_t a, std::uint8_t b) {
    return static_cast<std::uint8_t>(std::lround(a + part * (b - a)));
  };
  const Rgb a = stops[i], b = stops[i + 1];
  return {mix(a.r, b.r), mix(a.g, b.g), mix(a.b, b.b)};
}

}  // namespace

Terminal terminal_from(const Window& window, const Environment& environment) {
  const std::string term = environment("TERM");
  Terminal terminal;
  terminal.interactive = window.is_tty && !term.empty() && term != "dumb";
  if (terminal.interactive && environment("NO_COLOR").empty()) {
    terminal.colour = colour_of(term, environment("COLORTERM"));
    terminal.pixels = pixels_of(environment);
  }
  terminal.width = window.columns > 0 ? window.columns : number_or(environment("COLUMNS"), 80);
  terminal.height = window.rows > 0 ? window.rows : number_or(environment("LINES"), 24);
  if (window.columns > 0 && window.width_px >= window.columns) terminal.cell_width = window.width_px / window.columns;
  if (window.rows > 0 && window.height_px >= window.rows) terminal.cell_height = window.height_px / window.rows;
  return terminal;
}

Terminal look_at(int descriptor) {
  winsize size{};
  const bool is_tty = isatty(descriptor) == 1;
  if (is_tty && ioctl(descriptor, TIOCGWINSZ, &size) != 0) size = {};
  const Window window{is_tty, size.ws_col, size.ws_row, size.ws_xpixel, size.ws_ypixel};
  return terminal_from(window, [](std::string_view name) {
    const char* value = std::getenv(std::string(name).c_str());
    return std::string(value ? value : "");
  });
}

std::string inked(std::string_view text, Ink ink, Colour colour) {
  if (colour == Colour::none || ink == Ink::plain || text.empty()) return std::string(text);
  constexpr std::array codes{"0", "2", "1", "36", "31"};
  return fmt::format("\x1b[{}m{}\x1b[0m", codes[static_cast<std::size_t>(ink)], text);
}

std::string on_ground(std::string_view text, Rgb ground, Colour colour) {
  if (colour < Colour::palette) return std::string(text);
  const Rgb front = readable_on(ground);
  if (colour == Colour::palette)
    return fmt::format("\x1b[38;5;{};48;5;{}m{}\x1b[0m", front.r ? 231 : 16, cube_entry(ground), text);
  return fmt::format("\x1b[38;2;{};{};{};48;2;{};{};{}m{}\x1b[0m", front.r, front.g, front.b, ground.r, ground.g,
                     ground.b, text);
}

Rgb readable_on(Rgb ground) {
  const double l = luminance(ground) + 0.05;  // contrast with black is l / 0.05, with white 1.05 / l
  return l * l > 0.05 * 1.05 ? Rgb{0, 0, 0} : Rgb{255, 255, 255};
}

Rgb viridis(double t) {
  static constexpr std::array<Rgb, 9> stops{{{68, 1, 84},
                                             {71, 44, 122},
                                             {59, 81, 139},
                                             {44, 113, 142},
                                             {33, 144, 141},
                                             {39, 173, 129},
                                             {92, 200, 99},
                                             {170, 220, 50},
                                             {253, 231, 37}}};
  return between(stops, t);
}

Rgb ink_wash(double t) {
  static constexpr std::array<Rgb, 6> stops{
      {{255, 255, 255}, {213, 230, 242}, {157, 200, 224}, {88, 157, 201}, {37, 105, 163}, {11, 52, 100}}};
  return between(stops, t);
}

}  // namespace atelier
