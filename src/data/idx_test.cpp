// idx_test.cpp: IDX files are read as they are, and every lie in one is told.
#include "data/idx.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "data/detail/testing.hpp"

namespace atelier {
namespace {

using testing::Bytes;
using testing::gzip;
using testing::idx_bytes;
using testing::idx_floats;
using testing::idx_header;
using testing::TempFolder;

struct Idx : ::testing::Test {
  TempFolder folder;
  std::filesystem::path file = folder / "x.idx";
  Result<IdxArray> read(std::span<const std::uint8_t> bytes) {
    testing::write(file, bytes);
    return read_idx(file);
  }
  /// The error's lines, "" when it was read.
  std::string trouble(std::span<const std::uint8_t> bytes) {
    const auto array = read(bytes);
    return array ? "" : describe(array.error());
  }
};

Bytes joined(Bytes a, std::span<const std::uint8_t> b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// The most address space that this process has had.
std::size_t peak_kilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (std::size_t peak; word == "VmPeak:" && status >> peak) return peak;
  return 0;
}

TEST_F(Idx, ReadsBytesPlainAndGzipped) {
  const Bytes plain = idx_bytes({5, 3, 4});
  for (const Bytes& stored : {plain, gzip(plain)}) {
    const auto array = read(stored);
    ASSERT_TRUE(array) << describe(array.error());
    EXPECT_EQ(array->type, IdxType::bytes);
    EXPECT_EQ(array->shape, (std::vector<std::size_t>{5, 3, 4}));
    EXPECT_EQ(Bytes(array->payload.begin(), array->payload.end()), Bytes(plain.begin() + 16, plain.end()));
    EXPECT_EQ(array->checksum, sha256(plain));
  }
}

TEST_F(Idx, ReadsFloats) {
  const std::vector<float> values = {0, -1.5f, 3e38f, 1e-40f, 2, 7};
  const Bytes plain = idx_floats({2, 3}, values);
  for (const Bytes& stored : {plain, gzip(plain)}) {
    const auto array = read(stored);
    ASSERT_TRUE(array) << describe(array.error());
    EXPECT_EQ(array->type, IdxType::floats);
    const auto read_back = floats(*array);
    EXPECT_EQ(std::vector<float>(read_back.begin(), read_back.end()), values);
    EXPECT_EQ(array->checksum, sha256(plain));
  }
}

TEST_F(Idx, ReadsSeveralGzipMembersAsOne) {
  const Bytes plain = idx_bytes({100});
  const auto cut = std::span(plain);
  const auto array = read(joined(gzip(cut.first(30)), gzip(cut.subspan(30))));
  ASSERT_TRUE(array) << describe(array.error());
  EXPECT_EQ(array->checksum, sha256(plain));
}

TEST_F(Idx, ReadsAGzippedSetLargerThanItsChunks) {
  Bytes plain = idx_bytes({300, 28, 28});
  std::uint32_t noise = 1;  // so that the compressed form spans several chunks, too
  for (std::size_t i = 16; i < plain.size(); ++i)
    plain[i] = static_cast<std::uint8_t>((noise = noise * 1664525u + 1013904223u) >> 24);
  const auto array = read(gzip(plain));
  ASSERT_TRUE(array) << describe(array.error());
  EXPECT_EQ(array->checksum, sha256(plain));
}

TEST_F(Idx, RefusesAFileCutAtAnyByte) {
  for (const Bytes& whole :
       {idx_bytes({3, 2, 2}), gzip(idx_bytes({3, 2, 2})), idx_floats({1, 2}, std::vector{1.f, 2.f})})
    for (std::size_t size = 0; size < whole.size(); ++size)
      EXPECT_NE(trouble(std::span(whole).first(size)), "") << "cut at byte " << size;
}

TEST_F(Idx, RefusesEveryFlippedBitOfAHeader) {
  const Bytes whole = idx_bytes({3, 2, 2});
  for (std::size_t bit = 0; bit < 16 * 8; ++bit) {
    Bytes bytes = whole;
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    EXPECT_NE(trouble(bytes), "") << "bit " << bit;
    EXPECT_NE(trouble(gzip(bytes)), "") << "bit " << bit << ", gzipped";
  }
}

TEST_F(Idx, RefusesEveryChangedByteOfAHeader) {
  const Bytes whole = idx_bytes({3, 2, 2});
  for (std::size_t at = 0; at < 16; ++at)
    for (unsigned value = 0; value < 256; ++value) {
      Bytes bytes = whole;
      bytes[at] = static_cast<std::uint8_t>(value);
      EXPECT_EQ(trouble(bytes).empty(), value == whole[at]) << "byte " << at << " as " << value;
    }
}

TEST_F(Idx, FindsEveryFlippedBitOfAGzipBody) {
  const Bytes plain = idx_bytes({3, 2, 2}), whole = gzip(plain);
  for (std::size_t bit = 10 * 8; bit < whole.size() * 8; ++bit) {  // the ten bytes before are names and times
    Bytes bytes = whole;
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    const auto array = read(bytes);
    if (array) {
      EXPECT_EQ(array->checksum, sha256(plain)) << "bit " << bit;
    }
  }
}

TEST_F(Idx, RefusesHugeDimensionsWithoutAllocating) {
  const std::vector<std::vector<std::uint32_t>> shapes = {{0x80000000u, 1, 1},
                                                          {0xffffffffu, 1, 1},
                                                          {0x80000000u, 2, 1},
                                                          {0xffffffffu, 0xffffffffu},
                                                          {0x80000000u, 0x80000000u, 2},
                                                          {0x80000000u, 0x80000000u, 4},
                                                          {0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu}};
  const int code = testing::in_child([&] {
    const std::size_t before = peak_kilobytes();
    for (const auto& shape : shapes)
      for (const std::uint8_t type : {std::uint8_t{0x08}, std::uint8_t{0x0D}}) {
        const Bytes bytes = joined(idx_header(type, shape), Bytes(64));
        if (!trouble(bytes).contains("declares") || !trouble(gzip(bytes)).contains("declares")) return 2;
      }
    return peak_kilobytes() - before < (std::size_t{1} << 20) ? 0 : 1;
  });
  EXPECT_EQ(code, 0);
}

TEST_F(Idx, AProductThatWrapsAroundIsNotBelieved) {
  // 2^64 elements, or 2^62 of four bytes, come to 0 in 64 bits: as many as these files hold.
  const std::vector<std::uint32_t> bytes_shape = {0x80000000u, 0x80000000u, 4},
                                   floats_shape = {0x80000000u, 0x80000000u};
  EXPECT_TRUE(trouble(idx_header(0x08, bytes_shape)).contains("impossible size"));
  EXPECT_TRUE(trouble(idx_header(0x0D, floats_shape)).contains("impossible size"));
}

TEST_F(Idx, InflatesNoFurtherThanDeclared) {
  // 20 MB of zeros behind a header that declares ten bytes.
  const Bytes bomb = gzip(joined(idx_header(0x08, std::vector<std::uint32_t>{10}), Bytes(20'000'000)));
  EXPECT_LT(bomb.size(), 30'000u);
  EXPECT_TRUE(trouble(bomb).contains("longer than it says"));
}

TEST_F(Idx, RefusesTrailingBytes) {
  const Bytes whole = idx_bytes({4});
  EXPECT_TRUE(trouble(joined(whole, Bytes(1))).contains("1 more follow"));
  EXPECT_TRUE(trouble(gzip(joined(whole, Bytes(1)))).contains("more follow"));
  EXPECT_TRUE(trouble(joined(gzip(whole), Bytes(1))).contains("something else follows"));
  EXPECT_TRUE(trouble(joined(gzip(whole), Bytes(20, 7))).contains("something else follows"));
}

TEST_F(Idx, SaysWhatElseIsWrong) {
  EXPECT_TRUE(trouble({}).contains("is empty"));
  EXPECT_TRUE(trouble(Bytes{0x89, 'P', 'N', 'G', 1, 2}).contains("starts with 89 50 4e 47"));
  EXPECT_TRUE(trouble(idx_header(0x0E, std::vector<std::uint32_t>{1})).contains("64-bit floats"));
  EXPECT_TRUE(trouble(idx_header(0x42, std::vector<std::uint32_t>{1})).contains("unknown type 42"));
  EXPECT_TRUE(trouble(idx_header(0x08, {})).contains("0 dimensions"));
  EXPECT_TRUE(trouble(idx_header(0x08, std::vector<std::uint32_t>(5, 1))).contains("5 dimensions"));
  EXPECT_TRUE(trouble(idx_bytes({0, 28, 28})).contains("a set without samples"));
  EXPECT_TRUE(trouble(idx_bytes({7, 0})).contains("a set without samples"));
  EXPECT_TRUE(trouble(idx_bytes({60'000, 0, 28})).contains("60,000 x 0 x 28"));
}

TEST_F(Idx, RefusesFloatsThatAreNoNumbers) {
  for (const float bad : {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
                          std::numeric_limits<float>::quiet_NaN()}) {
    const std::vector<float> values = {1, 2, 3, 4, bad, 6};
    EXPECT_TRUE(trouble(idx_floats({3, 2}, values)).contains("in sample 2"));
  }
}

TEST_F(Idx, RefusesWhatIsNoFile) {
  EXPECT_TRUE(describe(read_idx(folder.path).error()).contains("directory"));
  EXPECT_TRUE(describe(read_idx(folder / "missing").error()).contains("No such file"));
}

/// Anything at all may be read without a crash: random bytes behind a plausible start.
TEST_F(Idx, SurvivesRandomFiles) {
  std::uint32_t state = 12345;
  const auto random = [&] { return (state = state * 1664525u + 1013904223u) >> 16; };
  for (int i = 0; i < 3000; ++i) {
    Bytes bytes;
    if (i % 3 == 0) bytes = {0x1f, 0x8b, 8, 0};
    if (i % 3 == 1)
      bytes = {0, 0, static_cast<std::uint8_t>(random() % 2 ? 8 : 13), static_cast<std::uint8_t>(random() % 6)};
    for (std::size_t n = random() % 40; n > 0; --n)
      bytes.push_back(static_cast<std::uint8_t>(random() % 3 ? 0 : random()));
    const auto array = read(bytes);
    if (array) {
      EXPECT_EQ(array->payload.size() + 4 + 4 * array->shape.size(), bytes.size());
    } else {
      EXPECT_FALSE(array.error().summary.empty());
    }
  }
}

}  // namespace
}  // namespace atelier
