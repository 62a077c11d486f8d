// buckets_test.cpp: series in few points, and what a watcher sees.
#include "track/buckets.hpp"

#include <cmath>

#include "track/detail/series_rows.hpp"
#include "track/detail/store_fixture.hpp"

namespace atelier {
namespace {

using namespace testing;

Series rows(std::int64_t first, int count) {
  Series block{"step", {"x"}, {}, {}};
  for (std::int64_t at = first; at < first + count; ++at) {
    block.at.push_back(at);
    block.values.push_back(std::sin(static_cast<double>(at)));
  }
  return block;
}

Bucketed bucketed(const std::vector<Series>& blocks, const BucketQuery& query, std::int64_t last) {
  Bucketing bucketing(query, 0, last);
  for (const Series& block : blocks) bucketing.add(block.names, series_rows(block));
  return std::move(bucketing).take();
}

TEST(Buckets, HoldTheLastTheLeastAndTheGreatestOfTheirRows) {
  const Series block = rows(0, 1000);
  const Bucketed out = bucketed({block}, {.buckets = 10}, 999);
  EXPECT_EQ(out.width, 128);
  ASSERT_EQ(out.series.size(), 1u);
  std::size_t i = 0;
  for (const Bucket& bucket : out.series[0].buckets) {
    double low = 2, high = -2;
    for (; i < block.at.size() && block.at[i] <= bucket.at; ++i) {
      low = std::min(low, block.values[i]);
      high = std::max(high, block.values[i]);
    }
    EXPECT_EQ(bucket.last, block.values[i - 1]);
    EXPECT_EQ(bucket.low, low);
    EXPECT_EQ(bucket.high, high);
  }
  EXPECT_EQ(i, block.at.size());
}

TEST(Buckets, AreNeverMoreThanAskedFor) {
  for (const int most : {1, 2, 3, 7, 100, 999, 1000, 5000})
    for (const int count : {1, 2, 999, 1000}) {
      const Bucketed out = bucketed({rows(37, count)}, {.from = 40, .buckets = most}, 36 + count);
      ASSERT_EQ(out.series.size(), 1u);
      EXPECT_LE(out.series[0].buckets.size(), static_cast<std::size_t>(most)) << most << " " << count;
      EXPECT_EQ(out.series[0].buckets.empty(), count < 4);
    }
}

TEST(Buckets, DoNotMoveWhenRowsComeLater) {
  const auto before = bucketed({rows(0, 900)}, {.buckets = 8}, 899),
             after = bucketed({rows(0, 1000)}, {.buckets = 8}, 999);
  ASSERT_EQ(before.width, after.width);
  const auto &a = before.series[0].buckets, &b = after.series[0].buckets;
  for (std::size_t i = 0; i + 1 < a.size(); ++i) EXPECT_EQ(a[i].at, b[i].at);
}

TEST(Buckets, KeepApartWhatIsNoNumber) {
  Series block{"step", {"x", "y"}, {1, 2, 3, 4}, {NAN, NAN, 2, NAN, 1, NAN, HUGE_VAL, NAN}};
  const Bucketed out = bucketed({block}, {.buckets = 1}, 4);
  ASSERT_EQ(out.series.size(), 2u);
  ASSERT_EQ(out.series[0].buckets.size(), 1u);
  const Bucket x = out.series[0].buckets[0], y = out.series[1].buckets[0];
  EXPECT_EQ(x.last, HUGE_VAL);
  EXPECT_EQ(x.low, 1);
  EXPECT_EQ(x.high, 2);
  EXPECT_TRUE(std::isnan(y.last) && std::isnan(y.low) && std::isnan(y.high));
}

TEST(Buckets, FollowNamesThroughBlocksThatDiffer) {
  const Series one{"step", {"a", "b"}, {1}, {1, 2}}, other{"step", {"b", "c"}, {2}, {3, 4}};
  const Bucketed all = bucketed({one, other}, {}, 2);
  ASSERT_EQ(all.series.size(), 3u);
  EXPECT_EQ(all.series[1].name, "b");
  EXPECT_EQ(all.series[1].buckets.size(), 2u);
  const Bucketed some = bucketed({one, other}, {.names = {"c", "z"}}, 2);
  ASSERT_EQ(some.series.size(), 2u);
  EXPECT_EQ(some.series[0].buckets.at(0).last, 4);
  EXPECT_TRUE(some.series[1].buckets.empty());
}

class StoreWatchTest : public StoreTest {};
INSTANTIATE_TEST_SUITE_P(Every, StoreWatchTest, ::testing::ValuesIn(kStores),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_P(StoreWatchTest, MakesBucketsFromTheBlocksOfAStream) {
  const Ticket run = begin("a");
  record({run, {}, {rows(0, 500)}});
  record({run, {}, {rows(500, 500), Series{"machine", {"x"}, {7}, {1}}}});
  const auto all = value(store_->buckets("a", {.buckets = 4}));
  EXPECT_EQ(all.width, 256);
  ASSERT_EQ(all.series.at(0).buckets.size(), 4u);
  EXPECT_EQ(all.series[0].buckets[3].at, 999);
  const auto part = value(store_->buckets("a", {.from = 490, .to = 509}));
  EXPECT_EQ(part.width, 1);
  EXPECT_EQ(part.series.at(0).buckets.size(), 20u);
  EXPECT_EQ(value(store_->buckets("a", {.stream = "machine"})).series.at(0).buckets.at(0).at, 7);
  EXPECT_TRUE(value(store_->buckets("a", {.stream = "none"})).series.empty());
  EXPECT_FALSE(store_->buckets("nobody", {}));
}

TEST_P(StoreWatchTest, CountsWhatAFilterMeets) {
  summarise("a", R"({"lr":1})", "{}");
  summarise("b", R"({"lr":2})", "{}");
  EXPECT_EQ(value(store_->count("")), 2);
  EXPECT_EQ(value(store_->count("lr > 1")), 1);
  EXPECT_EQ(value(store_->count("lr > 2")), 0);
  EXPECT_FALSE(store_->count("nobody = 1"));
}

TEST_P(StoreWatchTest, GivesTheEpochsAfterAnother) {
  record({begin("a"), {{1, {{"x", 1}}}, {2, {{"x", 2}}}, {3, {{"x", 3}}}}});
  EXPECT_EQ(value(store_->history("a", 1)), (std::vector<EpochRow>{{2, {{"x", 2}}}, {3, {{"x", 3}}}}));
  EXPECT_TRUE(value(store_->history("a", 3)).empty());
  EXPECT_EQ(value(store_->history("a")).size(), 3u);
}

TEST_P(StoreWatchTest, HasAPulse) {
  const auto still = value(store_->pulse());
  EXPECT_EQ(still.version, value(store_->pulse()).version);
  const Ticket run = begin("a");
  record({run, {{1, {}}, {2, {}}}});
  const auto moved = value(store_->pulse());
  EXPECT_NE(moved.version, still.version);
  EXPECT_EQ(moved.runs, still.runs + 1);
  EXPECT_GT(moved.newest, still.newest);
  EXPECT_EQ(moved.running, (std::vector<Pulse::Beat>{{"a", 1, 2}}));
  value(store_->end(run, {}));
  EXPECT_TRUE(value(store_->pulse()).running.empty());
}

}  // namespace
}  // namespace atelier
