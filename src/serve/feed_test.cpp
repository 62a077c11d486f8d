// feed_test.cpp: events reach who listens, and who comes back.
#include "serve/feed.hpp"

#include <gtest/gtest.h>

namespace atelier {
namespace {

struct Ear {
  std::vector<std::string> heard;
  Feed::Take take() {
    return [this](const Feed::Text& text) { heard.push_back(*text); };
  }
};

TEST(Feed, TellsEveryoneWhoListens) {
  Feed feed("f");
  Ear early, late;
  const auto first = feed.join("", early.take());
  feed.tell("run", {{"id", "a"}});
  feed.join("", late.take());
  feed.tell("run", {{"id", "b\n<"}});
  feed.beat();
  EXPECT_EQ(early.heard, (std::vector<std::string>{"id: f-0\nevent: hello\ndata: {}\n\n",
                                                   "id: f-1\nevent: run\ndata: {\"id\":\"a\"}\n\n",
                                                   "id: f-2\nevent: run\ndata: {\"id\":\"b\\n<\"}\n\n", ":\n\n"}));
  EXPECT_EQ(late.heard.size(), 3u);
  EXPECT_EQ(late.heard[0], "id: f-1\nevent: hello\ndata: {}\n\n");
  EXPECT_EQ(feed.listeners(), 2u);
  feed.leave(first);
  feed.tell("run", {});
  EXPECT_EQ(early.heard.size(), 4u);
  EXPECT_EQ(feed.listeners(), 1u);
}

TEST(Feed, WhoComesBackHearsWhatWasMissedOrHello) {
  Feed feed("f");
  for (int i = 1; i <= 1500; ++i) feed.tell("n", i);
  const auto first_after = [&](const std::string& id) {
    Ear ear;
    feed.leave(feed.join(id, ear.take()));
    return std::pair(ear.heard.size(), ear.heard.empty() ? "" : ear.heard.front().substr(0, 20));
  };
  EXPECT_EQ(first_after("f-1498"), (std::pair<std::size_t, std::string>(2, "id: f-1499\nevent: n\n")));
  EXPECT_EQ(first_after("f-1500").first, 0u);
  EXPECT_EQ(first_after("f-500").first, 1000u);
  for (const char* gone : {"f-499", "f-1501", "g-1498", "f-", "f-x", "f-1498x", "1498", "f--1"})
    EXPECT_EQ(first_after(gone), (std::pair<std::size_t, std::string>(1, "id: f-1500\nevent: he"))) << gone;
}

}  // namespace
}  // namespace atelier
