// try_model.cpp: one sample through a model: answer, gradient, neighbours.
#include "serve/try_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/samples.hpp"
#include "experiment/build.hpp"
#include "experiment/model_data.hpp"
#include "figures/picture.hpp"
#include "serve/beneath.hpp"
#include "train/evaluate.hpp"

namespace atelier {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kNeighbours = 5;
constexpr double kMostOperations = 4e10;  // about a second
constexpr float kStep = 0.01f;            // of the central differences: a hundredth of black to white

/// The network's outputs for rows of features.
Matrix<float> outputs(const Model& model, const Matrix<float>& rows, bool classes, ThreadPool& pool) {
  return predict(model.network, rows.view(), classes, pool);
}

/// d logit / d x by central differences: two rows a value, a few hundred rows at a time.
std::vector<double> gradient_of(const Model& model, const std::vector<float>& x, std::size_t answer, ThreadPool& pool) {
  constexpr std::size_t kValues = 256;
  const auto width = x.size();
  if (4.0 * static_cast<double>(width) * static_cast<double>(model.network.parameter_count()) > kMostOperations)
    return {};
  std::vector<double> gradient;
  gradient.reserve(width);
  for (std::size_t first = 0; first < width; first += kValues) {
    const std::size_t count = std::min(kValues, width - first);
    Matrix<float> rows(2 * count, width);
    for (std::size_t i = 0; i < 2 * count; ++i) {
      std::ranges::copy(x, rows.row(i).begin());
      rows.row(i)[first + i / 2] += i % 2 == 0 ? kStep : -kStep;
    }
    const Matrix<float> z = outputs(model, rows, false, pool);
    for (std::size_t i = 0; i < count; ++i)
      gradient.push_back((static_cast<double>(z.row(2 * i)[answer]) - static_cast<double>(z.row(2 * i + 1)[answer])) /
                         (2 * static_cast<double>(kStep)));
  }
  return gradient;
}

std::string label_of(const Dataset& set, std::size_t i) {
  if (!set.is_classification()) return fmt::format("{:.4g}", set.target(i)[0]);
  return set.class_names()[static_cast<std::size_t>(set.label(i))];
}

/// Every sample is looked at, or of a very large set every n-th.
std::vector<Neighbour> nearest_to(const std::vector<float>& x, const Dataset& train) {
  if (train.width() != x.size()) return {};
  constexpr double kMostValues = 4e8;
  const double all = static_cast<double>(train.size()) * static_cast<double>(train.width());
  const auto stride = static_cast<std::size_t>(std::max(1.0, std::ceil(all / kMostValues)));
  std::vector<std::pair<double, std::size_t>> found;
  std::vector<float> other(x.size());
  for (std::size_t i = 0; i < train.size(); i += stride) {
    train.features(i, other);
    float squares = 0;
    for (std::size_t k = 0; k < x.size(); ++k) squares += (x[k] - other[k]) * (x[k] - other[k]);
    found.emplace_back(static_cast<double>(squares), i);
  }
  const std::size_t count = std::min(kNeighbours, found.size());
  std::ranges::partial_sort(found, found.begin() + static_cast<std::ptrdiff_t>(count));
  std::vector<Neighbour> nearest;
  for (const auto& [squares, i] : std::span(found).first(count))
    nearest.push_back({i, label_of(train, i), std::sqrt(squares),
                       train.image().width > 0 ? data_uri_of(picture_of(train, i)) : std::string()});
  return nearest;
}

}  // namespace

struct TryRoom::Desk {
  std::string run;
  FileStamp stamp;
  Model model;
  std::optional<Dataset> train, test;
  ThreadPool pool{1};
};

// The model is read through the file that was opened below the workspace, whatever its name leads to by then.
Result<TryRoom::Desk*> TryRoom::desk_of(const std::filesystem::path& workspace, const std::string& run) {
  const auto file = open_beneath(workspace, run + "/model.safetensors");
  if (!file)
    return fail(Trouble::model, fmt::format("run {} has no model yet", run), {}, "it has one after its first epoch");
  if (desk_ && desk_->run == run && desk_->stamp == file->stamp) return desk_.get();
  auto model = read_model(fmt::format("/proc/self/fd/{}", file->handle.get()));
  if (!model) return pass_on(model);
  std::optional<Dataset> train, test;
  if (const auto data = open_data_of(model->recipe)) {
    if (auto part = part_of(*data, model->recipe, "train"); part && check_fit(*model, *part)) train = *std::move(part);
    if (auto part = part_of(*data, model->recipe, "test"); part && check_fit(*model, *part)) test = *std::move(part);
  }
  desk_ = std::make_shared<Desk>(run, file->stamp, *std::move(model), std::move(train), std::move(test));
  return desk_.get();
}

Result<TryAnswer> TryRoom::ask(const std::filesystem::path& workspace, const std::string& run,
                               const TryQuestion& question) {
  const std::scoped_lock guard(mutex_);
  const auto at = desk_of(workspace, run);
  if (!at) return std::unexpected(at.error());
  Desk& desk = **at;
  const std::size_t width = desk.model.network.inputs();
  TryAnswer out{.pixels = question.pixels, .image = desk.model.image, .names = desk.model.class_names};
  if (question.test) {
    if (!desk.test || *question.test >= desk.test->size())
      return fail(Trouble::usage, fmt::format("there is no test sample {}", *question.test),
                  desk.test ? fmt::format("the test set has {}", desk.test->size()) : "the test set is not here");
    out.pixels.resize(width);
    desk.test->features(*question.test, out.pixels);
    out.truth = label_of(*desk.test, *question.test);
  }
  if (out.pixels.size() != width)
    return fail(Trouble::usage, fmt::format("the network takes {} values, found {}", width, out.pixels.size()));
  if (!std::ranges::all_of(out.pixels, [](float v) { return std::isfinite(v); }))
    return fail(Trouble::usage, "a value is no finite number");
  const FlushDenormals flush;
  Matrix<float> row(1, width);
  std::ranges::copy(out.pixels, row.row(0).begin());
  const Matrix<float> answer = outputs(desk.model, row, desk.model.classification, desk.pool);
  out.probabilities.assign(answer.row(0).begin(), answer.row(0).end());
  out.answer = static_cast<std::size_t>(std::ranges::max_element(out.probabilities) - out.probabilities.begin());
  out.gradient = gradient_of(desk.model, out.pixels, out.answer, desk.pool);
  if (desk.train) out.nearest = nearest_to(out.pixels, *desk.train);
  return out;
}

Json to_json(const TryAnswer& answer) {
  Json nearest = Json::array();
  for (const Neighbour& one : answer.nearest)
    nearest.push_back({{"index", one.index},
                       {"label", one.label},
                       {"distance", one.distance},
                       {"picture", one.picture.empty() ? Json() : Json(one.picture)}});
  const ImageShape& image = answer.image;
  return {{"pixels", answer.pixels},
          {"image", {{"height", image.height}, {"width", image.width}, {"channels", image.channels}}},
          {"names", answer.names},
          {"probabilities", answer.probabilities},
          {"answer", answer.answer},
          {"truth", answer.truth.empty() ? Json() : Json(answer.truth)},
          {"gradient", answer.gradient.empty() ? Json() : Json(answer.gradient)},
          {"nearest", nearest}};
}

}  // namespace atelier
