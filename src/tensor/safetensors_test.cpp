// safetensors_test.cpp: tensors come back as they were written, and no other file is believed.
#include "tensor/safetensors.hpp"

#include <fmt/format.h>
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

namespace atelier {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

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

/// A file of this header and so many bytes of data.
Bytes bytes_of(const std::string& header, std::size_t data) {
  Bytes bytes(8 + header.size() + data);
  const std::uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, 8);
  std::memcpy(bytes.data() + 8, header.data(), header.size());
  return bytes;
}

Result<TensorFile> parse(const Bytes& bytes, const SafetensorsLimits& limits = {}) {
  return parse_safetensors(bytes, nullptr, "m.safetensors", limits);
}

/// The detail of the refusal, without the file's name; says so when the file is believed.
std::string refusal(const Bytes& bytes, const SafetensorsLimits& limits = {}) {
  const auto file = parse(bytes, limits);
  if (file) return "(believed)";
  EXPECT_EQ(file.error().kind, Trouble::model);
  EXPECT_FALSE(file.error().hint.empty());
  EXPECT_TRUE(file.error().detail.starts_with("m.safetensors: "));
  return file.error().detail.substr(15);
}

std::string refusal(const std::string& header, std::size_t data = 0, const SafetensorsLimits& limits = {}) {
  return refusal(bytes_of(header, data), limits);
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

TEST(SafetensorsHeader, IsReadInAnyOrderAndSpacing) {
  const std::string header =
      " {\"b\" : {\"data_offsets\":[4, 5], \"shape\":[1], \"dtype\":\"BOOL\"},\n"
      "\"a\":{\"dtype\":\"BF16\",\"shape\":[2,1],\"data_offsets\":[0,4]},\"__metadata__\":{}}  ";
  const auto file = parse(bytes_of(header.substr(1), 5));
  ASSERT_TRUE(file) << describe(file.error());
  EXPECT_EQ(file->tensors[0].name, "a");
  EXPECT_EQ(file->tensors[1].name, "b");
  EXPECT_NE(refusal(header, 5), "(believed)");  // the format wants the brace first
}

TEST(SafetensorsHeader, MayBeEmpty) {
  const auto file = parse(bytes_of("{}", 0));
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->tensors.empty());
  EXPECT_EQ(refusal("{}", 1), "declares 0 bytes of data; 1 are there");
}

TEST(SafetensorsHeader, ALengthIsNotBelieved) {
  for (const std::uint64_t length :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{3}, std::uint64_t{1} << 24, (std::uint64_t{1} << 24) + 1,
        std::uint64_t{1} << 63, ~std::uint64_t{0}, ~std::uint64_t{0} - 7}) {
    Bytes bytes = bytes_of("{}", 0);
    std::memcpy(bytes.data(), &length, 8);
    EXPECT_NE(refusal(bytes), "(believed)") << length;
  }
  EXPECT_EQ(refusal(bytes_of("{}" + std::string(99, ' '), 0), {.header_bytes = 100}),
            "declares a header of 101 bytes; at most 100 are read");
}

TEST(SafetensorsHeader, OtherFilesAreCalledForeign) {
  const std::string zip = "PK\x03\x04 and the rest of an archive", json = R"({"weights": [1, 2, 3], "more": 4})";
  for (const std::string& text : {std::string(), std::string("short"), zip, json}) {
    const auto file = parse(Bytes(text.begin(), text.end()));
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().summary, "not a safetensors file") << text;
  }
}

/// A header of one tensor "a" of 24 bytes, with one part replaced.
std::string with(const std::string& part, const std::string& other) {
  std::string header = R"({"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}})";
  header.replace(header.find(part), part.size(), other);
  return header;
}

TEST(SafetensorsHeader, HostileOnesAreRefusedWithTheReason) {
  ASSERT_TRUE(parse(bytes_of(with("a", "a"), 24)));
  const std::string shape = "the shape of tensor \"a\" holds ", offsets = "data_offsets of tensor \"a\" ";
  const std::string whole = ", where the format wants whole numbers from 0 to 2^64 - 1";
  const std::vector<std::array<std::string, 3>> cases = {
      {"2,3", "-2,3", shape + "-2" + whole},
      {"2,3", "2.0,3", shape + "2.0" + whole},
      {"2,3", "2e0,3", shape + "2e0" + whole},
      {"2,3", "\"2\",3", shape + "a text" + whole},
      {"2,3", "[2],3", shape + "a list" + whole},
      {"2,3", "null", shape + "null" + whole},
      {"2,3", "true", shape + "true" + whole},
      {"2,3", "18446744073709551616", shape + "18446744073709551616" + whole},
      {"2,3", "9223372036854775808", R"(tensor "a", F32 [9223372036854775808], is larger than any memory)"},
      {"2,3", "4294967296,4294967296", R"(tensor "a", F32 [4294967296, 4294967296], is larger than any memory)"},
      {"2,3", "0,9223372036854775808", R"(tensor "a", F32 [0, 9223372036854775808], is larger than any memory)"},
      {"2,3", "2,4", R"(tensor "a", F32 [2, 4], takes 32 bytes but has 24)"},
      {"2,3", "2,3,0", R"(tensor "a", F32 [2, 3, 0], takes 0 bytes but has 24)"},
      {"[2,3]", "6",
       R"(tensor "a" holds a number, where the format wants dtype as a text, shape and data_offsets as lists)"},
      {"0,24", "-0,24", offsets + "holds 0" + whole},
      {"0,24", "0,24,24", offsets + "holds more than 2 numbers"},
      {"0,24", "24", offsets + "holds 1 numbers, not 2"},
      {"0,24", "24,0", R"(tensor "a" starts at byte 24 of the data and ends at 0)"},
      {"0,24", "0,18446744073709551615",
       R"(tensor "a", F32 [2, 3], takes 24 bytes but has 18,446,744,073,709,551,615)"},
      {"0,24", "4,28", R"(tensor "a" starts at byte 4 of the data, where the one before it ends at 0)"},
      {"F32", "F31",
       "tensor \"a\" has the type \"F31\"; read are BOOL, U8, I8, F8_E4M3, F8_E5M2, F8_E8M0, U16, I16, "
       "F16, BF16, U32, I32, F32, U64, I64, F64, C64"},
      {"F32", "F64", R"(tensor "a", F64 [2, 3], takes 48 bytes but has 24)"},
      {"\"F32\"", "32",
       R"(tensor "a" holds a number, where the format wants dtype as a text, shape and data_offsets as lists)"},
      {"\"F32\"", "[]",
       R"(tensor "a" holds a list, where the format wants dtype as a text, shape and data_offsets as lists)"},
      {R"("dtype":"F32",)", "", "tensor \"a\" has no dtype"},
      {R"("shape":[2,3],)", "", "tensor \"a\" has no shape"},
      {R"(,"data_offsets":[0,24])", "", "tensor \"a\" has no data_offsets"},
      {"\"shape\"", R"("shape":[2,3],"shape")", "tensor \"a\" has shape twice"},
      {"\"shape\"", R"("stride":[1],"shape")", "tensor \"a\" has a field \"stride\", which the format does not know"},
      {"\"a\"", "\"\x1b[2J\"", "its header is no valid JSON at byte 3"},
      {"\"a\"", "\"\xff\"", "its header is no valid JSON at byte 3"},
      {"\"a\"", "\"\xc0\xaf\"", "its header is no valid JSON at byte 3"},
      {"\"a\"", "\"\\ud800\"", "its header is no valid JSON at byte 9"},
      {"}}", "}", "its header is no valid JSON at byte 57"},
      {"}}", "}}{}", "its header is no valid JSON at byte 58"},
      {"}}", std::string("}}\0{", 4), "its header is no valid JSON at byte 58"},
      {"\"a\"", R"("__metadata__":{"k":1},"a")",
       "a line of its metadata holds a number, where the format wants texts only"},
      {"\"a\"", R"("__metadata__":{"k":{}},"a")",
       "a line of its metadata holds an object, where the format wants texts only"},
      {"\"a\"", R"("__metadata__":{"k":"1","k":"2"},"a")", "its metadata have \"k\" twice"},
      {"\"a\"", R"("__metadata__":{},"__metadata__":{},"a")", "has __metadata__ twice"},
      {"\"a\"", R"("__metadata__":[],"a")", "its header holds a list, where the format wants an object for each name"},
      {"\"a\"", R"("b":null,"a")", "its header holds null, where the format wants an object for each name"},
  };
  for (const auto& [part, other, reason] : cases) EXPECT_EQ(refusal(with(part, other), 24), reason) << other;
}

TEST(SafetensorsHeader, TensorsThatOverlapOrRepeatAreRefused) {
  const auto two = [](const char* second, const char* offsets) {
    return fmt::format(R"({{"a":{{"dtype":"U8","shape":[4],"data_offsets":[0,4]}},)"
                       R"("{}":{{"dtype":"U8","shape":[4],"data_offsets":{}}}}})",
                       second, offsets);
  };
  EXPECT_TRUE(parse(bytes_of(two("b", "[4,8]"), 8)));
  EXPECT_EQ(refusal(two("b", "[3,7]"), 7),
            R"(tensor "b" starts at byte 3 of the data, where the one before it ends at 4)");
  EXPECT_EQ(refusal(two("b", "[0,4]"), 4),
            R"(tensor "b" starts at byte 0 of the data, where the one before it ends at 4)");
  EXPECT_EQ(refusal(two("b", "[5,9]"), 9),
            R"(tensor "b" starts at byte 5 of the data, where the one before it ends at 4)");
  EXPECT_EQ(refusal(two("a", "[4,8]"), 8), "has tensor \"a\" twice");
  EXPECT_EQ(refusal(two("\\u0061", "[4,8]"), 8), "has tensor \"a\" twice");
  EXPECT_EQ(refusal(two("\\u001b[2J\\n", "[3,7]"), 7),  // nothing that a terminal would obey
            R"(tensor "\x1b[2J\n" starts at byte 3 of the data, where the one before it ends at 4)");
}

TEST(SafetensorsHeader, DeepNestingEndsAtOnce) {
  for (const std::string open : {"[", "{\"a\":"}) {
    std::string nested = R"({"a":)";
    while (nested.size() < 2'000'000) nested += open;
    EXPECT_NE(refusal(nested), "(believed)");
    nested.insert(5, R"({"shape":)");
    EXPECT_NE(refusal(nested), "(believed)");
  }
}

TEST(SafetensorsHeader, LimitsHold) {
  std::string header = "{";
  for (int i = 0; i < 100'001; ++i)
    header += fmt::format(R"("{}":{{"dtype":"U8","shape":[0],"data_offsets":[0,0]}},)", i);
  header.back() = '}';
  EXPECT_EQ(refusal(header), "has more than 100,000 tensors");
  EXPECT_TRUE(parse(bytes_of(header, 0), {.entries = 100'001}));
  EXPECT_EQ(refusal(with("2,3", "2,3,1"), 24, {.dimensions = 2}),
            "the shape of tensor \"a\" holds more than 2 numbers");
  EXPECT_EQ(refusal(R"({"__metadata__":{"a":"","b":""}})", 0, {.entries = 1}), "has more than 1 lines of metadata");
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
