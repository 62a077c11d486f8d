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
int hold_only(int notes) {
  ::dup2(notes, 0);
  ::close_range(1, ~0u, 0);
  return 0;
}

/// The group of a program, and what has become of it.
struct Group {
  pid_t program;
  int notes;
  bool runs = true;  ///< the program

  /// Buries the dead of a group (0: our own, -1: any); whether there are others.
  bool bury(pid_t which) {
    for (;;) {
      int status = 0;
      const pid_t gone = ::waitpid(which, &status, WNOHANG);
      if (gone < 0 && errno == EINTR) continue;
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
  for (;;) {
    const timespec wait{ending ? 0 : 1, ending ? kLook * 1'000'000 : 0};
    if (::sigtimedwait(&watched, nullptr, &wait) == SIGTERM && !ending) begin_end(grace_ms);
    group.bury(-1);
    const bool others = group.bury(0);
    if (!group.runs && !ending) begin_end(std::min(grace_ms, kLeftoverGrace));
    if (ending && !group.runs && !others) ::_exit(0);
    if (!ending || now_ms() < deadline) continue;
    if (!group.runs) ::kill(0, SIGKILL);  // this process, too
    ::kill(group.program, SIGKILL);       // its end is still to be told
  }
}

}  // namespace

[[noreturn]] void keep(const Keeping& k) {
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
  watch({program, hold_only(k.notes)}, k.grace_ms);
}

}  // namespace atelier::detail
