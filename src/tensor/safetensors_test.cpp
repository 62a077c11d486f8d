// safetensors_test.cpp: tensors come back as they were written, and no other file is believed.
#include "tensor/safetensors.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <limits>
#include <random>

#include "tensor/detail/testing.hpp"

namespace atelier {
namespace {

namespace fs = std::filesystem;
using testing::Bytes;
using testing::bytes_of;
using testing::parse;
using testing::refusal;

const std::map<std::string, std::string> kMetadata{{"config", R"({"layers":[2,3]})"}, {"größe", "\"quoted\"\n"}};

struct Safetensors : ::testing::Test {
  fs::path folder;
  std::array<float, 6> weight{
      1.5f, -0.0f, std::numeric_limits<float>::denorm_min(), 3e38f, std::numeric_limits<float>::infinity(), -7.f};
  std::array<double, 2> moments{0.1, -1e300};
  std::array<std::byte, 3> bits{std::byte{0}, std::byte{255}, std::byte{7}};

  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "atelier-tensor-XXXXXX").string();
    folder = ::mkdtemp(name.data());
    fs::permissions(folder, fs::perms(0755));
  }
  void TearDown() override {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  }
  std::vector<Tensor> tensors() const {
    return {tensor_of("dense.weight", weight, {2, 3}), tensor_of("moments", moments, {2}),
            Tensor{"bits", "U8", {3}, bits}, Tensor{"none", "U8", {4, 0}, {}}};
  }
  std::ptrdiff_t entries() const { return std::distance(fs::directory_iterator(folder), fs::directory_iterator{}); }
};

Bytes content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
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

TEST_F(Safetensors, WhatIsWrittenComesBack) {
  const fs::path path = folder / "m.safetensors";
  const auto written = write_safetensors(path, tensors(), kMetadata);
  ASSERT_TRUE(written) << describe(written.error());
  const auto file = read_safetensors(path);
  ASSERT_TRUE(file) << describe(file.error());
  EXPECT_EQ(file->metadata, kMetadata);
  ASSERT_EQ(file->tensors.size(), 4u);
  for (const Tensor& t : tensors()) {
    const Tensor* read = file->find(t.name);
    ASSERT_TRUE(read) << t.name;
    EXPECT_EQ(read->dtype, t.dtype);
    EXPECT_EQ(read->shape, t.shape);
    EXPECT_TRUE(std::ranges::equal(read->bytes, t.bytes)) << t.name;
  }
  EXPECT_EQ(file->find("dense"), nullptr);
  EXPECT_EQ(entries(), 1);
}

TEST_F(Safetensors, TheBytesAreThoseOfTheFormat) {
  const fs::path path = folder / "m";
  const std::array<float, 1> one{1};
  ASSERT_TRUE(write_safetensors(path, std::vector{tensor_of("a", one, {})}, {{"k", "v"}}));
  std::string header = R"({"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}})";
  header.resize(120, ' ');
  Bytes expected = bytes_of(header, 4);
  std::memcpy(expected.data() + 128, one.data(), 4);
  EXPECT_EQ(content(path), expected);
}

TEST_F(Safetensors, TheDataStartAtAMultipleOf64) {
  for (std::size_t n = 0; n < 70; ++n) {
    ASSERT_TRUE(write_safetensors(folder / "m", tensors(), {{"k", std::string(n, 'x')}}));
    std::uint64_t length = 0;
    std::memcpy(&length, content(folder / "m").data(), 8);
    EXPECT_EQ((8 + length) % 64, 0u);
  }
}

TEST_F(Safetensors, TheFileMayGoWhileItsTensorsAreUsed) {
  ASSERT_TRUE(write_safetensors(folder / "m", tensors(), {}));
  auto file = read_safetensors(folder / "m");
  ASSERT_TRUE(file);
  fs::remove(folder / "m");
  const TensorFile copy = *file;
  *file = {};
  const auto values = floats(*copy.find("dense.weight"));
  ASSERT_TRUE(values);
  EXPECT_EQ(std::memcmp(values->data(), weight.data(), sizeof weight), 0);
}

TEST_F(Safetensors, UnalignedTensorsAreCopiedIntoPlace) {
  const std::vector<Tensor> odd{Tensor{"bits", "U8", {3}, bits}, tensor_of("w", weight, {6}),
                                tensor_of("m", moments, {2})};
  ASSERT_TRUE(write_safetensors(folder / "m", odd, {}));
  const auto file = read_safetensors(folder / "m");
  ASSERT_TRUE(file);
  const auto w = floats(*file->find("w"));
  const auto m = doubles(*file->find("m"));
  ASSERT_TRUE(w && m);
  EXPECT_EQ(std::memcmp(w->data(), weight.data(), sizeof weight), 0);
  EXPECT_EQ(std::memcmp(m->data(), moments.data(), sizeof moments), 0);
  const auto refused = read_safetensors(folder / "m", {.copied_bytes = 127});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().summary, "a safetensors file of unaligned tensors");
  EXPECT_TRUE(read_safetensors(folder / "m", {.copied_bytes = 128}));
}

TEST_F(Safetensors, ValuesAreGivenInTheirOwnTypeOnly) {
  EXPECT_TRUE(floats(tensors()[0]));
  const auto wrong = floats(tensors()[1]);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().detail, "tensor \"moments\" holds F64; F32 is wanted");
  EXPECT_FALSE(doubles(tensors()[0]));
  const auto whole = std::as_bytes(std::span(weight));
  EXPECT_FALSE(floats({"off", "F32", {1}, whole.subspan(1, 4)}));
  EXPECT_FALSE(floats({"part", "F32", {1}, whole.first(6)}));
}

TEST_F(Safetensors, EveryTruncationIsRefused) {
  ASSERT_TRUE(write_safetensors(folder / "m", tensors(), kMetadata));
  const Bytes whole = content(folder / "m");
  ASSERT_TRUE(parse(whole));
  for (std::size_t n = 0; n < whole.size(); ++n)
    EXPECT_NE(refusal(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n))), "(believed)") << n;
  Bytes longer = whole;
  longer.push_back(0);
  EXPECT_EQ(refusal(longer), "declares 43 bytes of data; 44 are there");
  longer.resize(whole.size() - 1);
  EXPECT_EQ(refusal(longer), "declares 43 bytes of data; 42 are there");
}

// Within a name or a text of metadata a flipped bit makes another name; anywhere else the file must be refused.
TEST_F(Safetensors, EveryFlippedBitOfTheHeaderIsRefusedOrRenames) {
  auto all = tensors();
  all.pop_back();  // one without bytes has many shapes that fit
  ASSERT_TRUE(write_safetensors(folder / "m", all, {{"key", "value"}}));
  const Bytes whole = content(folder / "m");
  std::uint64_t length = 0;
  std::memcpy(&length, whole.data(), 8);
  const std::string text(whole.begin() + 8, whole.begin() + 8 + static_cast<std::ptrdiff_t>(length));
  std::vector<bool> free(8 + length);
  for (const std::string word : {"key", "value", "dense.weight", "moments", "bits"}) {
    const auto at = static_cast<std::ptrdiff_t>(8 + text.find("\"" + word + "\"") + 1);
    std::fill_n(free.begin() + at, word.size(), true);
  }
  int renamed = 0;
  for (std::size_t at = 0; at < free.size(); ++at)
    for (int bit = 0; bit < 8; ++bit) {
      Bytes damaged = whole;
      damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ (1u << bit));
      const auto file = parse(damaged);
      if (!file) continue;
      ++renamed;
      EXPECT_TRUE(free[at]) << "byte " << at << " bit " << bit;
      for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(file->tensors[i].shape, all[i].shape);
    }
  EXPECT_GT(renamed, 100);
}

// Whatever is believed of a damaged file, its tensors lie inside the data and are as long as their shapes say.
TEST_F(Safetensors, RandomDamageNeverLeadsOutsideTheFile) {
  ASSERT_TRUE(write_safetensors(folder / "m", tensors(), kMetadata));
  const Bytes whole = content(folder / "m");
  const std::string_view letters = "{}[]\",:0123456789-.eE \\nulltrue";
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    Bytes damaged = whole;
    for (unsigned n = 1 + random() % 4; n > 0; --n)
      damaged[8 + random() % 400] = static_cast<std::uint8_t>(letters[random() % letters.size()]);
    const auto file = parse(damaged);
    if (!file) continue;
    std::size_t total = 0;
    for (const Tensor& t : file->tensors) total += t.bytes.size();
    EXPECT_EQ(total, 43u);
  }
}

TEST_F(Safetensors, WhatCouldNotBeReadIsNotWritten) {
  const auto refused = [&](const Tensor& tensor, const std::map<std::string, std::string>& metadata = {}) {
    const auto written = write_safetensors(folder / "m", std::vector{tensors()[0], tensor}, metadata);
    return written ? "(written)" : written.error().detail.substr((folder / "m: ").string().size());
  };
  const Tensor a{"a", "U8", {3}, bits};
  EXPECT_EQ(refused({"dense.weight", "U8", {3}, bits}), "two tensors are named \"dense.weight\"");
  EXPECT_EQ(refused({"__metadata__", "U8", {3}, bits}), "a tensor cannot be named __metadata__");
  EXPECT_EQ(refused({"\xff", "U8", {3}, bits}), R"(the name "\xff" is not UTF-8)");
  EXPECT_EQ(refused(a, {{"k", "\xff"}}), "the metadata \"k\" are not UTF-8");
  EXPECT_EQ(refused({"a", "U8", {4}, bits}), R"(tensor "a", U8 [4], takes 4 bytes but has 3)");
  EXPECT_EQ(refused({"a", "U9", {3}, bits}).substr(0, 28), R"(tensor "a" has the type "U9")");
  EXPECT_EQ(refused({"a", "U8", std::vector<std::size_t>(33, 1), std::span(bits).first(1)}),
            "tensor \"a\" has 33 dimensions; at most 32 are written");
  EXPECT_TRUE(refused(a, {{"k", std::string(17 << 20, 'x')}}).ends_with("at most 16,777,216 are written"));
  EXPECT_EQ(entries(), 0);
  EXPECT_EQ(refused(a), "(written)");
}

TEST_F(Safetensors, AFailedWriteLeavesTheOldFileAndNothingElse) {
  const fs::path path = folder / "m";
  ASSERT_TRUE(write_safetensors(path, tensors(), kMetadata));
  const Bytes before = content(path);
  const std::vector<float> large(100'000);
  const int code = in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 10'000, .rlim_max = 10'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto written = write_safetensors(path, std::vector{tensor_of("w", large, {100'000})}, {});
    return !written && written.error().kind == Trouble::file ? 0 : 1;
  });
  EXPECT_EQ(code, 0);
  EXPECT_EQ(content(path), before);
  EXPECT_EQ(entries(), 1);
}

TEST_F(Safetensors, AnUnwritableFolderIsSaid) {
  fs::permissions(folder, fs::perms(0555));
  const int code = in_child([&] {
    if (::geteuid() == 0 && ::seteuid(65534) != 0) return 77;
    const auto written = write_safetensors(folder / "m", tensors(), {});
    return !written && written.error().kind == Trouble::file ? 0 : 1;
  });
  fs::permissions(folder, fs::perms(0755));
  if (code == 77) GTEST_SKIP() << "cannot become another user here";
  EXPECT_EQ(code, 0);
  EXPECT_EQ(entries(), 0);
  EXPECT_EQ(read_safetensors(folder / "missing").error().kind, Trouble::file);
  EXPECT_EQ(read_safetensors(folder).error().kind, Trouble::file);
}

}  // namespace
}  // namespace atelier
