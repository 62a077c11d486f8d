// console.hpp: the two streams a command speaks on.
#pragma once
#include <ostream>
#include <string_view>

#include "figures/terminal.hpp"

namespace atelier::cli {

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
};

}  // namespace atelier::cli
