// error.cpp: how an Error reads.
#include "base/error.hpp"

namespace atelier {

std::string describe(const Error& error) {
  std::string text = "error: " + error.summary + "\n";
  if (!error.detail.empty()) {
    text += "  ";
    for (const char c : error.detail) text += c == '\n' ? std::string("\n  ") : std::string(1, c);
    text += "\n";
  }
  if (!error.hint.empty()) text += "hint: " + error.hint + "\n";
  return text;
}

}  // namespace atelier
