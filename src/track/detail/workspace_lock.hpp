// workspace_lock.hpp: one writer at a time in a workspace, over all processes.
#pragma once
#include <filesystem>

#include "base/error.hpp"
#include "base/files.hpp"

namespace atelier {

/// The file lock of a workspace: held during every write, migration and checkpoint. The system lets it go when its
/// holder dies.
class WorkspaceLock {
 public:
  static Result<WorkspaceLock> open(const std::filesystem::path& file);

  /// Lets the lock go at the end of its life.
  class Held {
   public:
    explicit Held(int descriptor) : descriptor_(descriptor) {}
    Held(Held&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    Held& operator=(Held&&) = delete;
    ~Held();

   private:
    int descriptor_;
  };
  /// Waits up to `wait_ms` for whoever writes.
  Result<Held> hold(int wait_ms) const;

 private:
  explicit WorkspaceLock(FileHandle file) : file_(std::move(file)) {}
  FileHandle file_;
};

/// Whether a file system (as statfs numbers it) lies on another machine, where locks and shared memory cannot be
/// relied on.
bool is_network_file_system(std::int64_t type);

}  // namespace atelier
