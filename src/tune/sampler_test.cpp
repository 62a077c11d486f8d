// sampler_test.cpp: what every sampler of the catalog must do, and what only one does.
#include "tune/sampler.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "tune/detail/sobol_points.hpp"

namespace atelier {
namespace {

using Shape = Numeric::Shape;
using State = Observation::State;

Value whole(std::int64_t v) { return v; }
Value word(const char* v) { return std::string(v); }

struct Case {
  const char* name;
  Space space;
};

std::vector<Case> spaces() {
  return {
      {"every distribution",
       {{{"a", Numeric{.low = -1, .high = 3}},
         {"b", Numeric{.low = -3, .high = 12, .integer = true}},
         {"c", Numeric{.low = 0.1, .high = 0.9, .step = 0.1}},
         {"d", Numeric{.shape = Shape::log_uniform, .low = 1e-5, .high = 10}},
         {"e", Numeric{.shape = Shape::log_uniform, .low = 8, .high = 500, .step = 8, .integer = true}},
         {"f", Numeric{.shape = Shape::normal, .mu = 1, .sigma = 3}},
         {"g", Numeric{.shape = Shape::log_normal, .mu = 1, .sigma = 0.5, .step = 0.25}},
         {"h", Numeric{.shape = Shape::beta, .mu = 2, .sigma = 5}},
         {"i", Choice{{word("sgd"), word("adam"), true, Literal{"[1,2]"}}, {0.1, 0.4, 0.25, 0.25}}},
         {"j", Constant{word("x")}}}}},
      {"a list each",
       {{{"activation", Choice{{word("relu"), word("tanh")}}},
         {"batch", Choice{{whole(16), whole(32), whole(64)}, {}, true}},
         {"epochs", Constant{whole(5)}},
         {"one", Choice{{whole(7)}, {}, true}}}}},
      {"conditions",
       {{{"depth", Numeric{.low = 1, .high = 3, .integer = true}},
         {"width_2", Choice{{whole(32), whole(64)}, {}, true}, Condition{"depth", {whole(2), whole(3)}}},
         {"width_3", Choice{{whole(32), whole(64)}, {}, true}, Condition{"depth", {whole(3)}}}}}},
      {"a condition on a later name",
       {{{"beta", Numeric{.low = 0, .high = 1}, Condition{"optimizer", {word("momentum")}}},
         {"optimizer", Choice{{word("sgd"), word("momentum")}}}}}},
      {"constants only", {{{"a", Constant{whole(1)}}, {"b", Constant{true}}}}},
  };
}

/// A loss that any configuration has: the sum of its numbers and of the lengths of its words.
double loss_of(const Configuration& configuration) {
  double sum = 0;
  for (const auto& [name, value] : configuration) {
    if (const auto* real = std::get_if<double>(&value)) sum += std::abs(*real);
    if (const auto* integer = std::get_if<std::int64_t>(&value)) sum += 0.1 * static_cast<double>(*integer);
    if (const auto* text = std::get_if<std::string>(&value)) sum += static_cast<double>(text->size());
  }
  return sum;
}

/// Trials of every state, as a sweep with mishaps leaves them.
Observation observe(const Configuration& configuration, std::size_t trial) {
  Observation seen{configuration, State::finished, loss_of(configuration), 10, 10};
  if (trial % 7 == 3) seen = {configuration, State::stopped, loss_of(configuration) + 1, 3, 10};
  if (trial % 11 == 5) seen = {configuration, State::failed, std::numeric_limits<double>::quiet_NaN(), 1, 10};
  if (trial % 13 == 6) seen = {configuration, State::failed, std::nullopt, 0, 10};
  if (trial % 17 == 8) seen = {configuration, State::finished, std::numeric_limits<double>::infinity(), 10, 10};
  if (trial % 5 == 4) seen = {configuration, State::pending, std::nullopt, 0, 10};
  return seen;
}

/// Asks until a proposal is new, as a study does; none when the sampler gives up or repeats itself 200 times.
std::optional<Configuration> ask_for_new(const Sampler& by, const Space& space, const std::vector<Observation>& history,
                                         std::uint64_t seed) {
  std::set<std::string> seen;
  for (const Observation& observation : history) seen.insert(fingerprint(observation.configuration));
  for (std::uint64_t attempt = 0; attempt < 200; attempt++) {
    auto proposal = by.propose({space, history, seed, history.size(), 100}, attempt);
    if (!proposal || !seen.contains(fingerprint(*proposal))) return proposal;
  }
  ADD_FAILURE() << by.name << " repeats itself";
  return std::nullopt;
}

class EverySampler : public testing::TestWithParam<Sampler> {};

TEST_P(EverySampler, StaysInsideTheSpaceAndAnswersTheSameAgain) {
  for (const Case& c : spaces()) {
    ASSERT_TRUE(check(c.space)) << c.name;
    std::vector<Observation> history;
    for (std::size_t trial = 0; trial < 30; trial++) {
      const auto proposal = ask_for_new(GetParam(), c.space, history, 3);
      if (!proposal) break;
      EXPECT_TRUE(contains(c.space, *proposal)) << c.name << " " << to_json(*proposal).dump();
      const Ask ask{c.space, history, 3, trial, 100};
      EXPECT_EQ(GetParam().propose(ask, 1), GetParam().propose(ask, 1)) << c.name;
      history.push_back(observe(*proposal, trial));
    }
    EXPECT_FALSE(history.empty()) << c.name;
  }
}

TEST_P(EverySampler, ExhaustsAFiniteSpaceAndThenSaysSo) {
  for (const Case& c : spaces()) {
    const auto all = cardinality(c.space);
    if (!all) continue;
    std::vector<Observation> history;
    while (history.size() <= *all) {
      const auto proposal = ask_for_new(GetParam(), c.space, history, 1);
      if (!proposal) break;
      history.push_back(observe(*proposal, history.size()));
    }
    EXPECT_EQ(history.size(), *all) << c.name;
    EXPECT_FALSE(GetParam().propose({c.space, history, 1, history.size(), 0}, 0)) << c.name;
  }
}

TEST_P(EverySampler, OverlooksWhatLiesOutsideTheSpace) {
  const Space space = spaces()[0].space;
  std::vector<Observation> history;
  for (std::size_t i = 0; i < 20; i++)
    history.push_back({{{"foreign", static_cast<double>(i)}}, State::finished, 1.0, 10, 10});
  const auto proposal = GetParam().propose({space, history, 0, 20, 0}, 0);
  ASSERT_TRUE(proposal);
  EXPECT_TRUE(contains(space, *proposal));
}

TEST_P(EverySampler, SeedsDiffer) {
  if (GetParam().name == "grid") return;  // which has one order
  const Space space = spaces()[0].space;
  EXPECT_NE(GetParam().propose({space, {}, 1, 0, 0}, 0), GetParam().propose({space, {}, 2, 0, 0}, 0));
}

TEST_P(EverySampler, IsFoundByItsName) {
  const auto found = sampler(GetParam().name);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->propose, GetParam().propose);
  EXPECT_FALSE(GetParam().summary.empty());
}

INSTANTIATE_TEST_SUITE_P(Catalog, EverySampler, testing::ValuesIn(samplers().begin(), samplers().end()),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(Samplers, AnUnknownNameIsToldTheNearest) {
  const auto found = sampler("sobl");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().hint, "did you mean `sobol`?");
}

TEST(Samplers, BayesPicksByLengthAndConditions) {
  EXPECT_EQ(sampler_for("bayes", spaces()[0].space, 0)->name, "gp");
  EXPECT_EQ(sampler_for("bayes", spaces()[0].space, 300)->name, "tpe");
  EXPECT_EQ(sampler_for("bayes", spaces()[2].space, 0)->name, "tpe");
  EXPECT_EQ(sampler_for("grid", spaces()[0].space, 0)->name, "grid");
  EXPECT_FALSE(sampler_for("custom", spaces()[0].space, 0));
}

TEST(GridOrder, IsWandbs) {
  const Space space{{{"a", Numeric{.low = 1, .high = 2, .integer = true}},
                     {"b", Numeric{.low = 0, .high = 0.4, .step = 0.2}},
                     {"c", Choice{{word("y"), word("x")}}}}};
  const Sampler grid = *sampler("grid");
  std::vector<Observation> history;
  std::string order;
  while (auto next = grid.propose({space, history, 0, history.size(), 0}, 0)) {
    order += to_text(next->at("a")) + to_text(next->at("b")) + to_text(next->at("c")) + " ";
    history.push_back({*next});
  }
  EXPECT_EQ(order, "10.0y 10.0x 10.2y 10.2x 20.0y 20.0x 20.2y 20.2x ");
}

TEST(Sobol, EveryAxisAndPairIsCoveredEvenly) {
  constexpr std::uint32_t n = 256;
  const detail::SobolPoints points(53, Philox(7, 7));
  for (std::size_t d = 0; d < 53; d++) {
    std::set<int> strips;
    for (std::uint32_t i = 0; i < n; i++) strips.insert(static_cast<int>(points(i, d) * n));
    EXPECT_EQ(strips.size(), n) << d;
  }
  std::set<int> cells;  // dimensions 1 and 2 are a (0, 2)-sequence: each of 16 x 16 squares holds one point
  for (std::uint32_t i = 0; i < n; i++)
    cells.insert(static_cast<int>(points(i, 0) * 16) * 16 + static_cast<int>(points(i, 1) * 16));
  EXPECT_EQ(cells.size(), n);
}

}  // namespace
}  // namespace atelier
