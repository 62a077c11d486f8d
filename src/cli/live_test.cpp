// live_test.cpp: what the view of a training writes, on a terminal and into a pipe.
#include "cli/live.hpp"

#include <gtest/gtest.h>

#include "figures/text.hpp"

namespace atelier {
namespace {

using namespace std::chrono_literals;

struct Stage {
  Terminal terminal;
  std::string written = {};
  LiveRegion::Time now{1h};
  TrainingView view{{.look = [this] { return terminal; },
                     .write = [this](std::string_view text) { written += text; },
                     .now = [this] { return now; }}};

  void start(int epochs) {
    view.start({.dataset = "fashion_mnist",
                .train = 54000,
                .validation = 6000,
                .network = "784 → 128 relu → 10 softmax",
                .epochs = epochs});
  }
  void epoch(int epoch, int epochs, double accuracy) {
    view.epoch_end({.epoch = epoch,
                    .epochs = epochs,
                    .train_loss = 0.5,
                    .train_accuracy = 0.85,
                    .val_loss = 0.4,
                    .val_accuracy = accuracy,
                    .best = accuracy,
                    .best_epoch = epoch,
                    .samples_per_second = 412000});
  }
};

TEST(TrainingView, OneLineAnEpochIntoAPipe) {
  Stage stage;
  stage.start(10);
  for (int i = 0; i < 100; ++i) stage.view.progress({1, i / 100.0, 1000});
  stage.now += 2s;
  stage.epoch(1, 10, 0.8231);
  stage.now += 2s;
  stage.epoch(2, 10, 0.8512);
  stage.view.end();
  EXPECT_EQ(stage.written,
            "fashion_mnist   54,000 train · 6,000 validation   784 → 128 relu → 10 softmax\n"
            "epoch  1/10  loss 0.500  val 0.8231  best 0.8231 @1   412k img/s   0:18 left\n"
            "epoch  2/10  loss 0.500  val 0.8512  best 0.8512 @2   412k img/s   0:16 left\n");
}

TEST(TrainingView, ARegressionShowsLosses) {
  Stage stage;
  stage.view.epoch_end({.epoch = 3, .epochs = 3, .train_loss = 1.5, .val_loss = 12.25, .best = 11, .best_epoch = 2});
  EXPECT_EQ(stage.written, "epoch 3/3  loss 1.500  val loss 12.25  best 11.00 @2\n");
}

TEST(TrainingView, TheScreenFitsEveryWindow) {
  for (const int width : {20, 50, 80, 120}) {
    Stage stage{.terminal = {.interactive = true, .colour = Colour::basic, .width = width, .height = 30}};
    stage.start(10);
    for (int e = 1; e <= 10; ++e) {
      for (int i = 0; i < 10; ++i, stage.now += 20ms) stage.view.progress({e, i / 10.0, 412000});
      stage.epoch(e, 10, 0.8 + 0.01 * e);
    }
    const std::size_t before = stage.written.size();
    stage.view.end();
    std::string frame = stage.written.substr(before);
    int lines = 0;
    for (std::size_t at; (at = frame.find('\n')) != std::string::npos; frame.erase(0, at + 1), ++lines)
      EXPECT_LT(cells(frame.substr(0, at)), width);
    EXPECT_EQ(lines, 8) << "the status, six rows of curve and its axis";
    EXPECT_TRUE(stage.written.ends_with("\x1b[?25h")) << "the cursor is back";
  }
}

TEST(TrainingView, DrawsAtMostTwentyTimesASecond) {
  Stage stage{.terminal = {.interactive = true, .colour = Colour::none, .width = 100, .height = 30}};
  stage.start(1);
  int frames = 0;
  for (int i = 0; i < 2000; ++i, stage.now += 1ms) {
    const std::size_t before = stage.written.size();
    stage.view.progress({1, i / 2000.0, 1000});
    frames += stage.written.size() > before;
  }
  EXPECT_GE(frames, 38);
  EXPECT_LE(frames, 40);
}

TEST(TrainingView, TimeLeftAfterAResumeCountsFromTheResume) {
  Stage stage;
  stage.start(10);
  stage.view.progress({6, 0, 1000});
  stage.now += 4s;
  stage.epoch(6, 10, 0.8);
  EXPECT_NE(stage.written.find("0:16 left"), std::string::npos) << stage.written;
}

}  // namespace
}  // namespace atelier
