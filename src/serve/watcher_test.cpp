// watcher_test.cpp: what happens in the store is told, once.
#include "serve/watcher.hpp"

#include <chrono>
#include <thread>

#include "serve/detail/testing.hpp"

namespace atelier {
namespace {

using namespace testing;

class WatcherTest : public ::testing::Test {
 protected:
  WatcherTest() {
    watcher_.prepare();
    feed_.join("", [this](const Feed::Text& text) {
      const std::scoped_lock guard(mutex_);
      heard_.push_back(*text);
    });
  }

  /// Whether an event comes that has all these words.
  bool hears(const std::string& event, const std::vector<std::string>& words) {
    for (int i = 0; i < 1000; ++i) {
      {
        const std::scoped_lock guard(mutex_);
        for (const std::string& text : heard_) {
          bool has = text.find("event: " + event + "\n") != text.npos;
          for (const auto& word : words) has = has && text.find(word) != text.npos;
          if (has) return true;
        }
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  }
  std::size_t count(const std::string& word) {
    const std::scoped_lock guard(mutex_);
    std::size_t n = 0;
    for (const std::string& text : heard_) n += text.find(word) != text.npos;
    return n;
  }

  Place place_;
  std::unique_ptr<Store> reader_ = value(open_store(place_.folder, {.read_only = true}));
  Feed feed_{"f"};
  std::mutex mutex_;
  std::vector<std::string> heard_;
  Watcher watcher_{*reader_, feed_, {.look_ms = 2, .survey_ms = 20, .beat_ms = 10'000}};
};

TEST_F(WatcherTest, TellsOfEpochsAsTheyCome) {
  place_.record({place_.running, {{1, {{"val_loss", 0.5}, {"bad", NAN}}}}, {}, R"({"val_loss":0.5})"});
  EXPECT_TRUE(hears("epoch", {R"("run":"b","epoch":1,"metrics":{"bad":null,"val_loss":0.5})"}));
  place_.record({place_.running, {{2, {{"val_loss", 0.4}}}}});
  EXPECT_TRUE(hears("epoch", {R"("run":"b","epoch":2)"}));
  EXPECT_EQ(count(R"("epoch":1)"), 1u);
  EXPECT_EQ(count(R"("run":"a")"), 0u);  // was over before
}

TEST_F(WatcherTest, TellsOfTheLastEpochAndTheEnd) {
  place_.record({place_.running, {{1, {{"val_loss", 0.5}}}}});
  EXPECT_TRUE(place_.store->end(place_.running, {RunState::failed, "no disk", R"({"val_loss":0.5})"}));
  EXPECT_TRUE(hears("epoch", {R"("run":"b","epoch":1)"}));
  EXPECT_TRUE(hears("run", {R"("id":"b")", R"("state":"failed")", R"("reason":"no disk")", R"("val_loss":0.5)"}));
}

TEST_F(WatcherTest, TellsOfNewRenamedAndDeletedRuns) {
  place_.begin("new");
  EXPECT_TRUE(hears("run", {R"("id":"new")", R"("state":"running")"}));
  EXPECT_TRUE(place_.store->annotate("a", {.name = "other", .add_tags = {"t"}}));
  EXPECT_TRUE(hears("run", {R"("id":"a")", R"("name":"other")"}));
  const std::string id = "a";
  EXPECT_TRUE(place_.store->remove({&id, 1}, false));
  EXPECT_TRUE(hears("gone", {R"({"id":"a"})"}));
}

TEST_F(WatcherTest, TellsOfSweepsAndTheirTrials) {
  EXPECT_TRUE(value(place_.store->claim("s", "host/1/1/1")));
  EXPECT_TRUE(hears("sweep", {R"("id":"s")", R"("counts":{"queued":1,"running":1})"}));
  EXPECT_TRUE(hears("run", {R"("id":"s-0")", R"("state":"running")"}));
  EXPECT_TRUE(place_.store->update_sweep("s", {.state = SweepState::paused}));
  EXPECT_TRUE(hears("sweep", {R"("id":"s")", R"("state":"paused")"}));
}

TEST_F(WatcherTest, IsQuietWhileNothingHappens) {
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(count("event: "), 1u);  // the hello of joining
}

}  // namespace
}  // namespace atelier
