// interrupt.cpp: the signal handler and what it raises.
#include "cli/interrupt.hpp"

#include <unistd.h>

#include <csignal>

#include "cli/exit_code.hpp"

namespace atelier::cli {
namespace {

std::atomic<bool> stop_wanted = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may touch nothing else");

struct sigaction former_interrupt, former_terminate, former_hang_up, former_pipe;

/// A closed terminal often hangs up twice, its own way and the shell's: that never cuts off the saving.
void on_signal(int signal) {
  if (!stop_wanted.exchange(true) || signal == SIGHUP) return;
  constexpr char kWords[] = "\nended at once; what is recorded stays, and --resume goes on\n";
  [[maybe_unused]] const auto told = ::write(STDERR_FILENO, kWords, sizeof kWords - 1);
  _exit(exit_code(Trouble::interrupted));
}

}  // namespace

Interrupt::Interrupt() {
  stop_wanted = false;
  struct sigaction action{};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, &former_interrupt);
  sigaction(SIGTERM, &action, &former_terminate);
  struct sigaction ignore{};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, &former_pipe);
  sigaction(SIGHUP, nullptr, &former_hang_up);
  if (former_hang_up.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);  // nohup stays what it is
}

Interrupt::~Interrupt() {
  sigaction(SIGINT, &former_interrupt, nullptr);
  sigaction(SIGTERM, &former_terminate, nullptr);
  sigaction(SIGHUP, &former_hang_up, nullptr);
  sigaction(SIGPIPE, &former_pipe, nullptr);
}

const std::atomic<bool>& Interrupt::wanted() const { return stop_wanted; }

void Interrupt::want() { stop_wanted = true; }

}  // namespace atelier::cli
