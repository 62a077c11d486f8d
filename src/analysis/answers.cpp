// answers.cpp: answers counted, and their figures' data.
#include "analysis/answers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/samples.hpp"
#include "figures/progress.hpp"

namespace atelier {
namespace {

using Json = nlohmann::ordered_json;

Json number(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

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

/// For each class the sample that the network is surest of, among those it gets right; a class without any has null.
Json typical_pictures(const Answers& answers, const std::vector<std::size_t>& order) {
  std::vector<std::optional<std::size_t>> best(order.size());
  for (std::size_t i = 0; i < answers.size(); i++) {
    if (answers.wrong(i)) continue;
    auto& holder = best[static_cast<std::size_t>(answers.truth(i))];
    if (!holder || answers.probability(i, answers.truth(i)) > answers.probability(*holder, answers.truth(i)))
      holder = i;
  }
  Json pictures = Json::array();
  for (const std::size_t c : order)
    pictures.push_back(best[c] ? Json(picture_uri(picture_of(answers.set, *best[c]))) : Json());
  return pictures;
}

}  // namespace

int Answers::answer(std::size_t sample) const {
  const auto row = probabilities.row(sample);
  return static_cast<int>(std::ranges::max_element(row) - row.begin());
}

std::string caption_of(const Answers& answers) {
  return fmt::format("{}, {} samples", answers.what, grouped(answers.size()));
}

Result<ConfusionMatrix> confusion_of(const Answers& answers) {
  std::vector<std::int32_t> truth, given;
  for (std::size_t i = 0; i < answers.size(); i++) {
    truth.push_back(answers.truth(i));
    given.push_back(answers.answer(i));
  }
  return ConfusionMatrix::of(truth, given, answers.set.outputs());
}

Result<Figure> confusion_of_answers(const Answers& answers) {
  const auto matrix = confusion_of(answers);
  if (!matrix) return pass_on(matrix);
  ConfusionFigure plain = confusion_figure(*matrix, answers.set.class_names(), caption_of(answers));
  const std::vector<std::size_t> order = likeness_order(*matrix);
  Figure figure{.figure = "confusion", .kind = "confusion", .title = plain.title, .caption = plain.caption};
  figure.words = plain.remarks;
  figure.data = {{"names", plain.names}, {"counts", plain.counts}, {"pairs", pairs_of(*matrix, order)}};
  if (answers.set.image().width > 0) figure.data["pictures"] = typical_pictures(answers, order);
  return figure;
}

Result<Figure> scores_of_answers(const Answers& answers) {
  const auto matrix = confusion_of(answers);
  if (!matrix) return pass_on(matrix);
  const Scores all = scores(*matrix);
  const std::vector<std::string>& names = answers.set.class_names();
  Figure figure{.figure = "scores", .kind = "scores", .caption = caption_of(answers)};
  figure.data["classes"] = Json::array();
  std::optional<std::size_t> weakest, strongest;
  for (std::size_t c = 0; c < names.size(); c++) {
    const ClassScores& s = all.classes[c];
    figure.data["classes"].push_back({{"name", names[c]},
                                      {"precision", number(s.precision)},
                                      {"recall", number(s.recall)},
                                      {"f1", number(s.f1)},
                                      {"samples", s.samples}});
    if (!s.f1) continue;
    if (!weakest || *s.f1 < *all.classes[*weakest].f1) weakest = c;
    if (!strongest || *s.f1 > *all.classes[*strongest].f1) strongest = c;
  }
  if (!weakest) {
    figure.title = "No samples";
    return figure;
  }
  const auto f1 = [&](std::size_t c) { return *all.classes[c].f1; };
  figure.title = fmt::format("“{}” is the weakest class, F1 {:.3f}; “{}” the strongest, {:.3f}", names[*weakest],
                             f1(*weakest), names[*strongest], f1(*strongest));
  const ClassScores& low = all.classes[*weakest];
  figure.words.push_back(fmt::format("Of “{}”, {} are found; of what is called so, {} are right.", names[*weakest],
                                     percent(low.recall, 1), percent(low.precision, 1)));
  if (all.macro.f1) figure.words.push_back(fmt::format("The mean F1 of all classes is {:.4f}.", *all.macro.f1));
  return figure;
}

}  // namespace atelier
