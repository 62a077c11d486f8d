// open_test.cpp: folders and known sets open as what they are, or an Error says why not.
#include "data/open.hpp"

#include <gtest/gtest.h>

#include "data/detail/testing.hpp"
#include "data/folder.hpp"
#include "data/known_sets.hpp"

namespace atelier {
namespace {

namespace fs = std::filesystem;
using testing::gzip;
using testing::idx_bytes;
using testing::idx_floats;
using testing::TempFolder;

const OpenOptions kNoCache{.cache = std::nullopt};
const fs::path kFashion = "/usr/share/datasets/fashion-mnist";

struct Open : ::testing::Test {
  TempFolder folder;
  void file(const char* name, const testing::Bytes& bytes) { testing::write(folder / name, bytes); }
  Result<DataPair> open() { return open_folder(folder.path, kNoCache); }
  std::string trouble() {
    const auto pair = open();
    return pair ? "" : describe(pair.error());
  }
};

TEST_F(Open, AFolderOfPictures) {
  testing::write_set(folder.path);
  const auto pair = open();
  ASSERT_TRUE(pair) << describe(pair.error());
  EXPECT_EQ(pair->train.name(), folder.path.filename().string());
  EXPECT_EQ(pair->train.size(), 20u);
  EXPECT_EQ(pair->train.width(), 12u);
  EXPECT_EQ(pair->train.image(), (ImageShape{3, 4, 1}));
  EXPECT_EQ(pair->train.class_names(), (std::vector<std::string>{"0", "1", "2", "3", "4"}));
  EXPECT_EQ(pair->train.label(7), 2);
  ASSERT_TRUE(pair->test);
  EXPECT_EQ(pair->test->size(), 10u);
  EXPECT_EQ(pair->test->label(0), 1);
  EXPECT_FALSE(pair->verified);
  std::vector<float> row(12);
  pair->train.features(2, row);
  for (std::size_t j = 0; j < 12; ++j) EXPECT_EQ(row[j], static_cast<float>(24 + j) * (1.0f / 255));
}

TEST_F(Open, AFolderWithoutATestSet) {
  testing::write_set(folder.path, 20, 0);
  const auto pair = open();
  ASSERT_TRUE(pair) << describe(pair.error());
  EXPECT_FALSE(pair->test);
}

TEST_F(Open, RowsThatAreNoPictures) {
  file("train-features.idx", idx_floats({2, 3}, std::vector{1.f, 2.f, 3.f, 4.f, 5.f, 600.f}));
  file("train-labels.idx", idx_bytes({2}));
  const auto pair = open();
  ASSERT_TRUE(pair) << describe(pair.error());
  EXPECT_EQ(pair->train.image().width, 0);
  std::vector<float> row(3);
  pair->train.features(1, row);
  EXPECT_EQ(row, (std::vector{4.f, 5.f, 600.f}));
}

TEST_F(Open, Regression) {
  file("train-features.idx", idx_bytes({3, 2}));
  file("train-targets.idx", idx_floats({3, 2}, std::vector{0.f, 1.f, 2.f, 3.f, 4.f, 5.f}));
  file("test-features.idx", idx_bytes({1, 2}));
  file("test-targets.idx", idx_floats({1, 2}, std::vector{7.f, 8.f}));
  auto pair = open();
  ASSERT_TRUE(pair) << describe(pair.error());
  EXPECT_FALSE(pair->train.is_classification());
  EXPECT_EQ(pair->train.outputs(), 2u);
  EXPECT_EQ(pair->train.target(1)[1], 3);
  EXPECT_EQ(pair->test->target(0)[0], 7);

  file("train-targets.idx", idx_floats({3}, std::vector{0.5f, 1.5f, 2.5f}));
  file("test-targets.idx", idx_floats({1}, std::vector{9.f}));
  pair = open();
  ASSERT_TRUE(pair) << describe(pair.error());
  EXPECT_EQ(pair->train.outputs(), 1u);
  EXPECT_EQ(pair->train.target(2)[0], 2.5f);
}

TEST_F(Open, TheChecksumTellsDataApartNotFiles) {
  testing::write_set(folder.path);
  const auto first = open();
  const testing::Bytes images = testing::read(folder / "train-images-idx3-ubyte");
  fs::remove(folder / "train-images-idx3-ubyte");
  file("train-images-idx3-ubyte.gz", gzip(images));
  const auto gzipped = open();
  testing::Bytes other = images;
  other.back() ^= 1;
  file("train-images-idx3-ubyte.gz", gzip(other));
  const auto changed = open();
  ASSERT_TRUE(first && gzipped && changed);
  EXPECT_EQ(first->checksum, gzipped->checksum);
  EXPECT_NE(first->checksum, changed->checksum);
  EXPECT_EQ(first->checksum.size(), 64u);
}

TEST_F(Open, MissingParts) {
  EXPECT_TRUE(trouble().contains("no IDX files here"));
  testing::write_set(folder.path);
  fs::remove(folder / "t10k-labels-idx1-ubyte.gz");
  EXPECT_TRUE(trouble().contains("the test labels are missing"));
  testing::write_set(folder.path);
  fs::remove(folder / "train-labels-idx1-ubyte");
  EXPECT_TRUE(trouble().contains("the training labels are missing"));
  EXPECT_FALSE(open_folder(folder / "nowhere", kNoCache));
  file("plain", {1, 2, 3});
  EXPECT_FALSE(open_folder(folder / "plain", kNoCache));
}

TEST_F(Open, TwoFilesForOnePart) {
  testing::write_set(folder.path);
  file("train-images-idx3-ubyte.gz", {});  // unread, as the plain one lies beside it
  EXPECT_EQ(trouble(), "");
  file("train-images-copy", {});
  EXPECT_TRUE(trouble().contains("more than one file for the training images"));
}

TEST_F(Open, AFolderInAFilesPlace) {
  testing::write_set(folder.path);
  fs::remove(folder / "train-labels-idx1-ubyte");
  fs::create_directory(folder / "train-labels-idx1-ubyte");
  EXPECT_TRUE(trouble().contains("directory"));
}

TEST_F(Open, PartsThatDoNotFit) {
  testing::write_set(folder.path);
  file("train-labels-idx1-ubyte", idx_bytes({19}, 5));
  EXPECT_TRUE(trouble().contains("train-labels-idx1-ubyte has 19 labels, train-images-idx3-ubyte has 20 images"));
  file("train-labels-idx1-ubyte", idx_bytes({20, 1}, 5));
  EXPECT_TRUE(trouble().contains("labels of a shape that is not read"));
  file("train-labels-idx1-ubyte", idx_bytes({20}, 1));
  EXPECT_TRUE(trouble().contains("labels of one class only"));
  file("train-labels-idx1-ubyte", idx_bytes({20}, 4));
  EXPECT_TRUE(trouble().contains("has the label 4 at sample 3; there are 4 classes, 0 to 3"));
  testing::write_set(folder.path);
  file("t10k-images-idx3-ubyte.gz", idx_bytes({10, 4, 3}));
  EXPECT_TRUE(trouble().contains("the test set does not fit the training set"));
  file("t10k-images-idx3-ubyte.gz", idx_bytes({10}));
  EXPECT_TRUE(trouble().contains("features of a shape that is not read"));
  testing::write_set(folder.path);
  file("t10k-labels-idx1-ubyte.gz", idx_floats({10}, std::vector<float>(10)));
  EXPECT_TRUE(trouble().contains("the test set does not fit the training set"));
}

TEST_F(Open, TheCacheGivesTheSameSet) {
  testing::write_set(folder.path);
  testing::let_files_settle();
  const TempFolder cache;
  const OpenOptions options{.cache = cache.path};
  const auto plain = open(), first = open_folder(folder.path, options), second = open_folder(folder.path, options);
  ASSERT_TRUE(plain && first && second);
  EXPECT_EQ(std::distance(fs::directory_iterator(cache.path / "datasets"), fs::directory_iterator{}), 4);
  std::vector<float> a(12), b(12);
  for (const auto* other : {&*first, &*second}) {
    EXPECT_EQ(plain->checksum, other->checksum);
    for (std::size_t i = 0; i < 20; ++i) {
      plain->train.features(i, a);
      other->train.features(i, b);
      EXPECT_EQ(a, b);
      EXPECT_EQ(plain->train.label(i), other->train.label(i));
    }
  }
}

TEST(KnownSets, AreFoundByName) {
  EXPECT_EQ(find_known_set("Fashion-MNIST"), find_known_set("fashion_mnist"));
  EXPECT_NE(find_known_set("mnist"), nullptr);
  EXPECT_EQ(find_known_set("nist"), nullptr);
  const auto unknown = open_dataset("fashion_mnits", kNoCache);
  ASSERT_FALSE(unknown);
  EXPECT_TRUE(unknown.error().hint.contains("fashion_mnist"));
}

TEST(KnownSets, EntriesAreWhole) {
  for (const KnownSet& set : known_sets()) {
    EXPECT_EQ(find_known_set(set.name), &set);
    EXPECT_GE(set.class_names.size(), 2u);
    EXPECT_FALSE(set.folders.empty());
    for (const Part part : kParts) EXPECT_EQ(set.sha256[part].size(), 64u);
  }
}

TEST(KnownSets, SayWhereTheyWereLookedFor) {
  const TempFolder home;
  const int code = testing::in_child([&] {
    ::setenv("HOME", home.path.c_str(), 1);
    const auto pair = open_dataset("mnist", kNoCache);
    if (pair) return 1;
    return pair.error().detail.contains((home / ".keras/datasets/mnist").string()) && !pair.error().hint.empty() ? 0
                                                                                                                 : 2;
  });
  EXPECT_EQ(code, 0);
}

TEST(KnownSets, OtherDataUnderTheirNameAreRefused) {
  const TempFolder home;
  fs::create_directories(home / ".keras/datasets/mnist");
  testing::write_set(home / ".keras/datasets/mnist");
  const int code = testing::in_child([&] {
    ::setenv("HOME", home.path.c_str(), 1);
    const auto pair = open_dataset("mnist", kNoCache);
    return !pair && pair.error().summary == "mnist is damaged" ? 0 : 1;
  });
  EXPECT_EQ(code, 0);
}

TEST(FashionMnist, OpensVerifiedAndIsRecognisedElsewhere) {
  if (!fs::exists(kFashion)) GTEST_SKIP() << "the package dataset-fashion-mnist is not installed";
  const TempFolder other, cache;
  const auto pair = open_dataset("fashion-mnist", {.cache = cache.path});
  ASSERT_TRUE(pair) << describe(pair.error());
  EXPECT_TRUE(pair->verified);
  EXPECT_EQ(pair->train.name(), "fashion_mnist");
  EXPECT_EQ(pair->train.size(), 60'000u);
  EXPECT_EQ(pair->test->size(), 10'000u);
  EXPECT_EQ(pair->train.class_names()[9], "Ankle boot");
  EXPECT_EQ(pair->train.label(0), 9);

  for (const auto& entry : fs::directory_iterator(kFashion))
    fs::create_symlink(entry.path(), other.path / entry.path().filename());
  const auto again = open_folder(other.path, {.cache = cache.path});
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->verified);
  EXPECT_EQ(again->train.name(), "fashion_mnist");
  EXPECT_EQ(again->checksum, pair->checksum);
  EXPECT_EQ(std::distance(fs::directory_iterator(cache.path / "datasets"), fs::directory_iterator{}), 4);
}

TEST(CheckFolder, TellsOfASoundFolder) {
  const TempFolder folder;
  testing::write_set(folder.path);
  const FolderReport report = check_folder(folder.path);
  EXPECT_TRUE(report.sound());
  EXPECT_EQ(report.set, "");
  EXPECT_EQ(report.samples(Part::train_features), 20u);
  EXPECT_EQ(report.samples(Part::test_targets), 10u);
  EXPECT_EQ(report.parts[0].shape, (std::vector<std::size_t>{20, 3, 4}));
  EXPECT_EQ(report.parts[0].type, "unsigned bytes");
  EXPECT_EQ(report.parts[0].sha256, to_hex(sha256(testing::read(folder / "train-images-idx3-ubyte"))));
  EXPECT_EQ(report.parts[0].known_as, "");
}

TEST(CheckFolder, TellsEverythingThatIsWrongAtOnce) {
  const TempFolder folder;
  testing::write_set(folder.path);
  testing::write(folder / "train-labels-idx1-ubyte", idx_bytes({19}, 5));
  testing::write(folder / "t10k-images-idx3-ubyte.gz", gzip(idx_bytes({10, 3, 4})));
  fs::resize_file(folder / "t10k-images-idx3-ubyte.gz", 30);
  const FolderReport report = check_folder(folder.path);
  EXPECT_FALSE(report.sound());
  ASSERT_EQ(report.parts.size(), 4u);
  EXPECT_TRUE(report.parts[2].trouble);
  EXPECT_EQ(report.samples(Part::test_features), 0u);
  ASSERT_EQ(report.troubles.size(), 1u);
  EXPECT_EQ(report.troubles[0].summary, "labels do not fit the images");
}

TEST(CheckFolder, TellsOfMissingPartsAndFolders) {
  const TempFolder folder;
  testing::write_set(folder.path);
  fs::remove(folder / "train-images-idx3-ubyte");
  const FolderReport report = check_folder(folder.path);
  EXPECT_FALSE(report.sound());
  EXPECT_FALSE(report.parts[0].file);
  EXPECT_TRUE(report.parts[1].file);
  EXPECT_FALSE(check_folder(folder / "nowhere").sound());
}

TEST(CheckFolder, KnowsFashionMnist) {
  if (!fs::exists(kFashion)) GTEST_SKIP() << "the package dataset-fashion-mnist is not installed";
  const FolderReport report = check_folder(kFashion);
  EXPECT_TRUE(report.sound());
  EXPECT_EQ(report.set, "fashion_mnist");
  for (const PartReport& part : report.parts) EXPECT_EQ(part.known_as, "fashion_mnist");
}

}  // namespace
}  // namespace atelier
