// space_test.cpp: distributions against known quantiles; spaces counted, checked, written down.
#include "tune/space.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tune/detail/special.hpp"

namespace atelier {
namespace {

using Shape = Numeric::Shape;

Value whole(std::int64_t v) { return v; }

TEST(Special, NormalQuantilesAreKnownToFifteenDigits) {
  EXPECT_DOUBLE_EQ(special::normal_quantile(0.5), 0);
  EXPECT_NEAR(special::normal_quantile(0.975), 1.959963984540054, 1e-14);
  EXPECT_NEAR(special::normal_quantile(1e-10), -6.361340902404056, 1e-13);
  EXPECT_NEAR(special::normal_quantile(0.001), -3.090232306167813, 1e-14);
  for (double z = -6; z <= 6; z += 0.37) {
    EXPECT_NEAR(special::normal_cdf(z), 0.5 * std::erfc(-z / std::sqrt(2.0)), 1e-15);
    EXPECT_NEAR(special::quick_normal_cdf(z), special::normal_cdf(z), 1e-10);
    if (z <= 0) {
      EXPECT_NEAR(special::mills_ratio(z) * special::normal_pdf(z) / (0.5 * std::erfc(-z / std::sqrt(2.0))), 1, 1e-12);
    }
  }
}

TEST(Special, GammaAndBetaAgreeWithTheirClosedForms) {
  for (const double x : {0.1, 0.5, 1.0, 2.5, 7.0, 30.0, 400.0})
    EXPECT_NEAR(special::log_gamma(x), std::lgamma(x), 1e-12 * (1 + std::lgamma(x)));
  for (double x = 0.05; x < 1; x += 0.1) {
    EXPECT_NEAR(special::beta_cdf(x, 1, 1), x, 1e-14);
    EXPECT_NEAR(special::beta_cdf(x, 2, 1), x * x, 1e-14);
    EXPECT_NEAR(special::beta_cdf(x, 0.5, 0.5), 2 / std::acos(-1.0) * std::asin(std::sqrt(x)), 1e-13);
    EXPECT_NEAR(special::beta_quantile(special::beta_cdf(x, 3, 0.7), 3, 0.7), x, 1e-12);
  }
}

struct Known {
  Numeric numeric;
  double u;
  Value value;
};

TEST(Quantile, DistributionsGiveTheValuesThatWandbGives) {
  const Known cases[] = {
      {{.shape = Shape::uniform, .low = 2, .high = 4}, 0.25, 2.5},
      {{.shape = Shape::uniform, .low = 1, .high = 4, .integer = true}, 0.0, whole(1)},
      {{.shape = Shape::uniform, .low = 1, .high = 4, .integer = true}, 0.999, whole(4)},
      {{.shape = Shape::uniform, .low = 1, .high = 4, .integer = true}, 0.26, whole(2)},
      {{.shape = Shape::uniform, .low = 0, .high = 1, .step = 0.25}, 0.4, 0.5},
      {{.shape = Shape::uniform, .low = 16, .high = 128, .step = 16, .integer = true}, 0.5, whole(64)},
      {{.shape = Shape::log_uniform, .low = 1e-4, .high = 1e-2}, 0.5, 1e-3},
      {{.shape = Shape::inv_log_uniform, .low = 1e-4, .high = 1e-2}, 0.75, std::pow(10, -2.5)},
      {{.shape = Shape::normal, .mu = 3, .sigma = 2}, 0.975, 3 + 2 * 1.959963984540054},
      {{.shape = Shape::log_normal, .mu = 0, .sigma = 1}, 0.5, 1.0},
      {{.shape = Shape::normal, .mu = 0, .sigma = 1, .step = 0.5}, 0.975, 2.0},
      {{.shape = Shape::beta, .mu = 2, .sigma = 1}, 0.25, 0.5},
  };
  for (const Known& known : cases) {
    const Parameter parameter{"p", known.numeric};
    const Value value = at_quantile(parameter, known.u);
    ASSERT_EQ(value.index(), known.value.index()) << to_text(value);
    if (const auto* real = std::get_if<double>(&value))
      EXPECT_NEAR(*real, std::get<double>(known.value), 1e-12);
    else
      EXPECT_EQ(value, known.value);
  }
}

TEST(Cardinality, OfManyIndependentConditionsIsCountedAtOnce) {
  Space space;
  for (char c = 'a'; c <= 'z'; c++) {
    const std::string name(1, c);
    space.parameters.push_back({name, Choice{{true, false}}});
    space.parameters.push_back({name + "_x", Choice{{whole(1), whole(2), whole(3)}}, Condition{name, {true}}});
  }
  EXPECT_EQ(cardinality(space), std::uint64_t{1} << 52) << "four of each pair";
}

TEST(Cardinality, OfConditionsInARowIsASum) {
  const Space space{{{"a", Choice{{whole(1), whole(2)}}},
                     {"b", Choice{{whole(1), whole(2), whole(3)}}, Condition{"a", {whole(2)}}},
                     {"c", Choice{{whole(1), whole(2)}}, Condition{"b", {whole(2), whole(3)}}},
                     {"d", Choice{{whole(1), whole(2), whole(3)}}}}};
  EXPECT_EQ(cardinality(space), 3u * (1 + 1 + 2 + 2));
}

TEST(GridOf, CountsFromItsLowerEnd) {
  const Space grid = grid_of({{{"a", Numeric{.low = 0.05, .high = 0.45, .step = 0.1}}}});
  EXPECT_EQ(cardinality(grid), 4u);
  for (const double x : {0.05, 0.15, 0.25, 0.35}) EXPECT_TRUE(contains(grid, {{"a", x}})) << x;
  for (const double x : {0.0, 0.1, 0.45}) EXPECT_FALSE(contains(grid, {{"a", x}})) << x;
  EXPECT_EQ(at_quantile(grid.parameters[0], 0.0), level(grid.parameters[0], 0));
  EXPECT_EQ(cardinality(grid_of(grid)), 4u) << "a grid of a grid is that grid";
}

std::vector<Parameter> every_kind() {
  return {
      {"a", Numeric{.low = -1, .high = 3}},
      {"b", Numeric{.low = -3, .high = 12, .integer = true}},
      {"c", Numeric{.low = 0.1, .high = 0.9, .step = 0.1}},
      {"d", Numeric{.shape = Shape::log_uniform, .low = 1e-5, .high = 10}},
      {"e", Numeric{.shape = Shape::log_uniform, .low = 8, .high = 500, .step = 8, .integer = true}},
      {"f", Numeric{.shape = Shape::normal, .mu = 1, .sigma = 3}},
      {"g", Numeric{.shape = Shape::log_normal, .mu = 1, .sigma = 0.5, .step = 0.25}},
      {"h", Numeric{.shape = Shape::beta, .mu = 2, .sigma = 5}},
      {"i", Choice{{32.0, 8.0, 16.0}, {0.2, 0.5, 0.3}, true}},
  };
}

TEST(Quantile, PositionsLeadBackToTheirValues) {
  for (const Parameter& parameter : every_kind()) {
    double last = -1;
    for (double u = 0.001; u < 1; u += 0.0131) {
      const Value value = at_quantile(parameter, u);
      const auto position = unit_position(parameter, value);
      ASSERT_TRUE(position) << parameter.name << " " << to_text(value);
      EXPECT_GE(*position, last) << parameter.name;
      last = *position;
      const auto cell = unit_cell(parameter, value);
      if (cell) {
        EXPECT_LE(cell->first, u + 1e-12) << parameter.name << " " << to_text(value);
        EXPECT_GE(cell->second, u - 1e-12) << parameter.name << " " << to_text(value);
        EXPECT_TRUE(same_value(at_quantile(parameter, 0.5 * (cell->first + cell->second)), value)) << parameter.name;
      } else {
        EXPECT_NEAR(*position, u, 1e-9) << parameter.name;
      }
    }
  }
}

TEST(Quantile, ValuesOutsideHaveNoPosition) {
  EXPECT_FALSE(unit_position({"p", Numeric{.low = 0, .high = 1}}, 1.5));
  EXPECT_FALSE(unit_position({"p", Numeric{.low = 0, .high = 1}}, std::string("x")));
  EXPECT_FALSE(unit_position({"p", Numeric{.low = 0, .high = 9, .integer = true}}, 1.5));
  EXPECT_FALSE(unit_position({"p", Choice{{std::string("a"), std::string("b")}}}, std::string("a")));
}

TEST(Choices, AreDrawnByTheirProbabilities) {
  const Parameter parameter{"p", Choice{{std::string("a"), std::string("b"), std::string("c")}, {0.5, 0.0, 0.5}}};
  EXPECT_EQ(at_quantile(parameter, 0.0), Value(std::string("a")));
  EXPECT_EQ(at_quantile(parameter, 0.49), Value(std::string("a")));
  EXPECT_EQ(at_quantile(parameter, 0.5), Value(std::string("c")));
  EXPECT_EQ(at_quantile(parameter, 0.999), Value(std::string("c")));
}

TEST(SpaceCounting, MultipliesAndAddsUpOverConditions) {
  Space space{{{"depth", Numeric{.low = 1, .high = 3, .integer = true}},
               {"rate", Choice{{1e-3, 1e-4}}},
               {"width_2", Choice{{whole(32), whole(64)}}, Condition{"depth", {whole(2), whole(3)}}},
               {"width_3", Choice{{whole(32), whole(64)}}, Condition{"depth", {whole(3)}}}}};
  ASSERT_TRUE(check(space));
  EXPECT_EQ(cardinality(space), 2u * (1 + 2 + 4));
  space.parameters.push_back({"x", Numeric{}});
  EXPECT_EQ(cardinality(space), std::nullopt);
}

TEST(SpaceCounting, GivesUpBeyondWhatFits) {
  Space space;
  for (char c = 'a'; c < 'k'; c++)
    space.parameters.push_back({std::string(1, c), Numeric{.low = 0, .high = 1023, .integer = true}});
  EXPECT_EQ(cardinality(space), std::nullopt);
  space.parameters.resize(6);
  EXPECT_EQ(cardinality(space), std::uint64_t{1} << 60);
}

TEST(SpaceCheck, RefusesContradictions) {
  const Space bad[] = {
      {{{"b", Numeric{}}, {"a", Numeric{}}}},
      {{{"a", Numeric{.low = 2, .high = 1}}}},
      {{{"a", Numeric{.shape = Shape::log_uniform, .low = 0, .high = 1}}}},
      {{{"a", Numeric{.low = 0.1, .high = 0.3, .step = 1}}}},
      {{{"a", Choice{}}}},
      {{{"a", Choice{{whole(1), 1.0}}}}},
      {{{"a", Choice{{whole(1), whole(2)}, {0.5, 0.4}}}}},
      {{{"a", Numeric{}, Condition{"b", {true}}}}},
      {{{"a", Numeric{}, Condition{"b", {true}}}, {"b", Choice{{true, false}}, Condition{"a", {1.0}}}}},
  };
  for (const Space& space : bad) EXPECT_FALSE(check(space));
}

TEST(Configurations, SurviveJson) {
  const Configuration configuration{
      {"a", true}, {"b", whole(3)}, {"c", 3.0}, {"d", std::string("relu")}, {"e", Literal{"[64,64]"}}, {"f", 1e-3}};
  const auto json = to_json(configuration);
  EXPECT_EQ(json.dump(), R"({"a":true,"b":3,"c":3.0,"d":"relu","e":[64,64],"f":0.001})");
  EXPECT_EQ(configuration_from_json(json), configuration);
  EXPECT_FALSE(configuration_from_json(nlohmann::json::array()));
}

TEST(Configurations, TheSameRunHasOneFingerprint) {
  EXPECT_EQ(fingerprint({{"a", whole(3)}}), fingerprint({{"a", 3.0}}));
  EXPECT_NE(fingerprint({{"a", whole(1)}}), fingerprint({{"a", true}}));
  EXPECT_NE(fingerprint({{"a", whole(1)}}), fingerprint({{"a", std::string("1")}}));
  EXPECT_NE(fingerprint({{"a", std::string("1;b=2")}}), fingerprint({{"a", whole(1)}, {"b", whole(2)}}));
}

}  // namespace
}  // namespace atelier
