// safetensors_header_test.cpp: no header is believed that does not have the one form it may have.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>

#include "tensor/detail/testing.hpp"
#include "tensor/safetensors.hpp"

namespace atelier {
namespace {

using testing::Bytes;
using testing::bytes_of;
using testing::parse;
using testing::refusal;

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
  Bytes beyond = bytes_of("{}", 0);
  beyond[0] = 3;
  EXPECT_EQ(refusal(beyond), "declares a header of 3 bytes; 2 are there");
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

}  // namespace
}  // namespace atelier
