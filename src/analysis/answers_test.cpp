// answers_test.cpp: answers by hand: their confusion, scores, errors and reliability as figures.
#include "analysis/answers.hpp"

#include <gtest/gtest.h>

#include "analysis/detail/testing.hpp"
#include "analysis/errors.hpp"
#include "analysis/reliability.hpp"

namespace atelier {
namespace {

using testing_analysis::answers_of;

/// Three of "a" (two called b), two of "b", one of "c" called b.
Answers six(bool pictures = true) {
  return answers_of({{0, {0.7f, 0.2f, 0.1f}},
                     {0, {0.1f, 0.6f, 0.3f}},
                     {0, {0.01f, 0.98f, 0.01f}},
                     {1, {0.1f, 0.8f, 0.1f}},
                     {1, {0.2f, 0.5f, 0.3f}},
                     {2, {0.0f, 0.95f, 0.05f}}},
                    pictures);
}

TEST(Answers, AreCountedInTheOrderThatIsDrawn) {
  const auto figure = confusion_of_answers(six());
  ASSERT_TRUE(figure);
  EXPECT_EQ(figure->kind, "confusion");
  EXPECT_EQ(figure->caption, "run r on dots validation, 6 samples");
  const auto& data = figure->data;
  const auto names = data["names"].get<std::vector<std::string>>();
  const auto at = [&](const std::string& name) {
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  };
  ASSERT_EQ(names.size(), 3u);
  EXPECT_EQ(data["counts"][at("a")][at("b")], 2);
  EXPECT_EQ(data["counts"][at("b")][at("b")], 2);
  EXPECT_EQ(data["counts"][at("c")][at("b")], 1);
  ASSERT_EQ(data["pairs"].size(), 2u);
  EXPECT_EQ(data["pairs"][0]["truth"], at("a"));
  EXPECT_EQ(data["pairs"][0]["answer"], at("b"));
  EXPECT_EQ(data["pairs"][0]["count"], 2);
  EXPECT_EQ(data["pairs"][1]["count"], 1);
  EXPECT_TRUE(data["pictures"][at("a")].get<std::string>().starts_with("data:image/png;base64,"));
  EXPECT_TRUE(data["pictures"][at("c")].is_null()) << "no c is right";
  EXPECT_FALSE(confusion_of_answers(six(false))->data.contains("pictures"));
}

TEST(Answers, ScoresNameTheWeakestClass) {
  const auto figure = scores_of_answers(six());
  ASSERT_TRUE(figure);
  EXPECT_EQ(figure->title, "“c” is the weakest class, F1 0.000; “b” the strongest, 0.571");
  const auto& a = figure->data["classes"][0];
  EXPECT_EQ(a["precision"], 1);
  EXPECT_DOUBLE_EQ(a["recall"], 1.0 / 3);
  EXPECT_TRUE(figure->data["classes"][2]["precision"].is_null()) << "nothing was called c";
}

TEST(Answers, TheSurestErrorsComeFirst) {
  const auto figure = errors_figure(six(), 2);
  EXPECT_EQ(figure.title, "3 of 6 answers are wrong (50.0 %); 2 of these were given 90 % or more");
  const auto& tiles = figure.data["tiles"];
  ASSERT_EQ(tiles.size(), 2u);
  EXPECT_EQ(tiles[0]["title"], "b 98.0 %");
  EXPECT_EQ(tiles[0]["detail"], "is a · sample 2");
  EXPECT_EQ(tiles[0]["wrong"], true);
  EXPECT_EQ(tiles[1]["title"], "b 95.0 %");
  EXPECT_TRUE(errors_figure(six(false)).data["tiles"][0]["picture"].is_null());
  EXPECT_EQ(errors_figure(answers_of({{1, {0, 1, 0}}})).title, "No answer is wrong");
}

TEST(Answers, ACellShowsItsSamples) {
  const auto figure = cell_figure(six(), 0, 1);
  ASSERT_TRUE(figure);
  EXPECT_EQ(figure->title, "“a” is called “b” in 2 of 3 cases");
  ASSERT_EQ(figure->data["tiles"].size(), 2u);
  EXPECT_EQ(figure->data["tiles"][1]["detail"], "is a · sample 1");
  EXPECT_EQ(cell_figure(six(), 1, 1)->data["tiles"][0]["wrong"], false);
  EXPECT_FALSE(cell_figure(six(), 0, 3));
}

TEST(Reliability, ByHand) {
  // Three bins of a third: 0.2 right; 0.5 and 0.6, one right; 0.9 and 1, both right.
  const std::vector<double> sure{0.2, 0.5, 0.6, 0.9, 1.0};
  const std::vector<std::uint8_t> right{1, 1, 0, 1, 1};
  const Reliability r = reliability_of(sure, right, 3);
  EXPECT_EQ(r.bins[1].count, 2u);
  EXPECT_DOUBLE_EQ(*r.bins[1].confidence, 0.55);
  EXPECT_DOUBLE_EQ(*r.bins[1].accuracy, 0.5);
  EXPECT_NEAR(r.error, 0.2 * 0.8 + 0.4 * 0.05 + 0.4 * 0.05, 1e-12);
  EXPECT_DOUBLE_EQ(r.confidence, 0.64);
}

TEST(Reliability, AnUpperEdgeBelongsToItsBin) {
  const Reliability r = reliability_of(std::vector{0.5, 1.0}, std::vector<std::uint8_t>{1, 1}, 2);
  EXPECT_EQ(r.bins[0].count, 1u);
  EXPECT_EQ(r.bins[1].count, 1u);
}

TEST(Reliability, SaysTooSureOnlyBeyondNoise) {
  std::vector<std::pair<int, std::vector<float>>> rows(200, {0, {0.9f, 0.05f, 0.05f}});
  for (std::size_t i = 0; i < 20; i++) rows[i].first = 1;
  EXPECT_EQ(reliability_figure(answers_of(rows)).title, "Says 90.0 %, is right in 90.0 %: no difference beyond noise");
  for (std::size_t i = 0; i < 60; i++) rows[i].first = 1;
  const auto figure = reliability_figure(answers_of(rows));
  EXPECT_EQ(figure.title, "Says 90.0 %, is right in 70.0 %: 20.0 points too sure");
  EXPECT_NEAR(figure.data["error"].get<double>(), 0.2, 1e-6);
  EXPECT_TRUE(figure.data["bins"][0]["confidence"].is_null());
  ASSERT_EQ(figure.data["bins"].size(), 15u);
}

}  // namespace
}  // namespace atelier
