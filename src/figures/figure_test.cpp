// figure_test.cpp: figures as JSON that every reader takes.
#include "figures/figure.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace atelier {
namespace {

TEST(Figure, IsSixFieldsInOrder) {
  const Figure figure{
      .figure = "gradients", .kind = "curves", .title = "a", .caption = "b", .words = {"c", "d"}, .data = {{"x", 1}}};
  EXPECT_EQ(to_json(figure).dump(),
            R"({"figure":"gradients","kind":"curves","title":"a","caption":"b","words":["c","d"],"data":{"x":1}})");
}

TEST(Figure, WhatJsonCannotHoldIsNullOrReplaced) {
  Figure figure{.figure = "f", .kind = "curves", .title = "\xff\x01", .words = {"\x80"}};
  figure.data["deep"] = {1.5, std::numeric_limits<double>::quiet_NaN(), -std::numeric_limits<double>::infinity()};
  figure.data["names"] = {{{"name", "a\xc3"}}};
  const auto json = to_json(figure);
  EXPECT_EQ(json["data"]["deep"].dump(), "[1.5,null,null]");
  EXPECT_TRUE(json["data"]["deep"][1].is_null());
  EXPECT_EQ(json["data"]["names"][0]["name"], "a\uFFFD");
  EXPECT_EQ(json["title"], "\uFFFD\uFFFD");
  EXPECT_NO_THROW(json.dump());
}

}  // namespace
}  // namespace atelier
