// picture_test.cpp: pictures are read, fitted and written, and hostile ones are refused.
#include "data/picture.hpp"

#include <gtest/gtest.h>

#include <cstdio>

#include <jpeglib.h>

#include <algorithm>
#include <numeric>

#include "data/detail/testing.hpp"

namespace atelier {
namespace {

using testing::Bytes;
using testing::TempFolder;

/// A JPEG of these pixels, grey or RGB by their number.
Bytes jpeg_of(int width, int height, const Bytes& pixels, int quality = 95, bool progressive = false) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &memory, &size);
  jpeg.image_width = static_cast<JDIMENSION>(width);
  jpeg.image_height = static_cast<JDIMENSION>(height);
  jpeg.input_components = pixels.size() == static_cast<std::size_t>(width * height) ? 1 : 3;
  jpeg.in_color_space = jpeg.input_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, quality, TRUE);
  if (progressive) jpeg_simple_progression(&jpeg);
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < jpeg.image_height) {
    const std::size_t row = jpeg.next_scanline * jpeg.image_width * static_cast<unsigned>(jpeg.input_components);
    JSAMPROW rows[1] = {const_cast<JSAMPROW>(pixels.data() + row)};
    jpeg_write_scanlines(&jpeg, rows, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  Bytes bytes(memory, memory + size);
  std::free(memory);
  return bytes;
}

Bytes ramp(std::size_t count) {
  Bytes bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(i * 255 / (count - 1));
  return bytes;
}

struct Pictures : ::testing::Test {
  TempFolder folder;
  std::filesystem::path file = folder / "picture";
  Result<GreyPicture> read(std::span<const std::uint8_t> bytes) {
    testing::write(file, bytes);
    return read_picture(file);
  }
  Bytes png_of(int width, int height, const Bytes& pixels) {
    EXPECT_TRUE(write_png(file, width, height, pixels));
    return testing::read(file);
  }
};

TEST_F(Pictures, AGreyPngComesBackToTheBit) {
  Bytes pixels(256);
  std::iota(pixels.begin(), pixels.end(), std::uint8_t{0});
  const auto picture = read(png_of(32, 8, pixels));
  ASSERT_TRUE(picture) << describe(picture.error());
  EXPECT_EQ(picture->width, 32);
  EXPECT_EQ(picture->height, 8);
  for (std::size_t i = 0; i < 256; ++i) EXPECT_EQ(picture->grey[i], static_cast<float>(pixels[i]) * (1.0f / 255));
}

TEST_F(Pictures, ColoursBecomeLuma) {
  const auto picture = read(png_of(4, 1, {255, 0, 0, 0, 255, 0, 0, 0, 255, 77, 77, 77}));
  ASSERT_TRUE(picture);
  EXPECT_NEAR(picture->grey[0], 0.299, 0.003);
  EXPECT_NEAR(picture->grey[1], 0.587, 0.003);
  EXPECT_NEAR(picture->grey[2], 0.114, 0.003);
  EXPECT_EQ(picture->grey[3], 77 * (1.0f / 255));
}

TEST_F(Pictures, AJpegIsRead) {
  const Bytes pixels = ramp(32 * 16);
  for (const bool progressive : {false, true}) {
    const auto picture = read(jpeg_of(32, 16, pixels, 100, progressive));
    ASSERT_TRUE(picture) << describe(picture.error());
    EXPECT_EQ(picture->width, 32);
    EXPECT_EQ(picture->height, 16);
    for (std::size_t i = 0; i < pixels.size(); ++i) EXPECT_NEAR(picture->grey[i], pixels[i] / 255.0, 0.02);
  }
  Bytes red;
  for (int i = 0; i < 64; ++i) red.insert(red.end(), {255, 0, 0});
  const auto colour = read(jpeg_of(8, 8, red));
  ASSERT_TRUE(colour) << describe(colour.error());
  EXPECT_NEAR(colour->grey[20], 0.299, 0.02);
}

TEST_F(Pictures, ACutPictureIsRefusedWhereverItIsCut) {
  for (const Bytes& whole :
       {png_of(16, 16, ramp(256)), jpeg_of(16, 16, ramp(256)), jpeg_of(16, 16, ramp(256), 95, true)})
    for (std::size_t size = 0; size + 2 < whole.size(); ++size) {
      // The last chunk of a PNG says nothing but that it is the last.
      if (whole[0] == 0x89 && size + 12 >= whole.size()) break;
      EXPECT_FALSE(read(std::span(whole).first(size))) << "cut at " << size << " of " << whole.size();
    }
}

TEST_F(Pictures, NoFlippedBitCrashes) {
  for (const Bytes& whole : {png_of(9, 7, ramp(63)), jpeg_of(9, 7, ramp(63)), jpeg_of(9, 7, ramp(63), 60, true)})
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
      Bytes bytes = whole;
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
      const auto picture = read(bytes);
      if (picture) {
        EXPECT_EQ(picture->grey.size(),
                  static_cast<std::size_t>(picture->width) * static_cast<std::size_t>(picture->height));
      }
    }
}

TEST_F(Pictures, APictureOfTooManyPixelsIsRefused) {
  Bytes png = png_of(2, 2, Bytes(4));
  for (const std::size_t at : {16u, 20u}) png[at + 1] = 0x0f;  // claims about a million pixels a side
  const std::uint32_t crc = static_cast<std::uint32_t>(::crc32(0, png.data() + 12, 17));
  for (std::size_t i = 0; i < 4; ++i) png[29 + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
  const auto large = read(png);
  ASSERT_FALSE(large);
  EXPECT_FALSE(large.error().detail.empty());

  Bytes jpeg = jpeg_of(8, 8, ramp(64));
  const Bytes frame = {0xff, 0xc0};
  const auto sof = std::ranges::search(jpeg, frame).begin() - jpeg.begin();
  for (const std::ptrdiff_t at : {5, 6, 7, 8}) jpeg[static_cast<std::size_t>(sof + at)] = 0xf0;
  const auto huge = read(jpeg);
  ASSERT_FALSE(huge);
  EXPECT_TRUE(huge.error().detail.contains("too many")) << huge.error().detail;
}

TEST_F(Pictures, WhatIsNoPictureIsSaid) {
  EXPECT_TRUE(read(Bytes{'G', 'I', 'F', '8'}).error().detail.contains("neither a PNG nor a JPEG"));
  EXPECT_FALSE(read(Bytes{}));
  EXPECT_FALSE(read_picture(folder.path));
  EXPECT_FALSE(read_picture(folder / "missing"));
}

TEST_F(Pictures, WritingRefusesWhatDoesNotFit) {
  EXPECT_FALSE(write_png(file, 2, 2, Bytes(5)));
  EXPECT_FALSE(write_png(file, 0, 2, Bytes()));
  EXPECT_FALSE(write_png(file, -2, -2, Bytes(4)));
  EXPECT_FALSE(write_png(folder / "missing" / "x.png", 2, 2, Bytes(4)));
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(ResizeByArea, AveragesWhatEachPixelCovers) {
  const GreyPicture four{4, 2, {0, 0.5f, 1, 0, 0, 0.5f, 0, 1}};
  EXPECT_EQ(resize_by_area(four, 2, 1), (GreyPicture{2, 1, {0.25f, 0.5f}}));
  EXPECT_EQ(resize_by_area(four, 4, 2), four);
  const GreyPicture three{3, 1, {0.3f, 0.6f, 0.9f}};
  const GreyPicture two = resize_by_area(three, 2, 1);
  EXPECT_NEAR(two.grey[0], (0.3 + 0.6 / 2) / 1.5, 1e-6);
  EXPECT_NEAR(two.grey[1], (0.9 + 0.6 / 2) / 1.5, 1e-6);
  EXPECT_EQ(resize_by_area({1, 1, {0.5f}}, 3, 2), (GreyPicture{3, 2, std::vector<float>(6, 0.5f)}));
}

TEST(ResizeByArea, KeepsTheMeanAtAnySizes) {
  for (int w = 1; w < 40; w += 3)
    for (int h = 1; h < 40; h += 5) {
      GreyPicture picture{w, h, std::vector<float>(static_cast<std::size_t>(w * h))};
      for (std::size_t i = 0; i < picture.grey.size(); ++i) picture.grey[i] = static_cast<float>(i * 37 % 100) / 100;
      const auto mean = [](const std::vector<float>& v) {
        return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
      };
      EXPECT_NEAR(mean(resize_by_area(picture, 7, 11).grey), mean(picture.grey), 1e-6);
    }
}

TEST(FitPicture, LeavesARightOneAlone) {
  GreyPicture picture{3, 2, {0, 0.1f, 0, 0, 0.9f, 0.2f}};
  const auto fitted = fit_picture(picture, {2, 3, 1});
  ASSERT_TRUE(fitted);
  EXPECT_EQ(fitted->features, picture.grey);
  EXPECT_FALSE(fitted->inverted);
  EXPECT_FALSE(fitted->resized_from);
}

TEST(FitPicture, InvertsDarkOnLight) {
  std::vector<float> grey(25, 1);
  grey[12] = 0;
  const auto fitted = fit_picture({5, 5, grey}, {5, 5, 1});
  ASSERT_TRUE(fitted);
  EXPECT_TRUE(fitted->inverted);
  EXPECT_EQ(fitted->features[12], 1);
  EXPECT_EQ(fitted->features[0], 0);
}

TEST(FitPicture, OnlyTheBorderDecides) {
  std::vector<float> bright_inside(100, 1);
  for (std::size_t i = 0; i < 10; ++i)
    bright_inside[i] = bright_inside[90 + i] = bright_inside[10 * i] = bright_inside[10 * i + 9] = 0;
  EXPECT_FALSE(dark_on_light({10, 10, bright_inside}));
  for (float& v : bright_inside) v = 1 - v;
  EXPECT_TRUE(dark_on_light({10, 10, bright_inside}));
  EXPECT_TRUE(dark_on_light({1, 1, {0.6f}}));
  EXPECT_FALSE(dark_on_light({2, 1, {0.6f, 0.3f}}));
}

TEST(FitPicture, KeepsProportions) {
  // A white upright bar fills its picture of 10 x 40; in a square it stays a bar, between sides of the border's grey.
  std::vector<float> grey(400, 0.25f);
  const auto fitted = fit_picture({10, 40, grey}, {20, 20, 1});
  ASSERT_TRUE(fitted);
  EXPECT_EQ(fitted->resized_from, (FittedPicture::Size{10, 40}));
  EXPECT_EQ(fitted->features, std::vector<float>(400, 0.25f));

  grey.assign(400, 0);
  for (std::size_t y = 1; y < 39; ++y)
    for (std::size_t x = 1; x < 9; ++x) grey[y * 10 + x] = 1;
  const auto bar = fit_picture({10, 40, grey}, {20, 20, 1});
  EXPECT_EQ(bar->features[10 * 20 + 9], 1);
  EXPECT_EQ(bar->features[10 * 20 + 5], 0);
  EXPECT_EQ(bar->features[10 * 20 + 14], 0);
}

TEST(FitPicture, TinyAndHugeShapesFit) {
  for (const auto& [w, h] : {std::pair{1, 1}, {1, 3000}, {3000, 1}, {27, 29}, {500, 400}}) {
    const auto size = static_cast<std::size_t>(w) * static_cast<std::size_t>(h);
    const auto fitted = fit_picture({w, h, std::vector<float>(size, 0.3f)}, {28, 28, 1});
    ASSERT_TRUE(fitted);
    EXPECT_EQ(fitted->features.size(), 784u);
    for (const float v : fitted->features) EXPECT_NEAR(v, 0.3f, 1e-6);
  }
  EXPECT_FALSE(fit_picture({2, 2, std::vector<float>(4)}, {}));
  EXPECT_FALSE(fit_picture({0, 0, {}}, {28, 28, 1}));
}

}  // namespace
}  // namespace atelier
