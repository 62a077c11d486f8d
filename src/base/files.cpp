// files.cpp: reading, mapping and safely writing whole files.
#include "base/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <new>
#include <system_error>

namespace atelier {
namespace fs = std::filesystem;
namespace {

std::string reason(int code) { return std::generic_category().message(code); }

std::unexpected<Error> cannot_read(const fs::path& path, int code) {
  std::string hint;
  if (code == ENOENT) hint = "check the path";
  if (code == EACCES) hint = "check who may read the file and its folders";
  return fail(Trouble::file, "cannot read a file", fmt::format("{}: {}", path.string(), reason(code)), hint);
}

std::unexpected<Error> cannot_write(const fs::path& path, int code) {
  std::string hint = "choose another place to write to";
  if (code == ENOSPC || code == EDQUOT) hint = "the disk is full; free some space or write elsewhere";
  if (code == EACCES || code == EROFS || code == EPERM) hint = "the folder cannot be written to; choose another one";
  if (code == ENOENT) hint = "the folder does not exist; create it or choose another one";
  return fail(Trouble::file, "cannot write a file", fmt::format("{}: {}", path.string(), reason(code)), hint);
}

std::int64_t nanoseconds(const timespec& t) { return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec; }

/// Creates a file that did not exist before, beside `target`; the short name fits wherever the target's does.
FileHandle create_beside(const fs::path& target, fs::path& created) {
  static std::atomic<unsigned> counter = 0;
  for (int attempt = 0; attempt < 100; ++attempt) {
    created = target.parent_path() / fmt::format(".atelier-{}-{}.tmp", ::getpid(), counter++);
    const int descriptor = ::open(created.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor >= 0 || errno != EEXIST) return FileHandle(descriptor);
  }
  return {};
}

/// Deletes the temporary file unless it became the real one.
struct Temporary {
  fs::path path;
  ~Temporary() {
    if (!path.empty()) ::unlink(path.c_str());
  }
};

/// Follows links, and refuses what a rename must not replace.
Result<fs::path> writable_target(const fs::path& path) {
  if (path.filename().empty()) return cannot_write(path, EISDIR);
  std::error_code trouble;
  fs::path target = fs::weakly_canonical(fs::absolute(path, trouble), trouble);
  if (trouble) return cannot_write(path, trouble.value());
  struct stat status{};
  if (::stat(target.c_str(), &status) != 0) {
    if (errno == ENOENT) return target;
    return cannot_write(path, errno);
  }
  if (S_ISDIR(status.st_mode)) return cannot_write(path, EISDIR);
  if (!S_ISREG(status.st_mode))
    return fail(Trouble::file, "cannot write a file", path.string() + ": exists and is not a regular file",
                "choose another place to write to");
  return target;
}

/// So that the rename itself survives a power cut. Some file systems cannot sync a folder; the file is whole anyway.
void sync_folder(const fs::path& folder) {
  const FileHandle handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (handle.get() >= 0) ::fsync(handle.get());
}

}  // namespace

FileHandle::~FileHandle() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool FileHandle::close() {
  const int descriptor = std::exchange(descriptor_, -1);
  return descriptor < 0 || ::close(descriptor) == 0;
}

Result<OpenFile> open_regular_file(const fs::path& path) {
  // O_NONBLOCK: opening a pipe must not wait for its other end.
  FileHandle handle(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (handle.get() < 0) return cannot_read(path, errno);
  struct stat status{};
  if (::fstat(handle.get(), &status) != 0) return cannot_read(path, errno);
  if (S_ISDIR(status.st_mode)) return cannot_read(path, EISDIR);
  if (!S_ISREG(status.st_mode))
    return fail(Trouble::file, "cannot read a file", path.string() + ": not a regular file", "give the path of a file");
  const FileStamp stamp{.size = static_cast<std::uint64_t>(status.st_size),
                        .modified_ns = nanoseconds(status.st_mtim),
                        .changed_ns = nanoseconds(status.st_ctim)};
  return OpenFile{std::move(handle), stamp};
}

Result<std::size_t> read_some(const OpenFile& file, const fs::path& path, std::span<std::uint8_t> out) {
  std::size_t filled = 0;
  while (filled < out.size()) {
    const ssize_t n =
        ::read(file.handle.get(), out.data() + filled, std::min(out.size() - filled, std::size_t{1} << 30));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return cannot_read(path, errno);
    if (n == 0) break;
    filled += static_cast<std::size_t>(n);
  }
  return filled;
}

Result<std::vector<std::uint8_t>> read_file(const fs::path& path, std::size_t limit) {
  auto file = open_regular_file(path);
  if (!file) return pass_on(file);
  if (file->stamp.size > limit)
    return fail(Trouble::file, "a file is too large",
                fmt::format("{} has {} bytes; at most {} are read", path.string(), file->stamp.size, limit));
  std::vector<std::uint8_t> bytes(file->stamp.size);
  const auto filled = read_some(*file, path, bytes);
  if (!filled) return std::unexpected(filled.error());
  bytes.resize(*filled);
  return bytes;
}

Result<MappedFile> map_file(const fs::path& path) {
  const auto file = open_regular_file(path);
  if (!file) return std::unexpected(file.error());
  const std::size_t size = file->stamp.size;
  if (size == 0) return MappedFile{};
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file->handle.get(), 0);
  if (address == MAP_FAILED) return cannot_read(path, errno);
  return MappedFile{
      {static_cast<const std::uint8_t*>(address), size},
      std::shared_ptr<const void>(address, [size](const void* p) { ::munmap(const_cast<void*>(p), size); })};
}

void FileSink::write(std::span<const std::uint8_t> bytes) {
  while (!bytes.empty() && trouble_ == 0) {
    const ssize_t n = ::write(descriptor_, bytes.data(), std::min(bytes.size(), std::size_t{1} << 30));
    if (n > 0) bytes = bytes.subspan(static_cast<std::size_t>(n));
    if (n < 0 && errno != EINTR) trouble_ = errno;
  }
}

void FileSink::write(std::string_view text) {
  write(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

Result<void> write_file_atomically(const fs::path& path, const std::function<Result<void>(FileSink&)>& writer) {
  const auto target = writable_target(path);
  if (!target) return std::unexpected(target.error());
  Temporary temporary;
  fs::path created;
  FileHandle handle = create_beside(*target, created);
  if (handle.get() < 0) return cannot_write(path, errno);
  temporary.path = created;

  FileSink sink(handle.get());
  if (auto written = writer(sink); !written) return written;
  if (sink.trouble() != 0) return cannot_write(path, sink.trouble());
  if (::fsync(handle.get()) != 0) return cannot_write(path, errno);
  if (!handle.close()) return cannot_write(path, errno);
  if (::rename(created.c_str(), target->c_str()) != 0) return cannot_write(path, errno);
  temporary.path.clear();
  sync_folder(target->parent_path());
  return {};
}

Result<void> write_file_atomically(const fs::path& path, std::span<const std::uint8_t> bytes) {
  return write_file_atomically(path, [&](FileSink& sink) -> Result<void> {
    sink.write(bytes);
    return {};
  });
}

Result<void> write_file_atomically(const fs::path& path, std::string_view text) {
  return write_file_atomically(path, std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

Result<void> move_into_place(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return cannot_write(to, errno);
  sync_folder(to.parent_path());
  return {};
}

std::optional<fs::path> user_home() {
  if (const char* home = std::getenv("HOME"); home && *home) return home;
  char text[4096];
  passwd entry{}, *found = nullptr;
  if (::getpwuid_r(::getuid(), &entry, text, sizeof text, &found) == 0 && found && *found->pw_dir) return found->pw_dir;
  return std::nullopt;
}

std::optional<fs::path> user_cache_folder() {
  // The XDG base directory specification: a relative path is to be ignored.
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache && fs::path(cache).is_absolute())
    return fs::path(cache) / "atelier";
  if (const auto home = user_home()) return *home / ".cache" / "atelier";
  return std::nullopt;
}

}  // namespace atelier
