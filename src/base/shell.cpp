// shell.cpp: a text is quoted for the shell.
#include "base/shell.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace atelier {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_@%+=:,./-").find(c) != std::string_view::npos;
}

}  // namespace

std::string shell_word(std::string_view text) {
  if (!text.empty() && std::ranges::all_of(text, is_plain)) return std::string(text);
  const bool controls = std::ranges::any_of(text, is_control);  // $'...' shows them as digits
  std::string word = controls ? "$'" : "'";
  for (const char c : text) {
    if (is_control(c))
      word += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
    else if (c == '\'')
      word += controls ? "\\'" : "'\\''";
    else
      word += controls && c == '\\' ? "\\\\" : std::string(1, c);
  }
  return word + "'";
}

}  // namespace atelier
