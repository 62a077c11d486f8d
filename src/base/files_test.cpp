// files_test.cpp: files are read, mapped and replaced whole, or an Error says why not.
#include "base/files.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <thread>

namespace atelier {
namespace {

namespace fs = std::filesystem;

/// A fresh folder that any user may enter, gone at the end.
struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "atelier-files-XXXXXX").string();
    path = ::mkdtemp(name.data());
    fs::permissions(path, fs::perms(0755));
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(path), fs::directory_iterator{}));
  }
};

std::string content(const fs::path& path) {
  const auto bytes = read_file(path, 1 << 30);
  return bytes ? std::string(bytes->begin(), bytes->end()) : "(unreadable)";
}

/// Runs `body` in a child process, so that it may give up rights or limits; its result is the exit code.
template <class Body>
int in_child(const Body& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000;
}

constexpr int kSkip = 77;

/// Root may write anywhere; become somebody who may not.
void drop_rights() {
  if (::geteuid() == 0 && ::seteuid(65534) != 0) ::_exit(kSkip);
}

TEST(Files, WritesAndReadsBack) {
  const Folder folder;
  const fs::path file = folder.path / "a.txt";
  ASSERT_TRUE(write_file_atomically(file, "first"));
  EXPECT_EQ(content(file), "first");
  ASSERT_TRUE(write_file_atomically(file, "second, longer"));
  EXPECT_EQ(content(file), "second, longer");
  ASSERT_TRUE(write_file_atomically(file, ""));
  EXPECT_EQ(content(file), "");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(Files, AFileGetsTheUsersUsualRights) {
  const Folder folder;
  const mode_t old = ::umask(022);
  ASSERT_TRUE(write_file_atomically(folder.path / "a", "x"));
  ::umask(old);
  EXPECT_EQ(fs::status(folder.path / "a").permissions(), fs::perms(0644));
}

TEST(Files, ARelativePathIsWrittenToTheCurrentFolder) {
  const Folder folder;
  EXPECT_EQ(in_child([&] {
              if (::chdir(folder.path.c_str()) != 0) return 1;
              return write_file_atomically("plain.txt", "here") ? 0 : 2;
            }),
            0);
  EXPECT_EQ(content(folder.path / "plain.txt"), "here");
}

TEST(Files, AFailingWriterLeavesTheOldFileAndNothingElse) {
  const Folder folder;
  const fs::path file = folder.path / "a.txt";
  ASSERT_TRUE(write_file_atomically(file, "old"));
  const auto result = write_file_atomically(file, [](FileSink& sink) -> Result<void> {
    sink.write("half of it");
    return fail(Trouble::model, "changed its mind");
  });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().summary, "changed its mind");
  EXPECT_EQ(content(file), "old");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(Files, AThrowingWriterLeavesNothingEither) {
  const Folder folder;
  const auto throwing = [](FileSink&) -> Result<void> { throw 1; };
  EXPECT_THROW(static_cast<void>(write_file_atomically(folder.path / "a", throwing)), int);
  EXPECT_EQ(folder.entries(), 0u);
}

TEST(Files, ALimitOnFileSizeMidwayLeavesTheOldFile) {
  const Folder folder;
  const fs::path file = folder.path / "a.txt";
  ASSERT_TRUE(write_file_atomically(file, "old"));
  const int code = in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 10'000, .rlim_max = 10'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto result = write_file_atomically(file, std::string(100'000, 'x'));
    return !result && result.error().detail.contains("File too large") ? 0 : 1;
  });
  EXPECT_EQ(code, 0);
  EXPECT_EQ(content(file), "old");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(Files, AFullDiskIsSaidAndLeavesNothing) {
  const Folder folder;
  const int code = in_child([&] {
    if (::unshare(::geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) != 0) return kSkip;
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return kSkip;
    if (::mount("none", folder.path.c_str(), "tmpfs", 0, "size=64k") != 0) return kSkip;
    const auto result = write_file_atomically(folder.path / "a", std::string(1 << 20, 'x'));
    if (result) return 1;
    if (!result.error().hint.contains("disk is full")) return 2;
    return folder.entries() == 0 ? 0 : 3;
  });
  if (code == kSkip) GTEST_SKIP() << "mounting a small disk is not allowed here";
  EXPECT_EQ(code, 0);
}

TEST(Files, AnUnwritableFolderIsSaid) {
  const Folder folder;
  fs::permissions(folder.path, fs::perms(0555));
  const int code = in_child([&] {
    drop_rights();
    const auto result = write_file_atomically(folder.path / "a", "x");
    return !result && result.error().kind == Trouble::file && result.error().hint.contains("cannot be written") ? 0 : 1;
  });
  fs::permissions(folder.path, fs::perms(0755));
  if (code == kSkip) GTEST_SKIP() << "cannot become another user here";
  EXPECT_EQ(code, 0);
  EXPECT_EQ(folder.entries(), 0u);
}

TEST(Files, WhatIsNoFileIsNotReplaced) {
  const Folder folder;
  fs::create_directory(folder.path / "sub");
  EXPECT_FALSE(write_file_atomically(folder.path / "sub", "x"));
  EXPECT_FALSE(write_file_atomically(folder.path / "sub" / "", "x"));
  EXPECT_FALSE(write_file_atomically(folder.path / "missing" / "a", "x"));
  EXPECT_FALSE(write_file_atomically("", "x"));
  ASSERT_EQ(::mkfifo((folder.path / "pipe").c_str(), 0666), 0);
  const auto pipe = write_file_atomically(folder.path / "pipe", "x");
  ASSERT_FALSE(pipe);
  EXPECT_TRUE(pipe.error().detail.contains("not a regular file"));
  EXPECT_TRUE(fs::is_fifo(folder.path / "pipe"));
  EXPECT_EQ(folder.entries(), 2u);
}

TEST(Files, ASymbolicLinkIsFollowed) {
  const Folder folder;
  fs::create_directory(folder.path / "sub");
  ASSERT_TRUE(write_file_atomically(folder.path / "sub" / "real", "old"));
  fs::create_symlink("sub/real", folder.path / "link");
  ASSERT_TRUE(write_file_atomically(folder.path / "link", "new"));
  EXPECT_TRUE(fs::is_symlink(folder.path / "link"));
  EXPECT_EQ(content(folder.path / "sub" / "real"), "new");
}

TEST(Files, WritersAtOnceLeaveOneWholeFile) {
  const Folder folder;
  const fs::path file = folder.path / "a";
  {
    std::vector<std::jthread> writers;
    for (const char letter : {'a', 'b', 'c', 'd'})
      writers.emplace_back([&, letter] {
        for (int i = 0; i < 5; ++i) EXPECT_TRUE(write_file_atomically(file, std::string(300'000, letter)));
      });
  }
  const std::string text = content(file);
  EXPECT_EQ(text.size(), 300'000u);
  EXPECT_EQ(std::ranges::count(text, text[0]), 300'000);
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(Files, ReadingRefusesWhatIsNoFileOrTooLarge) {
  const Folder folder;
  ASSERT_TRUE(write_file_atomically(folder.path / "a", "12345"));
  EXPECT_TRUE(read_file(folder.path / "a", 5));
  const auto large = read_file(folder.path / "a", 4);
  ASSERT_FALSE(large);
  EXPECT_TRUE(large.error().detail.contains("5 bytes"));
  EXPECT_FALSE(read_file(folder.path, 100));
  EXPECT_FALSE(read_file(folder.path / "missing", 100));
  ASSERT_EQ(::mkfifo((folder.path / "pipe").c_str(), 0666), 0);
  EXPECT_FALSE(read_file(folder.path / "pipe", 100));
}

TEST(Files, AMappingOutlivesItsFile) {
  const Folder folder;
  ASSERT_TRUE(write_file_atomically(folder.path / "a", "mapped bytes"));
  const auto mapped = map_file(folder.path / "a");
  ASSERT_TRUE(mapped);
  ASSERT_TRUE(write_file_atomically(folder.path / "a", "other"));
  fs::remove(folder.path / "a");
  EXPECT_EQ(std::string(mapped->bytes.begin(), mapped->bytes.end()), "mapped bytes");
  ASSERT_TRUE(write_file_atomically(folder.path / "empty", ""));
  const auto empty = map_file(folder.path / "empty");
  ASSERT_TRUE(empty);
  EXPECT_TRUE(empty->bytes.empty());
  EXPECT_FALSE(map_file(folder.path));
}

TEST(Files, TheCacheFolderFollowsTheXdgRules) {
  const auto with = [](const char* cache, const char* home) {
    return in_child([&] {
      cache ? ::setenv("XDG_CACHE_HOME", cache, 1) : ::unsetenv("XDG_CACHE_HOME");
      ::setenv("HOME", home, 1);
      const auto folder = user_cache_folder();
      if (folder == fs::path("/c/atelier")) return 1;
      return folder == fs::path("/h/.cache/atelier") ? 2 : 3;
    });
  };
  EXPECT_EQ(with("/c", "/h"), 1);
  EXPECT_EQ(with(nullptr, "/h"), 2);
  EXPECT_EQ(with("relative", "/h"), 2);
  EXPECT_EQ(with("", "/h"), 2);
}

}  // namespace
}  // namespace atelier
