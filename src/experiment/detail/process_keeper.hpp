// process_keeper.hpp: the small process that stands between us and another program, and ends its whole group.
#pragma once
#include <sys/types.h>

namespace atelier::detail {

/// What a keeper is told, made ready before the fork: it may not allocate.
struct Keeping {
  pid_t parent;
  const char* file;
  char* const* argv;
  char* const* envp;
  const char* folder;
  int in, out, err;  ///< the program's
  int notes;         ///< where Notes go
  int lock;          ///< a file that the keeper holds open to its end; -1: none
  long grace_ms;
};

/// What a keeper tells, at once or never: a pipe takes so little whole.
struct Note {
  enum class Kind : int { not_started, ended } kind;
  int value;  ///< an error number, or what `wait` gave
};

/// The life of a keeper, right after a fork in a program of many threads, all signals blocked: so it calls nothing but
/// the system. It starts the program and waits for its end, for SIGTERM, or for the death of its parent's thread;
/// then the group is asked to end, and killed when the grace is over.
[[noreturn]] void keep(const Keeping& keeping);

}  // namespace atelier::detail
