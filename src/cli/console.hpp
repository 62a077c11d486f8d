// console.hpp: the two streams a command speaks on.
#pragma once
#include <ostream>
#include <string>
#include <string_view>

#include "figures/terminal.hpp"

namespace atelier::cli {

/// Text broken at spaces to the width of a terminal that someone looks at, `margin` cells less; elsewhere as it is.
/// Lines that the text has stay lines.
std::string wrapped(std::string_view text, const Terminal& terminal, int margin = 0);

/// Standard output carries data, standard error messages; what each can show was looked up at the start.
struct Console {
  std::ostream& out;
  std::ostream& err;
  Terminal out_terminal, err_terminal;
  bool quiet = false;  ///< no messages but errors

  /// A message, unless messages are not wanted.
  void say(std::string_view line) const {
    if (!quiet) err << line << '\n' << std::flush;
  }

  /// "note: " and a sentence, wrapped where it is read on a terminal.
  void note(std::string_view sentence) const { say(wrapped("note: " + std::string(sentence), err_terminal)); }
};

}  // namespace atelier::cli
