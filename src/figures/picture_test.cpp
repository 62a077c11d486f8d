// picture_test.cpp: SVG that parses, PNG that can be read back.
#include "figures/picture.hpp"

#include <gtest/gtest.h>

#include <unistd.h>
#include <filesystem>
#include <fstream>
#include <string>

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

/// A picture of 40 x 20 with this in it.
Picture picture_of(const std::string& body) {
  return {"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\">" + body + "</svg>", 40, 20};
}

std::string image(const Raster& raster, int zoom) {
  return "<image width=\"40\" height=\"20\" href=\"" + data_uri_of(raster, zoom) + "\"/>";
}

TEST(Picture, PixelsAreEnlargedSharply) {
  const Pixels24 pixels = rendered(picture_of(image({.width = 2, .height = 1, .channels = 1, .pixels = {0, 255}}, 40)));
  EXPECT_EQ(pixels.raster.width, 80);
  EXPECT_EQ(pixels.raster.height, 40);
  EXPECT_EQ(pixels.at(5, 5), 0x000000u);
  EXPECT_EQ(pixels.at(39, 19), 0x000000u);
  EXPECT_EQ(pixels.at(40, 19), 0xffffffu) << "no grey between black and white";
}

TEST(Picture, ColoursOfARaster) {
  const Pixels24 pixels =
      rendered(picture_of(image({.width = 2, .height = 1, .channels = 3, .pixels = {255, 0, 0, 1, 2, 3}}, 40)));
  EXPECT_EQ(pixels.at(3, 3), 0xff0000u);
  EXPECT_EQ(pixels.at(60, 3), 0x010203u);
  EXPECT_TRUE(png_of({.width = 3, .height = 3, .channels = 1, .pixels = {1}}).empty());
  EXPECT_TRUE(png_of({.width = 1, .height = 1, .channels = 1, .pixels = {1}}, 40000).empty());
}

TEST(Picture, ADataUriHoldsThePng) {
  const std::string uri = data_uri_of({.width = 1, .height = 1, .channels = 1, .pixels = {1}}, 2);
  EXPECT_TRUE(uri.starts_with("data:image/png;base64,iVBORw0KGgo")) << uri;  // the first bytes of every PNG
  EXPECT_EQ(data_uri_of({.width = 3, .height = 3, .channels = 1, .pixels = {1}}), "");
}

TEST(Picture, TextIsMeasured) {
  EXPECT_GT(text_width("Ankle boot", 13), 60);
  EXPECT_LT(text_width("Ankle boot", 13), 80);
  EXPECT_GT(text_width("Ankle boot", 13, true), text_width("Ankle boot", 13));
  EXPECT_NEAR(text_width("Ankle boot", 26), 2 * text_width("Ankle boot", 13), 1e-6) << "in parts of pixels";
  EXPECT_EQ(text_width("x", -1), 0);
}

TEST(Picture, BadPicturesAreErrors) {
  EXPECT_FALSE(render_png({"<svg", 10, 10}).has_value());
  EXPECT_FALSE(render_png({"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", 1e6, 10}).has_value());
  EXPECT_FALSE(save(picture_of(""), "picture.gif").has_value());
  const auto nowhere = save(picture_of(""), "/nonexistent/folder/picture.png");
  ASSERT_FALSE(nowhere.has_value());
  EXPECT_EQ(nowhere.error().kind, Trouble::file);
}

TEST(Picture, SavesAsPngAndSvg) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("atelier-picture-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  const Picture picture = picture_of("<rect width=\"4\" height=\"4\"/>");
  for (const char* name : {"a.png", "a.svg"}) EXPECT_TRUE(save(picture, folder / name).has_value());
  std::ifstream png(folder / "a.png", std::ios::binary);
  char head[4] = {};
  png.read(head, 4);
  EXPECT_EQ(std::string(head, 4), "\x89PNG");
  EXPECT_EQ(std::filesystem::file_size(folder / "a.svg"), picture.svg.size());
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace atelier
