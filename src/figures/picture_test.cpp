// picture_test.cpp: SVG that parses, PNG that can be read back.
#include "figures/picture.hpp"

#include <gtest/gtest.h>

#include <unistd.h>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "figures/confusion_figure.hpp"
#include "figures/samples.hpp"

namespace atelier {
namespace {

/// A picture's pixels as 0xrrggbb.
struct Pixels24 {
  Raster raster;
  std::uint32_t at(int x, int y) const {
    return static_cast<std::uint32_t>(raster.at(x, y, 0) << 16 | raster.at(x, y, 1) << 8 | raster.at(x, y, 2));
  }
};

Pixels24 rendered(const Picture& picture) {
  auto raster = render(picture, 2);
  EXPECT_TRUE(raster.has_value()) << (raster ? "" : raster.error().detail);
  return {raster ? *raster : Raster{}};
}

TEST(Picture, PixelsAreEnlargedSharply) {
  Paper paper(40, 20);
  paper.image(10, 0, 20, 20, {.width = 2, .height = 2, .channels = 1, .pixels = {0, 255, 255, 0}});
  const Pixels24 image = rendered(paper.finish());
  EXPECT_EQ(image.raster.width, 80);
  EXPECT_EQ(image.raster.height, 40);
  EXPECT_EQ(image.at(5, 5), 0xffffffu);
  EXPECT_EQ(image.at(39, 19), 0x000000u);
  EXPECT_EQ(image.at(40, 19), 0xffffffu) << "no grey between black and white";
  EXPECT_EQ(image.at(40, 20), 0x000000u);
}

TEST(Picture, ColoursOfARaster) {
  Paper paper(20, 10);
  paper.image(0, 0, 20, 10, {.width = 2, .height = 1, .channels = 3, .pixels = {255, 0, 0, 1, 2, 3}});
  const Pixels24 image = rendered(paper.finish());
  EXPECT_EQ(image.at(3, 3), 0xff0000u);
  EXPECT_EQ(image.at(30, 3), 0x010203u);
  EXPECT_TRUE(png_of({.width = 3, .height = 3, .channels = 1, .pixels = {1}}).empty());
  EXPECT_TRUE(png_of({.width = 1, .height = 1, .channels = 1, .pixels = {1}}, 40000).empty());
}

TEST(Picture, ADataUriHoldsThePng) {
  const std::string uri = data_uri_of({.width = 1, .height = 1, .channels = 1, .pixels = {1}}, 2);
  EXPECT_TRUE(uri.starts_with("data:image/png;base64,iVBORw0KGgo")) << uri;  // the first bytes of every PNG
  EXPECT_EQ(data_uri_of({.width = 3, .height = 3, .channels = 1, .pixels = {1}}), "");
}

TEST(Picture, HostileTextIsOnlyText) {
  Paper paper(300, 40);
  paper.text(5, 20, "</text><rect width=\"300\" height=\"40\" fill=\"red\"/> & \x01\xff");
  const Pixels24 image = rendered(paper.finish());
  EXPECT_EQ(image.at(2, 2), 0xffffffu);
}

TEST(Picture, TextIsMeasuredAndCut) {
  EXPECT_GT(text_width("Ankle boot", 13), 60);
  EXPECT_LT(text_width("Ankle boot", 13), 80);
  EXPECT_GT(text_width("Ankle boot", 13, true), text_width("Ankle boot", 13));
  EXPECT_EQ(clip_to_width("Ankle boot", 100, 13), "Ankle boot");
  const std::string cut = clip_to_width("Ankle boot", 40, 13);
  EXPECT_TRUE(cut.ends_with("…"));
  EXPECT_LE(text_width(cut, 13), 40);
}

TEST(Picture, BadPicturesAreErrors) {
  EXPECT_FALSE(render_png({"<svg", 10, 10}).has_value());
  EXPECT_FALSE(render_png({"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", 1e6, 10}).has_value());
  EXPECT_FALSE(save(Paper(10, 10).finish(), "picture.gif").has_value());
  const auto nowhere = save(Paper(10, 10).finish(), "/nonexistent/folder/picture.png");
  ASSERT_FALSE(nowhere.has_value());
  EXPECT_EQ(nowhere.error().kind, Trouble::file);
}

SamplesFigure two_samples() {
  return {.title = "set & co",
          .caption = "two",
          .samples = {{"<a>", {.width = 1, .height = 1, .channels = 1, .pixels = {7}}}, {"broken", {}}}};
}

TEST(Picture, SavesAsPngAndSvg) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("atelier-picture-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  for (const char* name : {"a.png", "a.svg"}) EXPECT_TRUE(save(draw(two_samples()), folder / name).has_value());
  std::ifstream png(folder / "a.png", std::ios::binary);
  char head[4] = {};
  png.read(head, 4);
  EXPECT_EQ(std::string(head, 4), "\x89PNG");
  EXPECT_GT(std::filesystem::file_size(folder / "a.svg"), 500u);
  std::filesystem::remove_all(folder);
}

TEST(SamplesFigure, SameDataSamePicture) {
  EXPECT_EQ(draw(two_samples()).svg, draw(two_samples()).svg);
  EXPECT_EQ(*render_png(draw(two_samples())), *render_png(draw(two_samples())));
  const auto json = to_json(two_samples());
  EXPECT_EQ(json["figure"], "samples");
  EXPECT_EQ(json["samples"][0]["pixels"], (std::vector<int>{7}));
  EXPECT_EQ(json["samples"][1]["width"], 0);
}

ConfusionFigure confusion(std::size_t classes) {
  ConfusionFigure figure{.title = "Accuracy", .caption = "c", .remarks = {"A remark."}};
  for (std::size_t i = 0; i < classes; ++i) {
    figure.names.push_back("<class " + std::to_string(i) + ">");
    figure.counts.emplace_back(classes, 0);
    figure.counts[i][i] = i + 1;
    figure.counts[i][0] += 1;
  }
  return figure;
}

TEST(ConfusionFigure, AnyNumberOfClassesIsDrawnInReasonableSize) {
  for (const std::size_t classes : {0, 1, 2, 10, 40, 100, 400}) {
    const Picture picture = draw(confusion(classes));
    EXPECT_GT(picture.width, 600);
    EXPECT_LT(std::max(picture.width, picture.height), 3200) << classes;
    EXPECT_TRUE(render_png(picture, 0.25).has_value()) << classes;
  }
}

TEST(ConfusionFigure, DarkerMeansMore) {
  ConfusionFigure figure{.title = "t", .caption = "", .names = {"a", "b"}, .counts = {{99, 1}, {0, 0}}};
  const std::string svg = draw(figure).svg;
  EXPECT_NE(svg.find(hex(ink_wash(0.03 + 0.97 * std::sqrt(0.99)))), std::string::npos);
  EXPECT_NE(svg.find(hex(ink_wash(0.03 + 0.97 * std::sqrt(0.01)))), std::string::npos);
  EXPECT_NE(svg.find(">–<"), std::string::npos) << "recall of a class without samples is a dash";
}

TEST(ConfusionFigure, RecallStandsByTheRowAndPrecisionUnderTheColumn) {
  const ConfusionFigure figure{.names = {"a", "b"}, .counts = {{3, 1}, {0, 4}}};
  const std::string svg = draw(figure).svg;
  EXPECT_NE(svg.find("text-anchor=\"end\">75.0 %<"), std::string::npos);
  EXPECT_NE(svg.find("text-anchor=\"middle\">80.0 %<"), std::string::npos);
}

TEST(ConfusionFigure, JsonKeepsTheData) {
  const auto json = to_json(confusion(2));
  EXPECT_EQ(json["counts"], (std::vector<std::vector<int>>{{2, 0}, {1, 2}}));
  EXPECT_EQ(json["names"][1], "<class 1>");
}

}  // namespace
}  // namespace atelier
