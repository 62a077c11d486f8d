// address_test.cpp: addresses, sound and hostile.
#include "serve/address.hpp"

#include <gtest/gtest.h>

namespace atelier {
namespace {

TEST(Address, IsTakenApartAndDecodedOnce) {
  const auto target = parse_address("/api/runs/%72un?where=a%20%3D+%22b%26c%22&limit=&x");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, (std::vector<std::string>{"api", "runs", "run"}));
  EXPECT_EQ(target->find("where"), "a = \"b&c\"");
  EXPECT_EQ(target->find("limit"), "");
  EXPECT_EQ(target->find("x"), "");
  EXPECT_EQ(target->find("y"), std::nullopt);
  EXPECT_EQ(parse_address("/a+b")->path.front(), "a+b");
  EXPECT_EQ(parse_address("/a%252e")->path.front(), "a%2e");  // once, not twice
  EXPECT_TRUE(parse_address("/")->path.empty());
  EXPECT_EQ(parse_address("/%C3%A4")->path.front(), "ä");
}

TEST(Address, WhatIsNoNameIsRefused) {
  for (const char* bad : {"",
                          "api",
                          "*",
                          "http://127.0.0.1/",
                          "//",
                          "/a//b",
                          "/a/",
                          "/.",
                          "/..",
                          "/a/../b",
                          "/%2e%2e/b",
                          "/%2E%2E",
                          "/a%2fb",
                          "/a%5Cb",
                          "/a\\b",
                          "/%00",
                          "/a%0Ab",
                          "/%7f",
                          "/%",
                          "/%4",
                          "/%zz",
                          "/%ff",
                          "/%C0%AF",
                          "/%ED%A0%80",
                          "/%F5%80%80%80",
                          "/a?x=%",
                          "/a?x=%ff",
                          "/a?x=1&x=2",
                          "/a?%zz=1"})
    EXPECT_FALSE(parse_address(bad)) << bad;
}

}  // namespace
}  // namespace atelier
