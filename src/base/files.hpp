// files.hpp: reading, mapping and safely writing whole files.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace atelier {

/// A file descriptor that closes itself. Move-only.
class FileHandle {
 public:
  FileHandle() = default;
  explicit FileHandle(int descriptor) : descriptor_(descriptor) {}
  FileHandle(FileHandle&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileHandle& operator=(FileHandle&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~FileHandle();
  int get() const { return descriptor_; }
  /// Closes now; false when the system reports a late write error.
  bool close();

 private:
  int descriptor_ = -1;
};

/// What tells one state of a file from another: any change of content moves at least one of these.
struct FileStamp {
  std::uint64_t size = 0;        ///< bytes
  std::int64_t modified_ns = 0;  ///< since the Unix epoch
  std::int64_t changed_ns = 0;   ///< of the inode; cannot be set back by a program
  bool operator==(const FileStamp&) const = default;
};

/// An open regular file.
struct OpenFile {
  FileHandle handle;
  FileStamp stamp;
};

/// Opens for reading; a folder, a pipe or a device is an Error, never a wait.
Result<OpenFile> open_regular_file(const std::filesystem::path& path);

/// Fills `out` from the file's current position and returns the bytes read, fewer only at its end.
Result<std::size_t> read_some(const OpenFile& file, const std::filesystem::path& path, std::span<std::uint8_t> out);

/// The whole file; an Error, before anything is allocated, when it is larger than `limit` bytes.
Result<std::vector<std::uint8_t>> read_file(const std::filesystem::path& path, std::size_t limit);

/// A file's bytes mapped read-only; `keeper` owns the mapping, so the bytes outlive a rename over the file.
struct MappedFile {
  std::span<const std::uint8_t> bytes;
  std::shared_ptr<const void> keeper;
};

/// Maps a whole regular file. Meant for files that are only ever replaced by rename, never cut in place.
Result<MappedFile> map_file(const std::filesystem::path& path);

/// Where a writer puts its bytes. The first failure sticks: later writes do nothing.
class FileSink {
 public:
  explicit FileSink(int descriptor) : descriptor_(descriptor) {}
  void write(std::span<const std::uint8_t> bytes);
  void write(std::string_view text);
  /// The errno of the first failed write; 0 while all is well.
  int trouble() const { return trouble_; }

 private:
  int descriptor_;
  int trouble_ = 0;
};

/// Puts a file in place whole or not at all: a temporary file in the same folder, written, synced, renamed, the
/// folder synced. Whatever fails (the folder, the disk, the writer) leaves the old file as it was and nothing beside
/// it. A symbolic link is followed; anything but a regular file at `path` is an Error.
Result<void> write_file_atomically(const std::filesystem::path& path,
                                   const std::function<Result<void>(FileSink&)>& writer);
Result<void> write_file_atomically(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);
Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view text);

/// Gives a file of the same folder another one's name and place, and syncs the folder.
Result<void> move_into_place(const std::filesystem::path& from, const std::filesystem::path& to);

/// $XDG_CACHE_HOME/atelier, or ~/.cache/atelier; nothing when neither is known. Not created.
std::optional<std::filesystem::path> user_cache_folder();
/// The user's home folder; nothing when it is not known.
std::optional<std::filesystem::path> user_home();

}  // namespace atelier
