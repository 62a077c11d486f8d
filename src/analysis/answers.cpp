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

/// For each class the sample that the network is surest of, among those it gets right; none where it gets none right, or
/// where samples are no pictures at all.
std::vector<std::string> typical_pictures(const Answers& answers) {
  if (answers.set.image().width == 0) return {};
  std::vector<std::optional<std::size_t>> best(answers.set.outputs());
  for (std::size_t i = 0; i < answers.size(); i++) {
    if (answers.wrong(i)) continue;
    auto& holder = best[static_cast<std::size_t>(answers.truth(i))];
    if (!holder || answers.probability(i, answers.truth(i)) > answers.probability(*holder, answers.truth(i)))
      holder = i;
  }
  std::vector<std::string> pictures;
  for (const auto& sample : best)
    pictures.push_back(sample ? picture_uri(picture_of(answers.set, *sample)) : std::string());
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
  return confusion_figure(*matrix, answers.set.class_names(), caption_of(answers), typical_pictures(answers));
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
