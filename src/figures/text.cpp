// text.cpp: display width by GLib's Unicode tables.
#include "figures/text.hpp"

#include <glib.h>

#include <algorithm>

namespace atelier {
namespace {

/// The next thing on a line: one character, or one ANSI sequence of no width.
struct Glyph {
  std::string_view bytes;
  int width = 0;
  bool sequence = false;
};

std::size_t sequence_length(std::string_view text) {
  if (text.size() < 2 || text[0] != '\x1b' || text[1] != '[') return 0;
  const auto last = std::ranges::find_if(text.substr(2), [](char c) { return c >= 0x40 && c <= 0x7e; });
  const auto end = static_cast<std::size_t>(last - text.begin());
  return end < text.size() ? end + 1 : text.size();
}

Glyph next_glyph(std::string_view text) {
  if (const std::size_t n = sequence_length(text)) return {text.substr(0, n), 0, true};
  const gunichar c = g_utf8_get_char_validated(text.data(), static_cast<gssize>(text.size()));
  if (c == static_cast<gunichar>(-1) || c == static_cast<gunichar>(-2)) return {text.substr(0, 1), 1};
  const auto length = static_cast<std::size_t>(g_unichar_to_utf8(c, nullptr));
  const int width = g_unichar_iszerowidth(c) || g_unichar_iscntrl(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
  return {text.substr(0, std::min(std::max<std::size_t>(length, 1), text.size())), width};
}

/// Letters of ASCII alone, a cell and a byte each: nearly all that a long table holds.
bool is_plain(std::string_view text) {
  bool plain = true;  // no early end: this is a loop for vector registers
  for (const char c : text) plain &= c >= 0x20 && c < 0x7f;
  return plain;
}

}  // namespace

int cells(std::string_view text) {
  if (is_plain(text)) return static_cast<int>(text.size());
  int total = 0;
  while (!text.empty()) {
    const Glyph glyph = next_glyph(text);
    total += glyph.width;
    text.remove_prefix(glyph.bytes.size());
  }
  return total;
}

std::string clip(std::string_view text, int width) {
  if (width <= 0) return {};
  if (cells(text) <= width) return std::string(text);
  std::string out;
  bool coloured = false;
  for (int used = 0; !text.empty();) {
    const Glyph glyph = next_glyph(text);
    if (used + glyph.width > width - 1) break;
    used += glyph.width;
    coloured |= glyph.sequence;
    out += glyph.bytes;
    text.remove_prefix(glyph.bytes.size());
  }
  out += "…";
  if (coloured) out += "\x1b[0m";
  return out;
}

std::string pad(std::string_view text, int width, Align align) {
  const std::string fill(static_cast<std::size_t>(std::max(0, width - cells(text))), ' ');
  return align == Align::left ? std::string(text) + fill : fill + std::string(text);
}

std::vector<std::string> wrap(std::string_view text, int width) {
  width = std::max(width, 1);
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    std::string_view word = text.substr(0, space);
    text.remove_prefix(std::min(space + 1, text.size()));
    const int gap = lines.back().empty() ? 0 : 1;
    if (cells(lines.back()) + gap + cells(word) <= width) {
      lines.back().append(static_cast<std::size_t>(gap), ' ').append(word);
      continue;
    }
    if (gap) lines.emplace_back();
    while (!word.empty()) {
      const Glyph glyph = next_glyph(word);
      if (!lines.back().empty() && cells(lines.back()) + glyph.width > width) lines.emplace_back();
      lines.back() += glyph.bytes;
      word.remove_prefix(glyph.bytes.size());
    }
  }
  return lines;
}

std::string printable(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  gchar* valid = g_utf8_make_valid(text.data(), static_cast<gssize>(text.size()));
  std::string out;
  for (const gchar* at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
    const gunichar c = g_utf8_get_char(at);
    if (g_unichar_iscntrl(c))
      out += "\uFFFD";
    else
      out.append(at, static_cast<std::size_t>(g_utf8_next_char(at) - at));
  }
  g_free(valid);
  return out;
}

std::string xml_escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&apos;"; break;
      default: out += c;
    }
  }
  return out;
}

}  // namespace atelier
