// run_writer_test.cpp: rows reach the disk whole and in order, whatever the disk and other workers do.
#include "track/run_writer.hpp"

#include <thread>

#include "track/detail/testing.hpp"

namespace atelier {
namespace {

using namespace testing;

constexpr Pace kQuick{.batch_ms = 5, .rows = 50};

class RunWriterTest : public ::testing::Test {
 protected:
  Folder folder_;
  std::shared_ptr<HandClock> clock_ = std::make_shared<HandClock>();
  std::unique_ptr<Store> store_ = opened(folder_.path, {.clock = clock_});
  Ticket begin(const std::string& id) { return value(store_->begin_run({.id = id}, "w")).ticket; }
};

TEST_F(RunWriterTest, WritesEverythingOnceAndInOrder) {
  StoreWriter writer(*store_, kQuick);
  std::vector<RunWriter> runs;
  for (const char* id : {"a", "b"}) runs.push_back(writer.open(begin(id), {"loss", "norm"}));
  for (int step = 0; step < 2000; ++step)
    for (auto& run : runs) {
      const std::array<double, 2> values{step / 10.0, 1};
      run.step(step, values);
      if (step % 100 == 99) run.epoch({step / 100 + 1, {{"loss", step * 1.0}}}, {{"best", 7}});
      if (step % 500 == 0) run.machine(step, {{"cpu", 0.5}});
    }
  for (auto& run : runs) EXPECT_EQ(value(run.end({RunState::finished, "", R"({"done":1})"})), Acceptance::accepted);
  for (const char* id : {"a", "b"}) {
    EXPECT_EQ(value(store_->history(id)).size(), 20u);
    std::int64_t expected = 0;
    for (const auto& block : value(store_->series(id, "step")))
      for (std::size_t i = 0; i < block.at.size(); ++i, ++expected) {
        EXPECT_EQ(block.at[i], expected);
        EXPECT_EQ(block.values[2 * i], static_cast<double>(expected) / 10.0);
      }
    EXPECT_EQ(expected, 2000);
    EXPECT_EQ(value(store_->series(id, "machine")).size(), 4u);
    EXPECT_EQ(value(store_->run(id)).summary, R"({"best":7.0,"loss":1999.0,"done":1})");
    EXPECT_EQ(value(store_->run(id)).state, RunState::finished);
  }
}

TEST_F(RunWriterTest, ItsEndWritesWhatIsLeft) {
  {
    StoreWriter writer(*store_, {.batch_ms = 100'000});
    auto run = writer.open(begin("a"));
    run.epoch({1, {{"loss", 1}}});
  }
  EXPECT_EQ(value(store_->history("a")).size(), 1u);
  EXPECT_EQ(value(store_->run("a")).state, RunState::running);
}

TEST_F(RunWriterTest, ALostRunIsToldSoAndOthersGoOn) {
  StoreWriter writer(*store_, kQuick);
  auto lost = writer.open(begin("a")), kept = writer.open(begin("b"));
  clock_->steady_now += 61'000;
  value(store_->take_over("a", "w2"));
  EXPECT_TRUE(lost.ours());
  lost.epoch({1, {{"loss", 666}}});
  kept.epoch({1, {{"loss", 1}}});
  EXPECT_EQ(value(lost.flush()), Acceptance::refused);
  EXPECT_FALSE(lost.ours());
  EXPECT_EQ(value(lost.end({})), Acceptance::refused);
  EXPECT_EQ(value(kept.end({})), Acceptance::accepted);
  EXPECT_TRUE(value(store_->history("a")).empty());
  EXPECT_EQ(value(store_->run("a")).state, RunState::running);
  EXPECT_EQ(value(store_->history("b")).size(), 1u);
}

TEST_F(RunWriterTest, AQuietRunIsHeardOf) {
  StoreWriter writer(*store_, {.batch_ms = 5, .heartbeat_ms = 10});
  const auto run = writer.open(begin("a"));
  clock_->steady_now += 50'000;
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  clock_->steady_now += 50'000;
  EXPECT_TRUE(value(store_->reap()).empty());
  EXPECT_TRUE(run.ours());
}

/// A store whose disk can be filled and emptied; everything else is the real one's.
class FullDisk final : public Store {
 public:
  explicit FullDisk(Store& store) : store_(store) {}
  std::atomic<bool> full = false;

  Result<std::vector<Acceptance>> record(std::span<const Progress> news) override {
    if (full) return fail(Trouble::file, "the disk is full");
    return store_.record(news);
  }
  Result<Acceptance> end(const Ticket& ticket, const Ending& ending) override { return store_.end(ticket, ending); }
  Result<Claim> begin_run(const NewRun& run, const std::string& w) override { return store_.begin_run(run, w); }
  Result<Claim> take_over(const std::string& run, const std::string& w) override { return store_.take_over(run, w); }
  Result<Acceptance> rewind(const Ticket& t, int epoch, std::int64_t step) override {
    return store_.rewind(t, epoch, step);
  }
  Result<Acceptance> add_artifact(const Ticket& t, const Artifact& a) override { return store_.add_artifact(t, a); }
  Result<Acceptance> while_ours(const Ticket& t, FunctionRef<Result<void>()> d) override {
    return store_.while_ours(t, d);
  }
  Result<void> annotate(const std::string& run, const Notes& notes) override { return store_.annotate(run, notes); }
  Result<Run> run(const std::string& id) override { return store_.run(id); }
  Result<std::vector<Run>> runs(const RunQuery& query) override { return store_.runs(query); }
  Result<std::vector<std::vector<Cell>>> table(const RunQuery& q, std::span<const std::string> c) override {
    return store_.table(q, c);
  }
  Result<std::vector<std::string>> columns() override { return store_.columns(); }
  Result<std::int64_t> count(const std::string& where) override { return store_.count(where); }
  Result<std::vector<EpochRow>> history(const std::string& run, int after) override {
    return store_.history(run, after);
  }
  Result<std::vector<Series>> series(const std::string& run, const std::string& stream) override {
    return store_.series(run, stream);
  }
  Result<Bucketed> buckets(const std::string& run, const BucketQuery& q) override { return store_.buckets(run, q); }
  Result<Pulse> pulse() override { return store_.pulse(); }
  Result<std::vector<Artifact>> artifacts(const std::string& run) override { return store_.artifacts(run); }
  Result<Removal> remove(std::span<const std::string> runs, bool dry) override { return store_.remove(runs, dry); }
  Result<Sweep> create_sweep(const NewSweep& sweep) override { return store_.create_sweep(sweep); }
  Result<Sweep> sweep(const std::string& id) override { return store_.sweep(id); }
  Result<std::vector<Sweep>> sweeps() override { return store_.sweeps(); }
  Result<void> update_sweep(const std::string& id, const SweepChange& c) override { return store_.update_sweep(id, c); }
  Result<void> remove_sweep(const std::string& s) override { return store_.remove_sweep(s); }
  Result<int> add_trials(const std::string& s, std::span<const NewTrial> t) override { return store_.add_trials(s, t); }
  Result<std::optional<Claim>> claim(const std::string& s, const std::string& w) override { return store_.claim(s, w); }
  Result<Acceptance> requeue(const std::string& run, const JsonText& plan) override {
    return store_.requeue(run, plan);
  }
  Result<Acceptance> close(const std::string& run, const Ending& ending) override { return store_.close(run, ending); }
  Result<std::vector<std::string>> reap() override { return store_.reap(); }
  Result<std::vector<std::string>> check() override { return store_.check(); }

 private:
  Store& store_;
};

TEST_F(RunWriterTest, AFullDiskIsReportedAndLaterMadeGood) {
  FullDisk disk(*store_);
  StoreWriter writer(disk, {.batch_ms = 5, .rows = 50, .most = 100});
  auto run = writer.open(begin("a"), {"loss"});
  disk.full = true;
  run.epoch({1, {{"loss", 1}}});
  const auto failed = run.flush();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().summary, "the disk is full");
  EXPECT_TRUE(run.trouble());
  const std::array<double, 1> loss{0.5};
  for (int step = 0; step < 150; ++step) run.step(step, loss);
  EXPECT_EQ(run.dropped(), 50u);
  run.epoch({2, {{"loss", 2}}});
  disk.full = false;
  while (!run.flush()) std::this_thread::yield();
  EXPECT_FALSE(run.trouble());
  EXPECT_EQ(value(run.end({})), Acceptance::accepted);
  const auto history = value(store_->history("a"));
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[0].metrics.at("loss"), 1);
  EXPECT_EQ(value(store_->run("a")).summary, R"({"loss":2.0})");
}

TEST_F(RunWriterTest, ARunThatIsDeletedUnderItHarmsNobody) {
  StoreWriter writer(*store_, kQuick);
  auto doomed = writer.open(begin("a")), kept = writer.open(begin("b"));
  clock_->steady_now += 61'000;
  const std::array<std::string, 1> id{"a"};
  EXPECT_EQ(value(store_->remove(id, false)).runs.size(), 1u);
  doomed.epoch({1, {}});
  kept.epoch({1, {}});
  EXPECT_EQ(value(doomed.flush()), Acceptance::refused);
  EXPECT_FALSE(doomed.ours()) << "its folder is gone: nothing more is to be saved there";
  EXPECT_EQ(value(kept.flush()), Acceptance::accepted);
}

TEST_F(RunWriterTest, StepsThatDoNotRiseAreLeftOut) {
  StoreWriter writer(*store_, kQuick);
  auto run = writer.open(begin("a"), {"loss"});
  const std::array<double, 1> loss{1};
  const std::array<double, 2> wide{1, 2};
  for (const std::int64_t step : {5, 5, 4, 6}) run.step(step, loss);
  run.step(7, wide);
  EXPECT_EQ(run.dropped(), 3u);
  EXPECT_EQ(value(run.flush()), Acceptance::accepted);
  EXPECT_EQ(value(store_->series("a", "step")).at(0).at, (std::vector<std::int64_t>{5, 6}));
}

}  // namespace
}  // namespace atelier
