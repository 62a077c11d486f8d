// process_keeper.cpp: what runs between a fork and the end of a program's group; only calls to the system.
#include "experiment/detail/process_keeper.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>

namespace atelier::detail {
namespace {

constexpr long kLeftoverGrace = 2000;  // ms for those whom a program has left behind
constexpr long kLook = 20;             // ms between looks while the group ends
constexpr long kLastWord = 1000;       // ms from the first killing to that of the whole group, this process included

long now_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

void tell(int notes, Note note) {
  while (::write(notes, &note, sizeof note) < 0 && errno == EINTR) {
  }
}

/// The same file beyond the numbers of standard input, output and error, which are about to be replaced.
int moved_up(int file) { return ::fcntl(file, F_DUPFD_CLOEXEC, 3); }

[[noreturn]] void become_program(const Keeping& k) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // the keeper's
  for (int signal = 1; signal < NSIG; signal++) ::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const int in = moved_up(k.in), out = moved_up(k.out), err = moved_up(k.err), notes = moved_up(k.notes);
  const bool ready = ::dup2(in, 0) >= 0 && ::dup2(out, 1) >= 0 && ::dup2(err, 2) >= 0 && ::chdir(k.folder) == 0;
  if (ready) {
    ::close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
    ::execve(k.file, k.argv, k.envp);
  }
  tell(notes, {Note::Kind::not_started, errno});
  ::_exit(127);
}

/// Keeps nothing open that is not its own: our files have locks, and the other programs' pipes wait for their end.
int hold_only(int notes, int lock) {
  const int moved = moved_up(notes), held = lock < 0 ? -1 : moved_up(lock);
  ::dup2(moved, 0);
  if (held >= 0) ::dup2(held, 1);
  ::close_range(held < 0 ? 1 : 2, ~0u, 0);
  return 0;
}

/// Sends a signal to each of our children, whatever group they are in.
void signal_children(int signal) {
  const int list = ::open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  if (list < 0) return;  // no such list: those in our group are still found
  char text[1024];
  pid_t child = 0;
  for (ssize_t n = 0; (n = ::read(list, text, sizeof text)) > 0;) {
    for (ssize_t i = 0; i < n; i++) {
      if (text[i] >= '0' && text[i] <= '9') {
        child = child * 10 + (text[i] - '0');
      } else if (child > 0) {
        ::kill(child, signal);
        child = 0;
      }
    }
  }
  ::close(list);
}

/// The group of a program, and what has become of it.
struct Group {
  pid_t program;
  int notes;
  bool runs = true;  ///< the program

  /// Buries the dead of our children; whether any lives.
  bool bury() {
    for (;;) {
      int status = 0;
      const pid_t gone = ::waitpid(-1, &status, WNOHANG);
      if (gone < 0 && errno == EINTR) continue;
      if (gone < 0) runs = false;  // there are none: were it ever buried by the system, how it ended is not known
      if (gone <= 0) return gone == 0;
      if (gone != program) continue;
      runs = false;
      tell(notes, {Note::Kind::ended, status});
    }
  }
};

[[noreturn]] void watch(Group group, long grace_ms) {
  sigset_t watched;
  sigemptyset(&watched);
  sigaddset(&watched, SIGTERM);
  sigaddset(&watched, SIGCHLD);
  bool ending = false;
  long deadline = 0;
  const auto begin_end = [&](long grace) {
    ending = true;
    deadline = now_ms() + grace;
    ::kill(0, SIGTERM);
    if (group.runs && ::getpgid(group.program) != ::getpgrp()) ::kill(group.program, SIGTERM);  // it has left us
  };
  bool alone = false;  // the group is gone; those who left it are asked, too, for they are our children now
  for (;;) {
    const timespec wait{ending ? 0 : 1, ending ? kLook * 1'000'000 : 0};
    if (::sigtimedwait(&watched, nullptr, &wait) == SIGTERM && !ending) begin_end(grace_ms);
    const bool others = group.bury();
    if (!group.runs && !ending) begin_end(std::min(grace_ms, kLeftoverGrace));
    if (ending && !others) ::_exit(0);
    if (ending && !group.runs && !alone && ::waitpid(0, nullptr, WNOHANG) < 0) {
      alone = true;
      signal_children(SIGTERM);
    }
    if (!ending || now_ms() < deadline) continue;
    signal_children(SIGKILL);  // and, as they become ours, what these leave behind
    if (now_ms() > deadline + kLastWord) ::kill(0, SIGKILL);
  }
}

}  // namespace

[[noreturn]] void keep(const Keeping& k) {
  ::signal(SIGCHLD, SIG_DFL);  // ignored, as a parent may have left it, the dead would be buried by the system
  ::setpgid(0, 0);
  ::prctl(PR_SET_NAME, "atelier-keeper");
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // orphans of the program become ours
  if (::getppid() != k.parent) ::_exit(0);
  const pid_t program = ::fork();
  if (program == 0) become_program(k);
  if (program < 0) {
    tell(k.notes, {Note::Kind::not_started, errno});
    ::_exit(127);
  }
  watch({program, hold_only(k.notes, k.lock)}, k.grace_ms);
}

}  // namespace atelier::detail
