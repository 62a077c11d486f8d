// beneath.cpp: a file is opened piece by piece, each below the one before.
#include "serve/beneath.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace atelier {
namespace {

std::unexpected<Error> refused(std::string_view path, std::string why) {
  return fail(Trouble::file, "the file cannot be opened", std::string(path) + ": " + std::move(why));
}

std::int64_t nanoseconds(const timespec& time) { return time.tv_sec * 1'000'000'000 + time.tv_nsec; }

}  // namespace

// By hand rather than by openat2(2), which older kernels and some sandboxes lack: each piece is opened within the folder
// before it, none is followed as a link.
Result<OpenFile> open_beneath(const std::filesystem::path& folder, std::string_view path) {
  FileHandle at(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (at.get() < 0) return refused(folder.string(), std::generic_category().message(errno));
  for (std::string_view rest = path;;) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string piece(rest.substr(0, slash));
    if (piece.empty() || piece == "." || piece == ".." || piece.find('\0') != piece.npos)
      return refused(path, "it leads out of the workspace");
    const bool last = slash == rest.size();
    const int kind = last ? O_RDONLY | O_NONBLOCK : O_PATH | O_DIRECTORY;
    FileHandle next(::openat(at.get(), piece.c_str(), kind | O_NOFOLLOW | O_CLOEXEC));
    if (next.get() < 0) return refused(path, std::generic_category().message(errno));
    at = std::move(next);
    if (last) break;
    rest.remove_prefix(slash + 1);
  }
  struct stat status{};
  if (::fstat(at.get(), &status) != 0 || !S_ISREG(status.st_mode)) return refused(path, "it is no regular file");
  return OpenFile{
      std::move(at),
      {static_cast<std::uint64_t>(status.st_size), nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)}};
}

Result<std::string> read_at(const OpenFile& file, std::uint64_t from, std::size_t most) {
  std::string text(most, '\0');
  std::size_t done = 0;
  while (done < most) {
    const ssize_t got = ::pread(file.handle.get(), text.data() + done, most - done, static_cast<off_t>(from + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(Trouble::file, "the file cannot be read", std::generic_category().message(errno));
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  text.resize(done);
  return text;
}

}  // namespace atelier
