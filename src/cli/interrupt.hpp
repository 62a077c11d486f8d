// interrupt.hpp: Ctrl-C as a polite request.
#pragma once
#include <atomic>

namespace atelier::cli {

/// While it lives, the first SIGINT, SIGTERM or SIGHUP (a closed terminal) only raises a flag; a second SIGINT or
/// SIGTERM ends the process at once with exit code 130. A SIGHUP that is ignored (nohup) stays ignored. Restores the
/// former handlers. A pipe that is closed is an error of the stream meanwhile, no signal. One at a time in a process.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  /// Set by the first signal; may be read from any thread.
  const std::atomic<bool>& wanted() const;
  /// The same wish from within: whoever read what is written has gone.
  void want();
};

}  // namespace atelier::cli
