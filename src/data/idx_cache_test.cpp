// idx_cache_test.cpp: the cache makes openings fast, and is never trusted nor needed.
#include "data/idx_cache.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>

#include "data/detail/fast_sum.hpp"
#include "data/detail/testing.hpp"

namespace atelier {
namespace {

namespace fs = std::filesystem;
using testing::Bytes;
using testing::idx_bytes;
using testing::TempFolder;

struct IdxCache : ::testing::Test {
  TempFolder folder;
  fs::path source = folder / "x.idx";
  fs::path cache = folder / "cache";
  Bytes content = idx_bytes({50, 3, 4});

  void SetUp() override {
    testing::write(source, content);
    testing::let_files_settle();
  }
  fs::path cached() const { return idx_cache_file(source, cache); }
  /// Opens, and holds every field against a plain reading.
  void opens_right(const std::optional<fs::path>& where) {
    const auto array = open_idx(source, where), plain = read_idx(source);
    ASSERT_TRUE(plain);
    ASSERT_TRUE(array) << describe(array.error());
    EXPECT_EQ(array->type, plain->type);
    EXPECT_EQ(array->shape, plain->shape);
    EXPECT_EQ(array->checksum, plain->checksum);
    EXPECT_TRUE(std::ranges::equal(array->payload, plain->payload));
  }
  fs::file_time_type stamp() const { return fs::last_write_time(cached()); }
};

TEST_F(IdxCache, TheSecondOpeningReadsTheCacheAlone) {
  opens_right(cache);
  ASSERT_TRUE(fs::exists(cached()));
  // Exchange the cached payload for another, sound one: what is seen then must come from the cache.
  Bytes bytes = testing::read(cached());
  bytes[256] = 99;
  const std::uint64_t sum = detail::fast_sum(std::span(bytes).subspan(256));
  std::memcpy(bytes.data() + 152, &sum, 8);
  const std::uint64_t header_sum = detail::fast_sum(std::span(bytes).first(248));
  std::memcpy(bytes.data() + 248, &header_sum, 8);
  testing::write(cached(), bytes);
  const auto array = open_idx(source, cache);
  ASSERT_TRUE(array);
  EXPECT_EQ(array->payload[0], 99);
}

TEST_F(IdxCache, FloatsComeBackToo) {
  testing::write(source, testing::idx_floats({2, 2}, std::vector{1.f, -2.f, 0.5f, 3e9f}));
  testing::let_files_settle();
  opens_right(cache);
  opens_right(cache);
  EXPECT_TRUE(fs::exists(cached()));
}

TEST_F(IdxCache, AChangedSourceIsReadAnew) {
  opens_right(cache);
  testing::write(source, idx_bytes({50, 3, 4}, 251, 1));  // of the same size
  testing::let_files_settle();
  opens_right(cache);
  opens_right(cache);
}

TEST_F(IdxCache, AChangedSourceIsReadAnewEvenWithItsTimeSetBack) {
  struct stat before{};
  ASSERT_EQ(::stat(source.c_str(), &before), 0);
  opens_right(cache);
  testing::write(source, idx_bytes({50, 3, 4}, 251, 1));
  const timespec times[2] = {before.st_atim, before.st_mtim};
  ASSERT_EQ(::utimensat(AT_FDCWD, source.c_str(), times, 0), 0);
  testing::let_files_settle();
  opens_right(cache);
}

TEST_F(IdxCache, AFileJustWrittenIsNotCachedYet) {
  testing::write(source, content);
  opens_right(cache);
  EXPECT_FALSE(fs::exists(cached()));
}

TEST_F(IdxCache, IsRebuiltFromAnyTruncation) {
  opens_right(cache);
  const Bytes whole = testing::read(cached());
  for (std::size_t size = 0; size < whole.size(); size += size < 300 ? 7 : 61) {
    testing::write(cached(), std::span(whole).first(size));
    opens_right(cache);
    ASSERT_EQ(testing::read(cached()), whole) << "not rebuilt after a cut at " << size;
  }
  Bytes longer = whole;
  longer.push_back(0);
  testing::write(cached(), longer);
  opens_right(cache);
  EXPECT_EQ(testing::read(cached()), whole);
}

TEST_F(IdxCache, IsRebuiltFromAnyFlippedBit) {
  opens_right(cache);
  const Bytes whole = testing::read(cached());
  for (std::size_t bit = 0; bit < whole.size() * 8; bit += bit < 256 * 8 ? 5 : 37) {
    Bytes bytes = whole;
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    testing::write(cached(), bytes);
    opens_right(cache);
    ASSERT_EQ(testing::read(cached()), whole) << "bit " << bit;
  }
}

TEST_F(IdxCache, WorksWithoutAFolder) { opens_right(std::nullopt); }

TEST_F(IdxCache, WorksWhereNoFolderCanBe) {
  testing::write(folder / "file", Bytes(1));
  opens_right(folder / "file" / "cache");
  opens_right("/proc/atelier");
}

TEST_F(IdxCache, WorksWhereAFolderLiesInItsPlace) {
  fs::create_directories(cached());
  opens_right(cache);
  opens_right(cache);
}

TEST_F(IdxCache, WorksInAReadOnlyFolder) {
  fs::create_directories(cached().parent_path());
  fs::permissions(cached().parent_path(), fs::perms(0555));
  const int code = testing::in_child([&] {
    if (::geteuid() == 0 && ::seteuid(65534) != 0) return 77;
    const auto array = open_idx(source, cache);
    return array && array->checksum == sha256(content) ? 0 : 1;
  });
  fs::permissions(cached().parent_path(), fs::perms(0755));
  if (code == 77) GTEST_SKIP() << "cannot become another user here";
  EXPECT_EQ(code, 0);
  EXPECT_TRUE(fs::is_empty(cached().parent_path()));
}

TEST_F(IdxCache, ManyAtOnceAreAllRight) {
  content = idx_bytes({500, 28, 28});
  testing::write(source, testing::gzip(content));
  testing::let_files_settle();
  const auto opens = [&] {
    for (int i = 0; i < 5; ++i) {
      const auto array = open_idx(source, cache);
      if (!array || !std::ranges::equal(array->payload, std::span(content).subspan(16))) return 1;
      if (i % 2) fs::remove(cached());
    }
    return 0;
  };
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(opens());
    children.push_back(child);
  }
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i) threads.emplace_back([&] { EXPECT_EQ(opens(), 0); });
  }
  for (const pid_t child : children) {
    int status = 1;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  for (const auto& entry : fs::directory_iterator(cached().parent_path())) EXPECT_EQ(entry.path(), cached());
}

TEST_F(IdxCache, TwoPathsToOneFileShareACache) {
  fs::create_symlink(source, folder / "link.idx");
  EXPECT_EQ(idx_cache_file(folder / "link.idx", cache), cached());
  EXPECT_NE(idx_cache_file(folder / "other.idx", cache), cached());
}

TEST_F(IdxCache, ADamagedSourceIsNeverCached) {
  content.pop_back();
  testing::write(source, content);
  testing::let_files_settle();
  EXPECT_FALSE(open_idx(source, cache));
  EXPECT_FALSE(fs::exists(cached()));
}

TEST(FastSum, SeesEveryFlippedBitAndEveryLength) {
  Bytes bytes = idx_bytes({200});
  const std::uint64_t sum = detail::fast_sum(bytes);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    EXPECT_NE(detail::fast_sum(bytes), sum);
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
  }
  const Bytes zeros(200);
  for (std::size_t n = 1; n < zeros.size(); ++n)
    EXPECT_NE(detail::fast_sum(std::span(zeros).first(n)), detail::fast_sum(std::span(zeros).first(n - 1)));
}

}  // namespace
}  // namespace atelier
