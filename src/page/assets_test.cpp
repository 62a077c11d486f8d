// assets_test.cpp: packs of files, whole and broken.
#include "page/assets.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace atelier {
namespace {

std::vector<std::uint8_t> pack(const std::string& list, const std::string& bytes) {
  const std::uint64_t length = list.size();
  std::string whole(sizeof length, '\0');
  std::memcpy(whole.data(), &length, sizeof length);
  whole += list + bytes;
  return {whole.begin(), whole.end()};
}

TEST(Assets, APackIsItsFiles) {
  const auto packed = pack(R"([{"name":"index.html","offset":0,"size":3,"gzip":false},
                              {"name":"a/b.js","offset":3,"size":2,"gzip":true}])",
                           "abcde");
  const auto files = unpack_assets(packed);
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0].name, "index.html");
  EXPECT_EQ(std::string(files[0].bytes.begin(), files[0].bytes.end()), "abc");
  EXPECT_FALSE(files[0].gzip);
  EXPECT_EQ(files[1].name, "a/b.js");
  EXPECT_EQ(std::string(files[1].bytes.begin(), files[1].bytes.end()), "de");
  EXPECT_TRUE(files[1].gzip);
}

TEST(Assets, WhatIsCutShortHasNone) {
  const auto whole = pack(R"([{"name":"x","offset":1,"size":2,"gzip":false}])", "abc");
  EXPECT_EQ(unpack_assets(whole).size(), 1u);
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_TRUE(unpack_assets(std::span(whole).first(size)).empty()) << size;
}

TEST(Assets, TheProgramsOwnPackIsWhole) {
  for (const Asset& asset : page_assets()) EXPECT_FALSE(asset.bytes.empty()) << asset.name;
}

}  // namespace
}  // namespace atelier
