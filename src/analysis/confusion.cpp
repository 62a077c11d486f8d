// confusion.cpp: counting, scoring and ordering.
#include "analysis/confusion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "analysis/likeness.hpp"
#include "figures/progress.hpp"

namespace atelier {
namespace {

using Json = nlohmann::ordered_json;

std::optional<double> ratio(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

/// The mean over the classes that have this score.
std::optional<double> mean(std::span<const ClassScores> classes, std::optional<double> ClassScores::* score) {
  double sum = 0;
  std::uint64_t defined = 0;
  for (const ClassScores& c : classes)
    if (c.*score) sum += *(c.*score), ++defined;
  if (defined == 0) return std::nullopt;
  return sum / static_cast<double>(defined);
}

/// Where each class stands in an order.
std::vector<std::size_t> places_of(const std::vector<std::size_t>& order) {
  std::vector<std::size_t> places(order.size());
  for (std::size_t i = 0; i < order.size(); i++) places[order[i]] = i;
  return places;
}

/// The cells of the worst pairs, both directions, the largest first.
Json pairs_of(const ConfusionMatrix& matrix, const std::vector<std::size_t>& order) {
  struct Cell {
    std::size_t truth, answer;
    std::uint64_t count;
  };
  std::vector<Cell> cells;
  for (const ConfusedPair& pair : most_confused(matrix, 3)) {
    cells.push_back({pair.a, pair.b, pair.a_as_b});
    if (pair.b_as_a > 0) cells.push_back({pair.b, pair.a, pair.b_as_a});
  }
  std::ranges::stable_sort(cells, std::ranges::greater{}, &Cell::count);
  const std::vector<std::size_t> places = places_of(order);
  Json list = Json::array();
  for (const Cell& cell : cells)
    list.push_back({{"truth", places[cell.truth]}, {"answer", places[cell.answer]}, {"count", cell.count}});
  return list;
}

}  // namespace

Result<ConfusionMatrix> ConfusionMatrix::of(std::span<const std::int32_t> truth, std::span<const std::int32_t> answers,
                                            std::size_t classes) {
  if (truth.size() != answers.size())
    return fail(Trouble::data, "labels and answers do not pair up",
                fmt::format("there are {} labels and {} answers", grouped(truth.size()), grouped(answers.size())));
  ConfusionMatrix matrix(classes);
  // A negative label becomes a huge one.
  const auto inside = [classes](std::int32_t label) { return static_cast<std::size_t>(label) < classes; };
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (!inside(truth[i]) || !inside(answers[i]))
      return fail(Trouble::data, "a label lies outside the classes",
                  fmt::format("sample {} has label {} and answer {}; there are {} classes", grouped(i), truth[i],
                              answers[i], classes));
    ++matrix.counts_[static_cast<std::size_t>(truth[i]) * classes + static_cast<std::size_t>(answers[i])];
  }
  return matrix;
}

std::uint64_t ConfusionMatrix::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

std::uint64_t ConfusionMatrix::hits() const {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < classes_; ++i) sum += (*this)[i, i];
  return sum;
}

std::uint64_t ConfusionMatrix::row(std::size_t truth) const {
  std::uint64_t sum = 0;
  for (std::size_t j = 0; j < classes_; ++j) sum += (*this)[truth, j];
  return sum;
}

std::uint64_t ConfusionMatrix::column(std::size_t answer) const {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < classes_; ++i) sum += (*this)[i, answer];
  return sum;
}

Scores scores(const ConfusionMatrix& matrix) {
  Scores out{.accuracy = matrix.accuracy()};
  for (std::size_t i = 0; i < matrix.classes(); ++i) {
    const std::uint64_t hits = matrix[i, i], row = matrix.row(i), column = matrix.column(i);
    out.classes.push_back({ratio(hits, column), ratio(hits, row), ratio(2 * hits, row + column), row});
  }
  out.macro = {mean(out.classes, &ClassScores::precision), mean(out.classes, &ClassScores::recall),
               mean(out.classes, &ClassScores::f1), matrix.total()};
  return out;
}

std::vector<ConfusedPair> most_confused(const ConfusionMatrix& matrix, std::size_t at_most) {
  std::vector<ConfusedPair> pairs;
  for (std::size_t i = 0; i < matrix.classes(); ++i)
    for (std::size_t j = i + 1; j < matrix.classes(); ++j) {
      const std::uint64_t there = matrix[i, j], back = matrix[j, i];
      if (there + back > 0)
        pairs.push_back(there >= back ? ConfusedPair{i, j, there, back} : ConfusedPair{j, i, back, there});
    }
  std::ranges::stable_sort(pairs, std::ranges::greater{}, [](const ConfusedPair& p) { return p.a_as_b + p.b_as_a; });
  pairs.resize(std::min(pairs.size(), at_most));
  return pairs;
}

std::string in_words(const ConfusedPair& pair, const ConfusionMatrix& matrix, std::span<const std::string> names) {
  std::string text = fmt::format("“{0}” is called “{1}” in {2} of {3} cases", names[pair.a], names[pair.b],
                                 grouped(pair.a_as_b), grouped(matrix.row(pair.a)));
  if (pair.b_as_a > 0)
    text += fmt::format("; “{1}” is called “{0}” in {2} of {3}", names[pair.a], names[pair.b], grouped(pair.b_as_a),
                        grouped(matrix.row(pair.b)));
  return text;
}

std::vector<std::size_t> likeness_order(const ConfusionMatrix& matrix) {
  const auto rate = [&](std::size_t i, std::size_t j) { return ratio(matrix[i, j], matrix.row(i)).value_or(0); };
  return order_by_likeness(matrix.classes(), [&](std::size_t i, std::size_t j) { return rate(i, j) + rate(j, i); });
}

namespace {

/// The three worst pairs, a sentence each, and what they are of all mistakes.
std::vector<std::string> pairs_in_words(const ConfusionMatrix& matrix, std::span<const std::string> names) {
  std::vector<std::string> words;
  std::uint64_t told = 0;
  const std::vector<ConfusedPair> pairs = most_confused(matrix, 3);
  for (const ConfusedPair& pair : pairs) {
    words.push_back(in_words(pair, matrix, names) + ".");
    told += pair.a_as_b + pair.b_as_a;
  }
  const std::uint64_t mistakes = matrix.total() - matrix.hits();
  if (pairs.size() == 3 && told < mistakes)
    words.push_back(fmt::format("These three pairs are {} of the {} mistakes ({}).", grouped(told), grouped(mistakes),
                                percent(ratio(told, mistakes), 0)));
  return words;
}

}  // namespace

Figure confusion_figure(const ConfusionMatrix& matrix, std::span<const std::string> names, std::string caption,
                        std::span<const std::string> pictures) {
  const Proportion accuracy = matrix.accuracy();
  Figure figure{.figure = "confusion",
                .kind = "confusion",
                .title = matrix.total() == 0
                             ? "No samples"
                             : fmt::format("Accuracy {:.2f} %, 95 % interval {:.2f} to {:.2f}", 100 * accuracy.value,
                                           100 * accuracy.low, 100 * accuracy.high),
                .caption = std::move(caption),
                .words = pairs_in_words(matrix, names)};
  const std::vector<std::size_t> order = likeness_order(matrix);
  Json& data = figure.data;
  data = {{"names", Json::array()}, {"counts", Json::array()}, {"pairs", pairs_of(matrix, order)}};
  for (const std::size_t i : order) {
    data["names"].push_back(names[i]);
    Json row = Json::array();
    for (const std::size_t j : order) row.push_back(matrix[i, j]);
    data["counts"].push_back(std::move(row));
    if (!pictures.empty()) data["pictures"].push_back(pictures[i].empty() ? Json() : Json(pictures[i]));
  }
  return figure;
}

}  // namespace atelier
