// errors.cpp: samples chosen by the network's answers.
#include "analysis/errors.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/samples.hpp"
#include "figures/progress.hpp"

namespace atelier {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kSure = 0.9;  // an answer given at least this probability is called sure

/// Samples by the probability of their answer, largest first; of equals, the first sample first.
void surest_first(std::vector<std::size_t>& samples, const Answers& answers) {
  std::ranges::stable_sort(samples, std::ranges::greater{},
                           [&](std::size_t i) { return answers.probability(i, answers.answer(i)); });
}

const std::string& name_of(const Answers& answers, int label) {
  return answers.set.class_names()[static_cast<std::size_t>(label)];
}

/// "99.8 %"; never "100 %" of what is less.
std::string sureness(double probability) {
  const double shown = probability < 1 ? std::min(probability, 0.9999) : probability;
  return fmt::format("{:.{}f} %", 100 * shown, shown > 0.999 ? 2 : 1);
}

Json tile_of(const Answers& answers, std::size_t sample) {
  const int answer = answers.answer(sample), truth = answers.truth(sample);
  const bool pictures = answers.set.image().width > 0, wrong = answer != truth;
  const std::string place = fmt::format("sample {}", grouped(sample));
  return {{"picture", pictures ? Json(picture_uri(picture_of(answers.set, sample))) : Json()},
          {"title", fmt::format("{} {}", name_of(answers, answer), sureness(answers.probability(sample, answer)))},
          {"detail", wrong ? fmt::format("is {} · {}", name_of(answers, truth), place) : place},
          {"wrong", wrong}};
}

Json gallery(const Answers& answers, std::span<const std::size_t> samples, int columns) {
  Json tiles = Json::array();
  for (const std::size_t sample : samples) tiles.push_back(tile_of(answers, sample));
  return {{"columns", columns}, {"tiles", std::move(tiles)}};
}

}  // namespace

Figure errors_figure(const Answers& answers, std::size_t at_most) {
  std::vector<std::size_t> wrong;
  std::size_t sure = 0;
  for (std::size_t i = 0; i < answers.size(); i++) {
    if (!answers.wrong(i)) continue;
    wrong.push_back(i);
    if (answers.probability(i, answers.answer(i)) >= kSure) sure++;
  }
  surest_first(wrong, answers);
  const std::size_t shown = std::min(wrong.size(), at_most);
  Figure figure{.figure = "errors", .kind = "gallery", .caption = caption_of(answers)};
  figure.data = gallery(answers, std::span(wrong).first(shown), 6);
  if (wrong.empty()) {
    figure.title = "No answer is wrong";
    return figure;
  }
  const Proportion share = proportion(wrong.size(), answers.size());
  figure.title =
      fmt::format("{} of {} answers are wrong ({:.1f} %); {} of these were given {:.0f} % or more",
                  grouped(wrong.size()), grouped(answers.size()), 100 * share.value, grouped(sure), 100 * kSure);
  figure.words.push_back(
      "Each picture has the answer and its probability above, and what it is below; the surest "
      "mistakes come first.");
  if (shown < wrong.size())
    figure.words.push_back(fmt::format("The {} surest of {} are shown.", shown, grouped(wrong.size())));
  return figure;
}

Result<Figure> cell_figure(const Answers& answers, int truth, int answer, std::size_t at_most) {
  const int classes = static_cast<int>(answers.set.outputs());
  for (const int label : {truth, answer})
    if (label < 0 || label >= classes)
      return fail(Trouble::usage, fmt::format("there is no class {}", label),
                  fmt::format("the classes are 0 to {}", classes - 1));
  std::vector<std::size_t> chosen;
  std::size_t members = 0;
  for (std::size_t i = 0; i < answers.size(); i++) {
    if (answers.truth(i) != truth) continue;
    members++;
    if (answers.answer(i) == answer) chosen.push_back(i);
  }
  surest_first(chosen, answers);
  const std::size_t shown = std::min(chosen.size(), at_most);
  Figure figure{.figure = "cell", .kind = "gallery", .caption = caption_of(answers)};
  figure.title = fmt::format("“{}” is called “{}” in {} of {} cases", name_of(answers, truth), name_of(answers, answer),
                             grouped(chosen.size()), grouped(members));
  if (shown < chosen.size())
    figure.words.push_back(fmt::format("The {} surest of {} are shown.", shown, grouped(chosen.size())));
  figure.data = gallery(answers, std::span(chosen).first(shown), 6);
  return figure;
}

}  // namespace atelier
