// confusion_test.cpp: counts, scores, pairs and the table.
#include "analysis/confusion.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "figures/text.hpp"

namespace atelier {
namespace {

using Labels = std::vector<std::int32_t>;
using Names = std::vector<std::string>;

/// The matrix of these counts.
ConfusionMatrix matrix_of(const std::vector<std::vector<int>>& counts) {
  Labels truth, answers;
  for (std::size_t i = 0; i < counts.size(); ++i)
    for (std::size_t j = 0; j < counts.size(); ++j)
      for (int k = 0; k < counts[i][j]; ++k)
        truth.push_back(static_cast<std::int32_t>(i)), answers.push_back(static_cast<std::int32_t>(j));
  return *ConfusionMatrix::of(truth, answers, counts.size());
}

TEST(Confusion, CountsTruthByAnswer) {
  const auto matrix = ConfusionMatrix::of(Labels{0, 0, 1, 2, 2, 2}, Labels{0, 1, 1, 2, 0, 2}, 3);
  ASSERT_TRUE(matrix.has_value());
  EXPECT_EQ(((*matrix)[0, 1]), 1u);
  EXPECT_EQ(((*matrix)[1, 0]), 0u);
  EXPECT_EQ(((*matrix)[2, 0]), 1u);
  EXPECT_EQ(matrix->total(), 6u);
  EXPECT_EQ(matrix->hits(), 4u);
  EXPECT_EQ(matrix->row(2), 3u);
  EXPECT_EQ(matrix->column(0), 2u);
}

TEST(Confusion, ForeignLabelsAreErrors) {
  EXPECT_FALSE(ConfusionMatrix::of(Labels{0, 1}, Labels{0}, 2).has_value());
  EXPECT_FALSE(ConfusionMatrix::of(Labels{0, 2}, Labels{0, 0}, 2).has_value());
  const auto negative = ConfusionMatrix::of(Labels{0, 1}, Labels{0, -1}, 2);
  ASSERT_FALSE(negative.has_value());
  EXPECT_NE(negative.error().detail.find("sample 1 has label 1 and answer -1"), std::string::npos);
}

TEST(Confusion, ScoresByHand) {
  // Class 0: 5 of 10 answers right, 5 of 6 found. Class 1: 3 of 4, 3 of 8.
  const Scores s = scores(matrix_of({{5, 1}, {5, 3}}));
  EXPECT_DOUBLE_EQ(*s.classes[0].precision, 0.5);
  EXPECT_DOUBLE_EQ(*s.classes[0].recall, 5.0 / 6);
  EXPECT_DOUBLE_EQ(*s.classes[0].f1, 0.625);
  EXPECT_DOUBLE_EQ(*s.classes[1].precision, 0.75);
  EXPECT_DOUBLE_EQ(*s.classes[1].recall, 0.375);
  EXPECT_DOUBLE_EQ(*s.macro.precision, 0.625);
  EXPECT_DOUBLE_EQ(s.accuracy.value, 8.0 / 14);
  EXPECT_EQ(s.macro.samples, 14u);
}

TEST(Confusion, NothingOfNothingIsADash) {
  // Class 1 is never answered, class 2 never there, class 3 neither.
  const Scores s = scores(matrix_of({{4, 0, 1, 0}, {2, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}}));
  EXPECT_FALSE(s.classes[1].precision.has_value());
  EXPECT_EQ(s.classes[1].recall, 0.0);
  EXPECT_EQ(s.classes[1].f1, 0.0);
  EXPECT_EQ(s.classes[2].precision, 0.0);
  EXPECT_FALSE(s.classes[2].recall.has_value());
  EXPECT_FALSE(s.classes[3].f1.has_value());
  EXPECT_DOUBLE_EQ(*s.macro.recall, 0.4) << "the mean over the classes that have one: 0.8 and 0";
  const std::string table = scores_table(s, Names{"a", "b", "c", "d"}, {});
  EXPECT_NE(table.find("d                          –       –       –        0"), std::string::npos) << table;
}

TEST(Confusion, PairsAndTheirWords) {
  const ConfusionMatrix matrix = matrix_of({{10, 1, 0}, {3, 10, 2}, {0, 0, 5}});
  const auto pairs = most_confused(matrix, 5);
  ASSERT_EQ(pairs.size(), 2u);
  EXPECT_EQ(pairs[0].a, 1u) << "the class that is mistaken more often comes first";
  EXPECT_EQ(pairs[0].a_as_b, 3u);
  const Names names{"Coat", "Shirt", "Bag"};
  EXPECT_EQ(in_words(pairs[0], matrix, names),
            "“Shirt” is called “Coat” in 3 of 15 cases; “Coat” is called “Shirt” in 1 of 11");
  EXPECT_EQ(in_words(pairs[1], matrix, names), "“Shirt” is called “Bag” in 2 of 15 cases");
  EXPECT_EQ(most_confused(matrix, 1).size(), 1u);
}

TEST(Confusion, TheFigureIsOrderedAndTold) {
  // 0 and 2 are taken for each other, 1 and 3 too.
  const ConfusionMatrix matrix = matrix_of({{8, 0, 3, 0}, {0, 9, 0, 2}, {2, 0, 8, 0}, {0, 1, 0, 9}});
  EXPECT_EQ(likeness_order(matrix), (std::vector<std::size_t>{0, 2, 1, 3}));
  const Figure figure = confusion_figure(matrix, Names{"a", "b", "c", "d"}, "somewhere");
  EXPECT_EQ(figure.kind, "confusion");
  EXPECT_EQ(figure.data["names"], (Names{"a", "c", "b", "d"}));
  EXPECT_EQ(figure.data["counts"][0], (std::vector<std::uint64_t>{8, 3, 0, 0}));
  EXPECT_FALSE(figure.data.contains("pictures"));
  EXPECT_EQ(figure.title, "Accuracy 80.95 %, 95 % interval 66.70 to 90.02");
  EXPECT_EQ(figure.words.size(), 2u);
}

TEST(Confusion, PairsAndPicturesFollowTheOrder) {
  const ConfusionMatrix matrix = matrix_of({{8, 0, 3, 0}, {0, 9, 0, 2}, {2, 0, 8, 0}, {0, 1, 0, 9}});
  const Names names{"a", "b", "c", "d"}, pictures{"data:a", "data:b", "", "data:d"};
  const Figure figure = confusion_figure(matrix, names, "", pictures);
  EXPECT_EQ(figure.data["pictures"].dump(), R"(["data:a",null,"data:b","data:d"])");
  EXPECT_EQ(figure.data["pairs"][0].dump(), R"({"truth":0,"answer":1,"count":3})") << "a is called c";
  EXPECT_EQ(figure.data["pairs"].size(), 4u);
}

TEST(Confusion, EmptyAndPerfectSetsHaveFiguresToo) {
  const Names names{"a", "b"};
  EXPECT_EQ(confusion_figure(*ConfusionMatrix::of({}, {}, 2), names, "").title, "No samples");
  EXPECT_TRUE(confusion_figure(matrix_of({{2, 0}, {0, 2}}), names, "").words.empty());
  EXPECT_NE(confusion_table(*ConfusionMatrix::of({}, {}, 2), names, {}).find("–"), std::string::npos);
}

TEST(Confusion, TheTableFitsItsWindow) {
  const ConfusionMatrix matrix = matrix_of({{12, 0, 3}, {0, 9, 0}, {2, 0, 8}});
  const Names names{"T-shirt/top", "a bag of a very long name", "Coat"};
  for (const Colour colour : {Colour::none, Colour::basic, Colour::full})
    for (int width = 30; width < 130; ++width) {
      std::istringstream lines(confusion_table(matrix, names, {.colour = colour, .width = width}));
      std::string line;
      std::getline(lines, line);  // what rows and columns are
      while (std::getline(lines, line)) EXPECT_LE(cells(line), std::max(width, 68)) << line;
    }
  EXPECT_EQ(confusion_table(matrix, names, {.width = 60}),
            "rows: true class · columns: answer\n"
            "                  T-shirt/…       Coat  a bag of…   recall\n"
            "T-shirt/top              12          3          ·   80.0 %\n"
            "Coat                      2          8          ·   80.0 %\n"
            "a bag of a very…          ·          ·          9  100.0 %\n");
}

}  // namespace
}  // namespace atelier
