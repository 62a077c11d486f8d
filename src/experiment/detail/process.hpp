// process.hpp: another program as a child: started without a shell, read as it writes, ended with all that it began.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/files.hpp"

namespace atelier::detail {

/// What is started, and where.
struct Launch {
  std::vector<std::string> words;           ///< the program, looked up in PATH unless it has a slash, and its arguments
  std::vector<std::string> environment;     ///< all of it, "NAME=value"
  std::filesystem::path folder;             ///< it runs in
  std::chrono::milliseconds grace{10'000};  ///< from the polite signal to the other
  int lock = -1;                            ///< an open file that the keeper holds until all have ended; -1: none
};

/// How a program ended.
struct Exit {
  enum class How {
    exited,       ///< `value`: its exit code
    signalled,    ///< `value`: the signal
    not_started,  ///< `value`: the system's error number
    unknown,      ///< whoever watched it was killed
  };
  How how = How::unknown;
  int value = 0;
};

/// The file that a program's name stands for, from `folder`; none when there is none that can be run.
std::optional<std::filesystem::path> find_program(const std::string& name, const std::filesystem::path& folder);

/// A program in a process group of its own, under a keeper: a small process that ends the whole group when the program
/// has ended, when it is told to, and when this process dies, be it by `kill -9`. It dies with the thread that started
/// it, too. For one thread.
class Process {
 public:
  /// An error when there is no such program, or the machine has no room for one more.
  static Result<Process> start(const Launch& launch);
  Process(Process&& other) noexcept;
  Process& operator=(Process&&) = delete;
  /// Kills what still runs.
  ~Process();

  struct Output {
    std::string out, err;  ///< at most 64 KiB each
    bool ended = false;    ///< nothing more will come
  };
  /// Waits for output or the end, at most so long. Whoever outlives the group and holds its pipe is not waited for.
  Output read(std::chrono::milliseconds patience);
  /// Asks the group to end (SIGTERM), and kills it when the grace is over. Returns at once: read on to the end.
  void stop();
  /// How it ended; none before its end was read.
  const std::optional<Exit>& exit() const { return exit_; }

 private:
  Process() = default;
  void hear();
  void reap();

  pid_t keeper_ = -1;
  FileHandle out_, err_, notes_;
  std::optional<Exit> exit_;
  int leavings_ = 0;  // reads after the end
};

}  // namespace atelier::detail
