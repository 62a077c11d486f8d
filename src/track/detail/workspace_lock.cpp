// workspace_lock.cpp: flock with a time limit.
#include "track/detail/workspace_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

namespace atelier {

Result<WorkspaceLock> WorkspaceLock::open(const std::filesystem::path& file) {
  FileHandle handle(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (handle.get() < 0)
    return fail(Trouble::file, "the workspace cannot be written",
                fmt::format("{}: {}", file.string(), std::strerror(errno)),
                "look at its rights, or name another one with --workspace");
  return WorkspaceLock(std::move(handle));
}

WorkspaceLock::Held::~Held() {
  if (descriptor_ >= 0) ::flock(descriptor_, LOCK_UN);
}

Result<WorkspaceLock::Held> WorkspaceLock::hold(int wait_ms) const {
  using namespace std::chrono;
  const auto until = steady_clock::now() + milliseconds(wait_ms);
  auto pause = microseconds(50);
  while (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR)
      return fail(Trouble::file, "the workspace cannot be locked", std::strerror(errno));
    if (steady_clock::now() >= until)
      return fail(Trouble::file, "another process has been writing to the workspace all the time",
                  fmt::format("waited {} s for runs.lock", wait_ms / 1000.0), "try again when it has ended");
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, microseconds(5000));
  }
  return Held(file_.get());
}

bool is_network_file_system(std::int64_t type) {
  constexpr std::array<std::int64_t, 13> kRemote{
      0x6969,       // NFS
      0x517B,       // SMB
      0xFF534D42,   // CIFS
      0xFE534D42,   // SMB 2
      0x5346414F,   // AFS
      0x00C36400,   // Ceph
      0x0BD00BD0,   // Lustre
      0x73757245,   // Coda
      0x01021997,   // 9p: folders of a host in its virtual machine, WSL's /mnt/c
      0x19830326,   // BeeGFS
      0x47504653,   // GPFS
      0x01161970,   // GFS2
      0x7461636F};  // OCFS2
  return std::ranges::find(kRemote, type & 0xFFFFFFFF) != kRemote.end();
}

}  // namespace atelier
