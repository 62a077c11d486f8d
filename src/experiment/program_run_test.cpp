// program_run_test.cpp: small programs that report, crash, hang, shout and leave children behind.
#include "experiment/program_run.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/files.hpp"

namespace atelier {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

class ProgramRunTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "atelier-program-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    plan_.folder = folder_;
    plan_.log = folder_ / "output.log";
    plan_.metric = "val_loss";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  ProgramRun started(const std::string& script) {
    plan_.call.words = {"sh", "-c", script};
    plan_.call.environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C"};
    auto run = ProgramRun::start(plan_);
    if (!run) ADD_FAILURE() << describe(run.error());
    return *std::move(run);
  }
  /// Every epoch to the end.
  static std::vector<Metrics> read_all(ProgramRun& run) {
    std::vector<Metrics> epochs;
    while (!run.over()) {
      auto epoch = run.epoch(5s);
      if (!epoch) {
        ADD_FAILURE() << describe(epoch.error());
        break;
      }
      if (*epoch) epochs.push_back(**std::move(epoch));
    }
    return epochs;
  }
  std::string file(const std::string& name) const {
    std::ifstream in(folder_ / name);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  /// The number that a script has written to a file, once it is there.
  pid_t number_in(const std::string& name) const {
    for (int i = 0; i < 500; i++, std::this_thread::sleep_for(10ms))
      if (const std::string text = file(name); text.ends_with('\n')) return std::stoi(text);
    ADD_FAILURE() << "no " << name;
    return 1;
  }
  static bool gone_within(pid_t process, std::chrono::milliseconds patience) {
    for (const auto end = Steady::now() + patience; Steady::now() < end; std::this_thread::sleep_for(10ms)) {
      std::ifstream stat("/proc/" + std::to_string(process) + "/stat");
      std::string line;
      if (!std::getline(stat, line) || line.find(") Z ") != std::string::npos) return true;
    }
    return false;
  }

  std::filesystem::path folder_;
  ProgramRun::Plan plan_;
};

TEST_F(ProgramRunTest, EpochsAreTheLinesWithTheMetric) {
  auto run = started(R"(
echo 'loading'
echo '{"event":"epoch","epoch":1,"lr":0.5}'
echo '{"event":"epoch","epoch":1,"val_loss":2.5,"note":"x","acc":{"top1":0.25}}'
echo '{"event":"epoch","epoch":2,"val_loss":1.5}'
echo '{"some":"json"}'
echo 'a warning' >&2
printf '{"event":"end","test_accuracy":0.75}')");
  const auto epochs = read_all(run);
  ASSERT_EQ(epochs.size(), 2u);
  EXPECT_EQ(epochs[0], (Metrics{{"lr", 0.5}, {"val_loss", 2.5}, {"acc.top1", 0.25}}));
  EXPECT_EQ(epochs[1], (Metrics{{"val_loss", 1.5}}));
  EXPECT_EQ(run.last_words(), (Metrics{{"test_accuracy", 0.75}}));
  EXPECT_EQ(run.ending().state, RunState::finished);
  EXPECT_EQ(run.ending().reason, "");
  const std::string log = file("output.log");
  EXPECT_NE(log.find("loading\n"), std::string::npos);
  EXPECT_NE(log.find("{\"some\":\"json\"}\n"), std::string::npos);
  EXPECT_NE(log.find("a warning\n"), std::string::npos);
  EXPECT_EQ(log.find("2.5"), std::string::npos);
}

TEST_F(ProgramRunTest, AnEpochComesWhileTheProgramRuns) {
  auto run = started("echo '{\"event\":\"epoch\",\"val_loss\":1}'; sleep 60");
  const auto before = Steady::now();
  const auto epoch = run.epoch(10s);
  ASSERT_TRUE(epoch && *epoch);
  EXPECT_LT(Steady::now() - before, 5s);
  EXPECT_FALSE(run.over());
  const auto none = run.epoch(20ms);
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
}

TEST_F(ProgramRunTest, AnotherNameOfTheMetricIsTakenWhereItsOwnIsMissing) {
  plan_.metric = "val_acc";
  plan_.other_names = {"val_accuracy"};
  auto run = started(R"(
echo '{"event":"epoch","val_accuracy":0.5}'
echo '{"event":"epoch","val_accuracy":0.6,"val_acc":0.7}')");
  const auto epochs = read_all(run);
  ASSERT_EQ(epochs.size(), 2u);
  EXPECT_EQ(epochs[0].at("val_acc"), 0.5);
  EXPECT_EQ(epochs[1].at("val_acc"), 0.7);
}

TEST_F(ProgramRunTest, PythonsWordsForNoNumbers) {
  auto run = started(R"(
echo '{"event":"epoch","val_loss":-Infinity,"text":"NaN \" Infinity"}'
echo '{"event":"epoch","val_loss":NaN}')");
  const auto epochs = read_all(run);
  ASSERT_EQ(epochs.size(), 2u);
  EXPECT_EQ(epochs[0], (Metrics{{"val_loss", -HUGE_VAL}}));
  EXPECT_TRUE(std::isnan(epochs[1].at("val_loss")));
  EXPECT_EQ(run.ending().state, RunState::diverged);
  EXPECT_EQ(run.ending().reason, "val_loss is no number after epoch 2");
}

TEST_F(ProgramRunTest, NoEventLineMeansFailed) {
  auto run = started("echo 'val_loss 0.5'; echo '{not json'; echo '[1]'");
  EXPECT_TRUE(read_all(run).empty());
  EXPECT_EQ(run.ending().state, RunState::failed);
  EXPECT_TRUE(run.ending().reason.starts_with("no event line was seen")) << run.ending().reason;
}

TEST_F(ProgramRunTest, EventLinesWithoutTheMetricAreNamed) {
  auto run = started("echo '{\"event\":\"epoch\",\"loss\":1,\"acc\":2}'");
  EXPECT_TRUE(read_all(run).empty());
  EXPECT_EQ(run.ending().reason, "no event line has the metric val_loss; they have acc, loss");
}

TEST_F(ProgramRunTest, ACrashHasItsCodeAndLastWords) {
  auto run = started(
      "echo '{\"event\":\"epoch\",\"val_loss\":1}'; echo one >&2; echo two >&2; echo three >&2; "
      "echo 'ValueError: four' >&2; exit 3");
  EXPECT_EQ(read_all(run).size(), 1u);
  EXPECT_EQ(run.ending().state, RunState::failed);
  EXPECT_EQ(run.ending().reason, "exit code 3: two / three / ValueError: four");
}

TEST_F(ProgramRunTest, AKilledProgramHasItsSignal) {
  auto run = started("kill -9 $$");
  read_all(run);
  EXPECT_EQ(run.ending().reason, "killed by signal 9 (Killed)");
}

TEST_F(ProgramRunTest, AskedToStopItMaySaveFirst) {
  auto run = started(R"(trap 'echo "{\"event\":\"epoch\",\"val_loss\":9}"; exit 5' TERM
echo '{"event":"epoch","val_loss":1}'
while :; do sleep 0.05; done)");
  ASSERT_TRUE(*run.epoch(10s));
  run.stop();
  const auto epochs = read_all(run);
  ASSERT_EQ(epochs.size(), 1u);
  EXPECT_EQ(epochs[0].at("val_loss"), 9);
  EXPECT_TRUE(run.ending().reason.starts_with("exit code 5")) << run.ending().reason;
}

TEST_F(ProgramRunTest, WhoDoesNotHearIsKilledAfterTheGrace) {
  plan_.grace = 200ms;
  auto run = started(
      "trap '' TERM; echo $$ > own; echo '{\"event\":\"epoch\",\"val_loss\":1}'; "
      "while :; do sleep 0.05; done");
  ASSERT_TRUE(*run.epoch(10s));
  const auto before = Steady::now();
  run.stop();
  read_all(run);
  EXPECT_GE(Steady::now() - before, 150ms);
  EXPECT_LT(Steady::now() - before, 5s);
  EXPECT_EQ(run.ending().reason, "killed by signal 9 (Killed)");
  EXPECT_TRUE(gone_within(number_in("own"), 2s));
}

TEST_F(ProgramRunTest, AHugeLineGoesToTheLogAndIsNoEvent) {
  auto run = started(R"(printf '{"event":"epoch","val_loss":1,"x":"'
head -c 3000000 /dev/zero | tr '\0' x
printf '"}\n{"event":"epoch","val_loss":2}\n')");
  const auto epochs = read_all(run);
  ASSERT_EQ(epochs.size(), 1u);
  EXPECT_EQ(epochs[0].at("val_loss"), 2);
  EXPECT_GT(file("output.log").size(), 3'000'000u);
}

TEST_F(ProgramRunTest, TheLogHasALimit) {
  auto run = started("head -c 80000000 /dev/zero | tr '\\0' x; echo; echo '{\"event\":\"epoch\",\"val_loss\":2}'");
  EXPECT_EQ(read_all(run).size(), 1u);
  const auto size = std::filesystem::file_size(folder_ / "output.log");
  EXPECT_GE(size, 64u << 20);
  EXPECT_LT(size, (64u << 20) + 100);
}

TEST_F(ProgramRunTest, BytesThatAreNoTextDoNoHarm) {
  auto run = started(R"(printf '\377\376\000\001{"event":"epoch","val_loss":1}\n'
printf '{"event":"epoch","val_loss":2,"\377":1}\n'
printf '{"event":"epoch","val_loss":3}\r\n'
printf '\377\033[31mbad\n' >&2
exit 1)");
  const auto epochs = read_all(run);
  ASSERT_EQ(epochs.size(), 1u);
  EXPECT_EQ(epochs[0].at("val_loss"), 3);
  EXPECT_EQ(run.ending().reason, "exit code 1: \xEF\xBF\xBD\xEF\xBF\xBD[31mbad");
}

TEST_F(ProgramRunTest, AChildLeftBehindIsEndedAndNotWaitedForLong) {
  auto run = started("sleep 300 & echo $! > child; echo '{\"event\":\"epoch\",\"val_loss\":1}'");
  const auto before = Steady::now();
  EXPECT_EQ(read_all(run).size(), 1u);
  EXPECT_LT(Steady::now() - before, 5s);
  EXPECT_EQ(run.ending().state, RunState::finished);
  EXPECT_TRUE(gone_within(number_in("child"), 2s));
}

TEST_F(ProgramRunTest, WhoBeganASessionOfItsOwnIsEndedTooAndNotWaitedForLong) {
  for (const char* hear : {"", "trap \"\" TERM; "}) {
    auto run =
        started(fmt::format("rm -f child; setsid sh -c '{}echo $$ > child; while :; do sleep 0.05; done' & "
                            "while [ ! -s child ]; do sleep 0.01; done; "
                            "echo '{{\"event\":\"epoch\",\"val_loss\":1}}'",
                            hear));
    const auto before = Steady::now();
    EXPECT_EQ(read_all(run).size(), 1u);
    EXPECT_LT(Steady::now() - before, 5s);
    EXPECT_EQ(run.ending().state, RunState::finished);
    EXPECT_TRUE(gone_within(number_in("child"), 2s)) << hear;
  }
}

TEST_F(ProgramRunTest, AParentThatIgnoresItsChildrensEndHangsNothing) {
  const auto before = ::signal(SIGCHLD, SIG_IGN);
  {
    auto run = started("echo '{\"event\":\"epoch\",\"val_loss\":1}'");
    const auto begun = Steady::now();
    std::size_t epochs = 0;
    while (!run.over() && Steady::now() - begun < 5s) epochs += (*run.epoch(100ms)).has_value();
    EXPECT_TRUE(run.over());
    EXPECT_EQ(epochs, 1u);
    EXPECT_EQ(run.ending().state, RunState::finished);
  }
  ::signal(SIGCHLD, before);
}

TEST_F(ProgramRunTest, ALockIsHeldUntilAllHasEnded) {
  plan_.grace = 1s;
  const auto open_lock = [&] { return FileHandle(::open((folder_ / "lock").c_str(), O_RDWR | O_CREAT, 0666)); };
  const pid_t other = ::fork();
  if (other == 0) {
    const FileHandle lock = open_lock();
    ::flock(lock.get(), LOCK_EX);
    plan_.lock = lock.get();
    auto run = started("trap '' TERM; echo $$ > own; while :; do sleep 0.05; done");
    std::this_thread::sleep_for(60s);
    ::_exit(0);
  }
  const pid_t own = number_in("own");
  ::kill(other, SIGKILL);
  ::waitpid(other, nullptr, 0);
  const FileHandle lock = open_lock();
  EXPECT_NE(::flock(lock.get(), LOCK_EX | LOCK_NB), 0);
  ASSERT_EQ(::flock(lock.get(), LOCK_EX), 0);
  EXPECT_TRUE(gone_within(own, 1s));
}

TEST_F(ProgramRunTest, AProgramOfAnotherGroupIsStoppedToo) {
  auto run = started("exec setsid sh -c 'echo $$ > own; while :; do sleep 0.05; done'");
  const pid_t own = number_in("own");
  run.stop();
  read_all(run);
  EXPECT_EQ(run.ending().reason, "killed by signal 15 (Terminated)");
  EXPECT_TRUE(gone_within(own, 2s));
}

TEST_F(ProgramRunTest, LettingGoKillsAll) {
  pid_t own = 0, child = 0;
  {
    auto run = started("trap '' TERM; sleep 300 & echo $! > child; echo $$ > own; wait");
    own = number_in("own"), child = number_in("child");
  }
  EXPECT_TRUE(gone_within(own, 2s));
  EXPECT_TRUE(gone_within(child, 2s));
}

TEST_F(ProgramRunTest, NothingOutlivesThisProcessWhenItIsKilled) {
  plan_.grace = 300ms;
  const pid_t other = ::fork();
  if (other == 0) {
    auto run = started("trap '' TERM; sleep 300 & echo $! > child; echo $$ > own; wait");
    std::this_thread::sleep_for(60s);
    ::_exit(0);
  }
  const pid_t own = number_in("own"), child = number_in("child");
  ::kill(other, SIGKILL);
  ::waitpid(other, nullptr, 0);
  EXPECT_TRUE(gone_within(child, 15s));
  EXPECT_TRUE(gone_within(own, 15s));
}

TEST_F(ProgramRunTest, AMissingProgramIsAnErrorAndABrokenOneAReason) {
  plan_.call.words = {"no-such-program-at-all"};
  const auto none = ProgramRun::start(plan_);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().summary, "there is no program no-such-program-at-all");
  std::ofstream(folder_ / "broken") << "#!/no/such/interpreter\n";
  std::filesystem::permissions(folder_ / "broken", std::filesystem::perms::owner_all);
  plan_.call.words = {"./broken"};
  auto run = ProgramRun::start(plan_);
  ASSERT_TRUE(run) << describe(run.error());
  read_all(*run);
  EXPECT_EQ(run->ending().reason, "it could not be started: No such file or directory");
}

TEST_F(ProgramRunTest, OurLocksAreOursAlone) {
  const auto open_lock = [&] { return ::open((folder_ / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666); };
  FileHandle ours(open_lock());
  ASSERT_EQ(::flock(ours.get(), LOCK_EX), 0);
  auto run = started("echo $$ > own; sleep 60");
  number_in("own");
  ours.close();
  const FileHandle another(open_lock());
  int taken = -1;
  for (int i = 0; i < 200 && taken != 0; i++, std::this_thread::sleep_for(10ms))
    taken = ::flock(another.get(), LOCK_EX | LOCK_NB);
  EXPECT_EQ(taken, 0);
}

TEST_F(ProgramRunTest, ManyAtOnceEndEachByItself) {
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  plan_.call.words = {"sh", "-c", "echo '{\"event\":\"epoch\",\"val_loss\":1}'; sleep 0.1"};
  plan_.call.environment = {"PATH=/usr/bin:/bin"};
  for (int t = 0; t < 4; t++)
    threads.emplace_back([&, plan = plan_, t]() mutable {
      plan.log = folder_ / ("log" + std::to_string(t));
      for (int i = 0; i < 5; i++) {
        auto run = ProgramRun::start(plan);
        if (run && read_all(*run).size() == 1 && run->ending().state == RunState::finished) good++;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 20);
}

}  // namespace
}  // namespace atelier
