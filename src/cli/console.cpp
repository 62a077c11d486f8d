// console.cpp: sentences that fit the window.
#include "cli/console.hpp"

#include <algorithm>

#include "figures/text.hpp"

namespace atelier::cli {

std::string wrapped(std::string_view text, const Terminal& terminal, int margin) {
  if (!terminal.interactive) return std::string(text);
  const int width = std::max(terminal.width - margin, 20);
  std::string out;
  while (true) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    if (cells(line) <= width) {
      out += line;
    } else {
      for (std::string& part : wrap(line, width)) {
        while (part.ends_with(' ')) part.pop_back();
        out += part + "\n";
      }
      out.pop_back();
    }
    if (end == text.size()) return out;
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

}  // namespace atelier::cli
