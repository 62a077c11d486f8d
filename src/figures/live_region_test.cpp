// live_region_test.cpp: frames replayed on a small terminal of our own.
#include "figures/live_region.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "figures/text.hpp"

namespace atelier {
namespace {

using namespace std::chrono_literals;

/// The screen that the frames leave behind; understands exactly the sequences that a region may write.
class Screen {
 public:
  void write(std::string_view text) {
    bytes_ += text;
    while (!text.empty()) text.remove_prefix(step(text));
  }
  const std::vector<std::string>& rows() const { return rows_; }
  const std::string& bytes() const { return bytes_; }
  bool cursor_shown() const { return shown_; }

 private:
  std::size_t step(std::string_view text) {
    while (rows_.size() <= y_) rows_.emplace_back();
    if (text[0] == '\r') return x_ = 0, 1;
    if (text[0] == '\n') return x_ = 0, ++y_, 1;
    if (text[0] != '\x1b') {
      std::string& row = rows_[y_];
      row.resize(std::max(row.size(), x_ + 1), ' ');
      row[x_++] = text[0];
      return 1;
    }
    const std::size_t end = text.find_first_of("AJKhlm");
    const std::string_view code = text.substr(2, end - 2);
    switch (text[end]) {
      case 'A': y_ -= std::min(y_, static_cast<std::size_t>(std::stoi(std::string(code)))); break;
      case 'J': rows_.resize(y_ + 1); [[fallthrough]];
      case 'K': rows_[y_].resize(std::min(rows_[y_].size(), x_)); break;
      case 'h': shown_ = true; break;
      case 'l': shown_ = false; break;
      default: break;
    }
    return end + 1;
  }

  std::vector<std::string> rows_;
  std::string bytes_;
  std::size_t x_ = 0, y_ = 0;
  bool shown_ = true;
};

struct Bench {
  Terminal terminal{.interactive = true, .colour = Colour::basic, .width = 20, .height = 10};
  Screen screen;
  LiveRegion::Time now{1h};
  int looks = 0;
  LiveRegion region{{.look = [this] { return ++looks, terminal; },
                     .write = [this](std::string_view text) { screen.write(text); },
                     .now = [this] { return now; }}};
};

using Lines = std::vector<std::string>;

TEST(LiveRegion, RedrawsInPlace) {
  Bench bench;
  bench.region.print("kept");
  bench.region.draw({"one", "two", "three"});
  bench.region.draw({"ONE", "2"});
  EXPECT_EQ(bench.screen.rows(), (Lines{"kept", "ONE", "2", ""}));
  EXPECT_TRUE(bench.screen.cursor_shown());
}

TEST(LiveRegion, PrintsAboveTheBlock) {
  Bench bench;
  bench.region.draw({"block", "of two"});
  bench.region.print("a warning");
  bench.region.draw({"block!", "of two"});
  EXPECT_EQ(bench.screen.rows(), (Lines{"a warning", "block!", "of two", ""}));
}

TEST(LiveRegion, ReleaseLeavesTheBlock) {
  Bench bench;
  bench.region.draw({"first"});
  bench.region.release();
  bench.region.draw({"second"});
  EXPECT_EQ(bench.screen.rows(), (Lines{"first", "second", ""}));
}

TEST(LiveRegion, AtMostTwentyFramesASecond) {
  Bench bench;
  int frames = 0;
  for (int i = 0; i < 1000; ++i, bench.now += 1ms)
    if (bench.region.due()) bench.region.draw({"x"}), ++frames;
  EXPECT_EQ(frames, 20);
  EXPECT_LE(bench.looks, 60) << "between frames only the clock is read";
}

TEST(LiveRegion, CutsToTheWindow) {
  Bench bench;
  bench.terminal.width = 8;
  bench.terminal.height = 3;
  bench.region.draw({"0123456789", "b", "c", "d"});
  EXPECT_EQ(bench.screen.rows().size(), 3u) << "two lines and the row of the cursor";
  EXPECT_EQ(bench.screen.rows()[0], "012345…");
}

TEST(LiveRegion, ANarrowerWindowHasWrappedTheLastFrame) {
  Bench bench;
  bench.region.draw({"0123456789abcdef", "x"});
  bench.terminal.width = 6;
  bench.screen.write("");
  const std::size_t before = bench.screen.bytes().size();
  bench.region.draw({"y"});
  EXPECT_NE(bench.screen.bytes().substr(before).find("\x1b[4A"), std::string::npos) << "16 cells wrap to 3 rows of 6";
}

TEST(LiveRegion, PrintErasesWhatIsLeftOfAWrappedFrame) {
  Bench bench;
  bench.region.draw({"0123456789abcdef"});
  bench.terminal.width = 6;
  bench.screen = {};
  bench.screen.write("012345\n6789ab\ncdef\n");  // what the narrower terminal has made of it
  bench.region.print("note");
  EXPECT_EQ(bench.screen.rows(), (Lines{"note", "0123456789abcdef", ""}));
}

TEST(LiveRegion, NoTerminalGetsLinesAndNoSequence) {
  Bench bench;
  bench.terminal = {};
  EXPECT_FALSE(bench.region.due());
  bench.region.draw({"never"});
  bench.region.print("plain");
  bench.region.release();
  EXPECT_EQ(bench.screen.bytes(), "plain\n");
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(bench.region.due());
  EXPECT_LE(bench.looks, 2);
}

}  // namespace
}  // namespace atelier
