// interrupt_test.cpp: the first signal asks, the second one ends.
#include "cli/interrupt.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace atelier::cli {
namespace {

TEST(Interrupt, TheFirstSignalOnlyRaisesTheFlag) {
  const Interrupt interrupt;
  EXPECT_FALSE(interrupt.wanted());
  std::raise(SIGINT);
  EXPECT_TRUE(interrupt.wanted());
}

TEST(Interrupt, ANewOneStartsUnwanted) {
  {
    const Interrupt interrupt;
    std::raise(SIGTERM);
    EXPECT_TRUE(interrupt.wanted());
  }
  EXPECT_FALSE(Interrupt().wanted());
}

TEST(Interrupt, TheSecondSignalEndsTheProcess) {
  EXPECT_EXIT(
      {
        const Interrupt interrupt;
        std::raise(SIGINT);
        std::raise(SIGINT);
      },
      testing::ExitedWithCode(130), "");
}

TEST(Interrupt, AClosedTerminalAsksHoweverOften) {
  const Interrupt interrupt;
  std::raise(SIGHUP);
  EXPECT_TRUE(interrupt.wanted());
  std::raise(SIGHUP);
}

TEST(Interrupt, NohupStaysWhatItIs) {
  const auto former = std::signal(SIGHUP, SIG_IGN);
  {
    const Interrupt interrupt;
    std::raise(SIGHUP);
    EXPECT_FALSE(interrupt.wanted());
  }
  EXPECT_EQ(std::signal(SIGHUP, former), SIG_IGN);
}

TEST(Interrupt, AfterwardsTheFormerHandlerIsBack) {
  EXPECT_EXIT(
      {
        {
          const Interrupt interrupt;
        }
        std::raise(SIGTERM);
      },
      testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace atelier::cli
