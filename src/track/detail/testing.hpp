// testing.hpp: what the tests of the room share: a folder that goes away, a clock that is set by hand.
#pragma once
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include "track/store.hpp"

namespace atelier::testing {

/// A fresh folder that any user may enter, gone at the end.
struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "atelier-track-XXXXXX").string();
    path = ::mkdtemp(name.data());
    std::filesystem::permissions(path, std::filesystem::perms(0755));
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

/// Both clocks stand until they are moved.
struct HandClock final : Clock {
  std::atomic<std::int64_t> wall_now = 1'700'000'000'000, steady_now = 1'000'000;
  std::string boot_now = "first boot";
  WallTime wall() const override { return WallTime(std::chrono::milliseconds(wall_now)); }
  std::int64_t steady_ms() const override { return steady_now; }
  std::string boot() const override { return boot_now; }
};

/// The value of a Result; the test fails with the Error's words when there is none.
template <class T>
T value(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << describe(result.error());
    return T{};
  }
  return *std::move(result);
}
inline void ok(const Result<void>& result) {
  if (!result) ADD_FAILURE() << describe(result.error());
}

inline std::unique_ptr<Store> opened(const std::filesystem::path& folder, const StoreOptions& options = {}) {
  return value(open_store(folder, options));
}

inline std::vector<std::string> ids(const std::vector<Run>& runs) {
  std::vector<std::string> out;
  for (const auto& run : runs) out.push_back(run.id);
  return out;
}

/// Runs `body` in a child process; its result is the exit code.
template <class Body>
pid_t start_child(const Body& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  return child;
}
inline int exit_code(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

}  // namespace atelier::testing
