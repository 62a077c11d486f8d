// predict.cpp: `atelier predict` shows what a trained network makes of pictures.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "cli/all_commands.hpp"
#include "cli/workspace.hpp"
#include "data/picture.hpp"
#include "experiment/build.hpp"
#include "experiment/session.hpp"
#include "figures/progress.hpp"
#include "figures/text.hpp"
#include "train/evaluate.hpp"

namespace atelier::cli {
namespace {

constexpr std::size_t kMostLines = 20;  // of a distribution
constexpr int kBar = 30;

struct State {
  std::string model, workspace;
  std::vector<std::string> images;
  bool json = false;
};

/// The pictures that could be read, and what was wrong with the others.
struct Gallery {
  std::vector<std::string> files;
  std::vector<FittedPicture> pictures;
  std::vector<Error> troubles;
};

Gallery read_all(const std::vector<std::string>& files, const ImageShape& shape) {
  Gallery gallery;
  for (const std::string& file : files) {
    auto picture = read_picture(file);
    auto fitted = picture ? fit_picture(std::move(*picture), shape) : Result<FittedPicture>(pass_on(picture));
    if (!fitted) {
      gallery.troubles.push_back(std::move(fitted.error()));
      continue;
    }
    gallery.files.push_back(file);
    gallery.pictures.push_back(std::move(*fitted));
  }
  return gallery;
}

/// One error of what could not be read; its kind is that of the first.
Result<void> verdict(const Gallery& gallery) {
  if (gallery.troubles.empty()) return {};
  if (gallery.troubles.size() == 1) return std::unexpected(gallery.troubles.front());
  Error all{.kind = gallery.troubles.front().kind,
            .summary = fmt::format("{} of {} pictures cannot be used", gallery.troubles.size(),
                                   gallery.troubles.size() + gallery.pictures.size()),
            .detail = {},
            .hint = gallery.troubles.front().hint};
  for (const Error& trouble : gallery.troubles)
    all.detail += fmt::format("{}{}: {}", all.detail.empty() ? "" : "\n", trouble.summary, trouble.detail);
  return std::unexpected(std::move(all));
}

/// The classes, the likeliest first.
std::vector<std::size_t> by_probability(std::span<const float> probabilities) {
  std::vector<std::size_t> order(probabilities.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater(), [&](std::size_t c) { return probabilities[c]; });
  return order;
}

std::string what_was_done(const FittedPicture& picture, const ImageShape& shape) {
  std::string text;
  if (picture.resized_from)
    text = fmt::format("resized from {} × {} to {} × {}", picture.resized_from->width, picture.resized_from->height,
                       shape.width, shape.height);
  if (picture.inverted) text += fmt::format("{}inverted: it was dark on light", text.empty() ? "" : ", ");
  return text;
}

void print(const std::string& file, const std::string& done, std::span<const float> probabilities,
           const std::vector<std::string>& names, const Console& console) {
  const Colour colour = console.out_terminal.colour;
  console.out << inked(printable(file), Ink::bold, colour)
              << (done.empty() ? "" : "   " + inked(done, Ink::dim, colour)) << '\n';
  int width = 0;
  for (const std::string& name : names) width = std::max(width, cells(name));
  const std::vector<std::size_t> order = by_probability(probabilities);
  for (std::size_t i = 0; i < std::min(order.size(), kMostLines); i++) {
    const double p = static_cast<double>(probabilities[order[i]]);
    std::string bar;
    for (int full = static_cast<int>(std::lround(p * kBar)); full > 0; full--) bar += "█";
    console.out << fmt::format("  {}  {:>8}  {}", pad(names[order[i]], width), percent(p),
                               inked(bar, Ink::accent, colour));
    console.out << '\n';
  }
  if (order.size() > kMostLines)
    console.out << fmt::format("  and {} less likely classes\n", order.size() - kMostLines);
}

nlohmann::ordered_json json_of(const std::string& file, const FittedPicture& picture,
                               std::span<const float> probabilities, const std::vector<std::string>& names) {
  nlohmann::ordered_json json{{"file", printable(file)}, {"class", names[by_probability(probabilities).front()]}};
  for (std::size_t c = 0; c < names.size(); c++) json["probabilities"][names[c]] = probabilities[c];
  if (picture.resized_from) json["resized_from"] = {picture.resized_from->width, picture.resized_from->height};
  json["inverted"] = picture.inverted;
  return json;
}

Result<void> run(const State& state, const Console& console) {
  auto model = model_of(state.model, state.workspace);
  if (!model) return pass_on(model);
  if (!model->classification)
    return fail(Trouble::data, "this network answers with numbers, not classes", "it was trained for a regression",
                "predict shows networks that tell classes of pictures apart");
  const Gallery gallery = read_all(state.images, model->image);
  const std::vector<FittedPicture>& pictures = gallery.pictures;
  Matrix<float> features(pictures.size(), model->network.inputs());
  for (std::size_t i = 0; i < pictures.size(); i++) std::ranges::copy(pictures[i].features, features.row(i).begin());
  ThreadPool pool(threads_of(Recipe{}));
  Matrix<float> answers;
  if (!pictures.empty()) answers = predict(model->network, std::as_const(features).view(), true, pool);
  for (std::size_t i = 0; i < pictures.size(); i++) {
    const std::span<const float> probabilities = std::as_const(answers).row(i);
    if (state.json) {
      console.out << json_of(gallery.files[i], pictures[i], probabilities, model->class_names).dump() << '\n';
      continue;
    }
    if (i) console.out << '\n';
    print(gallery.files[i], what_was_done(pictures[i], model->image), probabilities, model->class_names, console);
  }
  return verdict(gallery);
}

}  // namespace

Command predict_command() {
  return {"predict",
          "Train",
          "MODEL IMAGE...",
          "what a trained network makes of PNG and JPEG pictures",
          {"atelier predict r7k2 shoe.png", "atelier predict atelier-runs/r7k2/model.safetensors *.png --json"},
          [] {
            auto state = std::make_shared<State>();
            return Prepared{{{"MODEL", "", std::string(kModelHelp), &state->model, true},
                             {"IMAGE", "", "pictures of any size", &state->images, true},
                             {"--workspace", "DIR", "where runs are kept [atelier-runs]", &state->workspace, false},
                             {"--json", "", "one JSON object a picture", &state->json, false}},
                            [state](Console& console) { return run(*state, console); }};
          }};
}

}  // namespace atelier::cli
