// beneath_test.cpp: files within a folder, and ways out of it.
#include "serve/beneath.hpp"

#include <sys/stat.h>

#include "serve/detail/testing.hpp"

namespace atelier {
namespace {

using namespace testing;
namespace fs = std::filesystem;

TEST(Beneath, OpensWhatLiesWithinAndNothingElse) {
  const Place place;
  const fs::path inner = place.folder / "inner";
  place.write("inner/deep/file", "0123456789");
  place.write("inner2/canary", "x");
  fs::create_symlink(place.folder / "inner2", inner / "way_out");
  fs::create_symlink("deep", inner / "way_within");
  fs::create_symlink("file", inner / "deep/link");
  ASSERT_EQ(::mkfifo((inner / "pipe").c_str(), 0600), 0);
  const auto file = value(open_beneath(inner, "deep/file"));
  EXPECT_EQ(file.stamp.size, 10u);
  EXPECT_EQ(value(read_at(file, 3, 4)), "3456");
  EXPECT_EQ(value(read_at(file, 8, 100)), "89");
  EXPECT_EQ(value(read_at(file, 20, 4)), "");
  for (const std::string bad :
       {"", ".", "..", "deep", "deep/", "/etc/passwd", "../inner2/canary", "deep/../../inner2/canary", "way_out/canary",
        "way_within/file", "deep/link", "deep//file", "pipe", "nothing", "deep/file/more"})
    EXPECT_FALSE(open_beneath(inner, bad)) << bad;
  EXPECT_FALSE(open_beneath(inner, std::string("deep/file\0", 10)));
}

}  // namespace
}  // namespace atelier
