// objective_test.cpp: the functions reach the optimum that they state, and the judge keeps the score right.
#include "objective.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>

namespace {

using namespace atelier;

TEST(Functions, ReachTheirOptimum) {
  const std::map<std::string_view, std::vector<double>> places = {
      {"branin", {3.14159265, 2.275}},
      {"hartmann6", {0.20168952, 0.15001069, 0.47687398, 0.27533243, 0.31165162, 0.65730054}},
      {"rosenbrock", {1, 1, 1, 1}},
      {"shekel", {4.00074687, 3.99950949, 4.00074687, 3.99950948}},
      {"michalewicz5", {2.20290552, 1.57079633, 1.28499157, 1.92305847, 1.72046977}},
      {"ackley", {0, 0, 0, 0, 0}},
      {"levy", {1, 1, 1, 1}},
      {"styblinski_tang", {-2.90353403, -2.90353403, -2.90353403}}};
  for (const Function& function : functions()) {
    const auto at = places.find(function.name);
    ASSERT_NE(at, places.end()) << function.name;
    const double optimum = function.optimum(at->second.size());
    EXPECT_NEAR(function.value(at->second), optimum, 1e-6) << function.name;
    for (const double step : {-1e-3, 1e-3}) {
      std::vector<double> beside = at->second;
      beside[0] += step;
      EXPECT_GT(function.value(beside), optimum) << function.name;
    }
  }
}

/// One list of three values, each trained twice: the means are 4, 2 and 3.
Objective small_table() {
  Objective table{.name = "small", .space = {{{"x", Choice{{std::int64_t{1}, std::int64_t{2}, std::int64_t{3}}}}}}};
  table.repeats = 2;
  table.table = {1, 7, 2, 2, 3, 3};
  table.optimum = 2;
  return table;
}

Configuration at(std::int64_t x) { return {{"x", x}}; }

TEST(Judge, ShowsARepeatAndScoresByTheMean) {
  const Objective table = small_table();
  std::map<double, int> shown;
  for (std::uint64_t seed = 0; seed < 64; seed++) {
    Judge judge(table, seed), again(table, seed);
    const double loss = *judge.tell(at(1));
    EXPECT_EQ(loss, *again.tell(at(1))) << "the seed decides";
    EXPECT_EQ(judge.trace(), std::to_string(seed) + ",1,2\n");
    judge.tell(at(2));
    shown[loss]++;
    // The lucky repeat keeps the first place, and its regret.
    EXPECT_EQ(judge.trace().find(",2,0\n") != std::string::npos, loss == 7) << judge.trace();
  }
  EXPECT_EQ(shown[1] + shown[7], 64);
  EXPECT_GT(std::min(shown[1], shown[7]), 16);
}

TEST(Judge, RefusesWhatTheSpaceDoesNotHave) {
  const Objective table = small_table();
  Judge judge(table, 0);
  EXPECT_FALSE(judge.tell(at(4)));
  EXPECT_FALSE(judge.tell({}));
  EXPECT_EQ(judge.trials(), 0u);
}

TEST(Traces, KeepTheLongerSearch) {
  Places places;
  places.traces = std::filesystem::temp_directory_path() / ("search_traces_" + std::to_string(::getpid()));
  auto traces = Traces::open(places, "small", "random");
  ASSERT_TRUE(traces);
  ASSERT_TRUE(traces->add(3, "3,1,5\n3,25,4\n"));
  ASSERT_TRUE(traces->add(0, "0,50,1\n"));
  const auto read = Traces::open(places, "small", "random");
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->has(3, 25));
  EXPECT_FALSE(read->has(3, 26));
  EXPECT_TRUE(read->has(0, 50));
  EXPECT_FALSE(read->has(1, 1));
  std::ifstream file(places.traces / "small" / "random.csv");
  EXPECT_EQ(std::string(std::istreambuf_iterator(file), {}), "seed,trial,regret\n0,50,1\n3,1,5\n3,25,4\n");
  std::filesystem::remove_all(places.traces);
}

}  // namespace
