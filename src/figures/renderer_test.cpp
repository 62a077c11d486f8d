// renderer_test.cpp: figures drawn by the embedded functions, held against pictures that a person has looked at.
//
// tests/golden/figures holds a figure of each kind as data, and its picture. After a wanted change of the drawings:
// ATELIER_WRITE_GOLDEN=1 ctest -R Renderer, and look at what changed.
#include "figures/renderer.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace atelier {
namespace {

namespace fs = std::filesystem;

const fs::path kGolden = fs::path(ATELIER_SOURCE_DIR) / "tests/golden/figures";

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Figure figure_in(const fs::path& path) {
  const auto json = nlohmann::ordered_json::parse(read(path));
  return {.figure = json["figure"],
          .kind = json["kind"],
          .title = json["title"],
          .caption = json["caption"],
          .words = json["words"],
          .data = json["data"]};
}

std::set<fs::path> figures() {
  std::set<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(kGolden))
    if (entry.path().extension() == ".json") paths.insert(entry.path());
  return paths;
}

Renderer renderer(const DrawLimits& limits = {}) {
  auto made = Renderer::create(limits);
  EXPECT_TRUE(made.has_value()) << (made ? "" : describe(made.error()));
  return std::move(made).value();
}

/// The picture, or the error as text.
std::string drawn(Renderer& renderer, const Figure& figure, const DrawOptions& options = {}) {
  auto picture = renderer.draw(figure, options);
  return picture ? picture->svg : describe(picture.error());
}

Figure curve(std::string title) {
  Figure figure{.figure = "gradients", .kind = "curves", .title = std::move(title)};
  figure.data = nlohmann::ordered_json::parse(R"({"x": {"name": "epoch", "label": "epoch", "scale": "linear"},
      "panels": [{"y": {"name": "loss", "label": "loss", "scale": "linear"},
                  "lines": [{"name": "a", "role": "train", "points": [[1, 2], [2, null], [3, 1]]}]}]})");
  return figure;
}

TEST(Renderer, TheGoldenPictures) {
  Renderer r = renderer();
  ASSERT_GE(figures().size(), 3u);
  for (const fs::path& path : figures()) {
    const std::string svg = drawn(r, figure_in(path)) + "\n";
    const fs::path golden = fs::path(path).replace_extension(".svg");
    if (std::getenv("ATELIER_WRITE_GOLDEN") != nullptr) std::ofstream(golden, std::ios::binary) << svg;
    EXPECT_TRUE(svg == read(golden)) << path.filename() << " is drawn otherwise than tests/golden/figures shows";
  }
}

TEST(Renderer, TheSameFigureIsTheSameBytes) {
  Renderer first = renderer(), second = renderer();
  for (const fs::path& path : figures()) {
    const Figure figure = figure_in(path);
    const std::string svg = drawn(first, figure);
    EXPECT_EQ(svg, drawn(first, figure)) << path.filename() << ", drawn twice";
    EXPECT_EQ(svg, drawn(second, figure)) << path.filename() << ", drawn after other figures";
    drawn(second, curve("something else"));
  }
}

TEST(Renderer, EveryFigureIsAPictureInBothThemes) {
  Renderer r = renderer();
  for (const fs::path& path : figures())
    for (const Theme theme : {Theme::light, Theme::dark}) {
      auto picture = r.draw(figure_in(path), {.theme = theme});
      ASSERT_TRUE(picture.has_value()) << path.filename() << ": " << picture.error().detail;
      auto pixels = render(*picture, 1);
      ASSERT_TRUE(pixels.has_value()) << path.filename() << ": " << pixels.error().detail;
      EXPECT_EQ(pixels->width, static_cast<int>(picture->width));
      EXPECT_EQ(pixels->at(2, 2, 0) > 127, theme == Theme::light) << path.filename() << " has the theme's ground";
    }
}

TEST(Renderer, TheSizeCanBeChosen) {
  Renderer r = renderer();
  auto picture = r.draw(curve("a"), {.width = 900, .height = 300});
  ASSERT_TRUE(picture.has_value());
  EXPECT_EQ(picture->width, 900);
  EXPECT_EQ(picture->height, 300);
  auto natural = r.draw(curve("a"));
  ASSERT_TRUE(natural.has_value());
  EXPECT_GT(natural->width, 200);
  EXPECT_GT(natural->height, 100);
}

TEST(Renderer, HostileTextIsOnlyText) {
  Renderer r = renderer();
  Figure figure = curve("</text><script>1</script>\x01\xff 🙂 \"'&");
  figure.data["panels"][0]["lines"][0]["name"] = "<b>{a|x}";
  figure.words = {"<image href=\"http://example.org/x.png\"/>"};
  auto picture = r.draw(figure);
  ASSERT_TRUE(picture.has_value()) << picture.error().detail;
  EXPECT_TRUE(render(*picture).has_value()) << "the SVG can be read";
  EXPECT_EQ(picture->svg.find("<script"), std::string::npos);
  EXPECT_EQ(picture->svg.find("<image"), std::string::npos);
  EXPECT_NE(picture->svg.find("🙂"), std::string::npos);
}

TEST(Renderer, WhatCannotBeDrawnIsAnErrorThatNamesTheFigure) {
  Renderer r = renderer();
  EXPECT_EQ(drawn(r, {.figure = "parade", .kind = "elephants"}),
            "error: the figure 'parade' cannot be drawn\n  Error: no drawing of the kind 'elephants'\n");
  Figure broken = curve("a");
  broken.data = nullptr;
  EXPECT_NE(drawn(r, broken).find("the figure 'gradients' cannot be drawn\n  TypeError"), std::string::npos);
  EXPECT_TRUE(r.draw(curve("a")).has_value()) << "the next figure is drawn";
}

TEST(Renderer, ALimitIsToldOfToo) {
  auto hurried = Renderer::create({.seconds = 1e-3});
  ASSERT_FALSE(hurried.has_value());
  EXPECT_EQ(hurried.error().detail, "it takes longer than 0.001 s");
}

}  // namespace
}  // namespace atelier
