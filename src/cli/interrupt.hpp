// interrupt.hpp: Ctrl-C as a polite request.
#pragma once
#include <atomic>

namespace atelier::cli {

/// While it lives, the first SIGINT or SIGTERM only raises a flag; a second one ends the process at once with exit
/// code 130. Restores the former handlers. One at a time in a process.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  /// Set by the first signal; may be read from any thread.
  const std::atomic<bool>& wanted() const;
};

}  // namespace atelier::cli
