// run_figures_of.cpp: a run's records, model and data, and the figures of them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "analysis/errors.hpp"
#include "analysis/first_layer.hpp"
#include "analysis/reliability.hpp"
#include "analysis/run_figures.hpp"
#include "analysis/samples.hpp"
#include "base/catalog.hpp"
#include "experiment/build.hpp"
#include "experiment/figures_of.hpp"
#include "experiment/model_data.hpp"
#include "experiment/settings.hpp"
#include "train/evaluate.hpp"

namespace atelier {
namespace {

using Json = nlohmann::ordered_json;

/// What a figure is made of.
struct Source {
  const WorkspaceView& workspace;
  const Run& run;
  const FigureOptions& options;
};

/// A number of a record's text; none where it is missing.
std::optional<double> number_of(const JsonText& text, const char* name) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains(name) || !json[name].is_number()) return std::nullopt;
  return json[name].get<double>();
}

/// "layer 1 (256 relu)", ..., "output layer (10)", as far as the record tells.
std::vector<std::string> layer_names_of(const Run& run) {
  const Json config = Json::parse(run.config, nullptr, false);
  if (!config.is_object()) return {};
  const auto recipe = recipe_from_json(nlohmann::json(config));
  if (!recipe) return {};
  std::vector<std::string> names;
  for (const int width : recipe->layers)
    names.push_back(fmt::format("layer {} ({} {})", names.size() + 1, width, recipe->activation));
  names.emplace_back("output layer");
  return names;
}

Result<RunRecord> record_of(const Source& source) {
  Store& store = source.workspace.store;
  const std::string& id = source.run.id;
  RunRecord record{.id = id};
  auto history = store.history(id);
  if (!history) return pass_on(history);
  record.history = *std::move(history);
  for (const auto& [stream, into] : {std::pair{"step", &record.steps}, std::pair{"layers", &record.layers},
                                     std::pair{"weights", &record.weights}, std::pair{"machine", &record.machine}}) {
    auto series = store.series(id, stream);
    if (!series) return pass_on(series);
    *into = *std::move(series);
  }
  const auto train = number_of(source.run.environment, "train_samples"),
             batch = number_of(source.run.config, "batch_size");
  if (train && batch && *batch > 0) record.steps_per_epoch = std::ceil(*train / *batch);
  if (const auto n = number_of(source.run.environment, "validation_samples"))
    record.validation_samples = static_cast<std::uint64_t>(*n);
  record.layer_names = layer_names_of(source.run);
  return record;
}

template <Figure (*make)(const RunRecord&)>
Result<Figure> from_record(const Source& source) {
  const auto record = record_of(source);
  if (!record) return pass_on(record);
  return make(*record);
}

Result<Model> model_of(const Source& source) {
  const auto path = source.workspace.folder / source.run.id / "model.safetensors";
  std::error_code missing;
  if (std::filesystem::is_regular_file(path, missing)) return read_model(path);
  return fail(Trouble::file, fmt::format("run {} has no model", source.run.id),
              fmt::format("{} is not there; it is {}", path.string(), name_of(source.run.state)),
              "a model is kept from the first finished epoch on; runs of other programs have none");
}

/// The data of a model, and whether they are those it was trained on.
struct Opened {
  Model model;
  DataPair data;
  bool same = true;
};

Result<Opened> open_run(const Source& source) {
  auto model = model_of(source);
  if (!model) return pass_on(model);
  auto data = open_data_of(model->recipe);
  if (!data) return pass_on(data);
  const bool same = data->checksum == model->checksum;
  return Opened{*std::move(model), *std::move(data), same};
}

void add_remarks(Figure& figure, const Opened& opened) {
  if (!opened.same) figure.words.emplace_back("These data are not those the network was trained on.");
}

/// The answers of the run's model.
Result<Answers> answers_of(const Source& source, const Opened& opened) {
  const std::string_view part = source.options.test ? "test" : "validation";
  if (!opened.model.classification)
    return fail(Trouble::usage, "a regression has no classes to confuse",
                fmt::format("run {} gives numbers", source.run.id), "take curves, or another run");
  auto set = part_of(opened.data, opened.model.recipe, part);
  if (!set) return pass_on(set);
  if (auto fits = check_fit(opened.model, *set); !fits) return pass_on(fits);
  ThreadPool pool(threads_of({}));
  Matrix<float> probabilities = predict(opened.model.network, *set, pool);
  std::string what = fmt::format("run {} on {} {}", source.run.id, set->name(), part);
  return Answers{*std::move(set), std::move(probabilities), std::move(what)};
}

template <class Make>
Result<Figure> from_answers(const Source& source, const Make& make) {
  const auto opened = open_run(source);
  if (!opened) return pass_on(opened);
  const auto answers = answers_of(source, *opened);
  if (!answers) return pass_on(answers);
  Result<Figure> figure = make(*answers);
  if (figure) add_remarks(*figure, *opened);
  return figure;
}

Result<Figure> confusion(const Source& source) { return from_answers(source, confusion_of_answers); }
Result<Figure> scores(const Source& source) { return from_answers(source, scores_of_answers); }
Result<Figure> reliability(const Source& source) { return from_answers(source, reliability_figure); }
Result<Figure> errors(const Source& source) {
  return from_answers(source, [](const Answers& answers) { return errors_figure(answers); });
}

/// A class by its name or number.
Result<int> class_of(const Answers& answers, const std::string& word, const char* which) {
  const std::vector<std::string>& names = answers.set.class_names();
  const auto found = std::ranges::find(names, word);
  if (found != names.end()) return static_cast<int>(found - names.begin());
  int number = -1;
  const auto [end, trouble] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (trouble == std::errc{} && end == word.data() + word.size() && number >= 0 &&
      static_cast<std::size_t>(number) < names.size())
    return number;
  return fail(Trouble::usage, fmt::format("there is no class `{}`", word), fmt::format("asked for as the {}", which),
              fmt::format("the classes are {}", fmt::join(names, ", ")));
}

Result<Figure> cell(const Source& source) {
  return from_answers(source, [&](const Answers& answers) -> Result<Figure> {
    const auto truth = class_of(answers, source.options.truth, "true class");
    if (!truth) return pass_on(truth);
    const auto answer = class_of(answers, source.options.answer, "answer");
    if (!answer) return pass_on(answer);
    return cell_figure(answers, *truth, *answer);
  });
}

Result<Figure> first_layer(const Source& source) {
  const auto model = model_of(source);
  if (!model) return pass_on(model);
  const Network<float>& network = model->network;
  if (model->image.width == 0)
    return fail(Trouble::usage, "the first layer cannot be shown as pictures",
                fmt::format("the samples of run {} are no pictures", source.run.id), "take weights");
  const auto first = std::ranges::find_if(network.blocks(), [](const Block& b) { return b.spec.matrix; });
  return first_layer_figure(network.block_values(static_cast<std::size_t>(first - network.blocks().begin())),
                            first->spec.cols, model->image,
                            fmt::format("run {}; weights of its best epoch", source.run.id));
}

Result<Figure> samples(const Source& source) {
  const Json environment = Json::parse(source.run.environment, nullptr, false);
  if (!environment.is_object() || !environment.contains("checksum"))
    return fail(Trouble::usage, fmt::format("the data of run {} are not known", source.run.id),
                "Atelier has not trained it", "`atelier samples` shows those of a data set by name");
  const auto recipe = recipe_from_json(nlohmann::json::parse(source.run.config, nullptr, false));
  if (!recipe) return pass_on(recipe);
  const auto data = open_data_of(*recipe);
  if (!data) return pass_on(data);
  const auto chosen = samples_of(data->train);
  if (!chosen) return pass_on(chosen);
  return samples_figure(data->train.name(), *chosen);
}

struct Entry {
  std::string_view name;
  Result<Figure> (*make)(const Source&);
};

constexpr std::array kFigures = std::to_array<Entry>({
    {"curves", from_record<curves_figure>},
    {"confusion", confusion},
    {"errors", errors},
    {"scores", scores},
    {"reliability", reliability},
    {"gradients", from_record<gradients_figure>},
    {"updates", from_record<updates_figure>},
    {"units", from_record<units_figure>},
    {"weights", from_record<weights_figure>},
    {"first_layer", first_layer},
    {"samples", samples},
    {"machine", from_record<machine_figure>},
    {"cell", cell},
});

}  // namespace

std::span<const std::string_view> run_figure_names() {
  static const auto names = [] {
    std::array<std::string_view, kFigures.size()> all;
    std::ranges::transform(kFigures, all.begin(), &Entry::name);
    return all;
  }();
  return names;
}

Result<Figure> figure_of_run(const WorkspaceView& workspace, const std::string& run, std::string_view name,
                             const FigureOptions& options) {
  const auto entry = std::ranges::find(kFigures, name, &Entry::name);
  if (entry == kFigures.end()) {
    const std::string near = nearest(name, run_figure_names());
    return fail(Trouble::usage, fmt::format("a run has no figure `{}`", name),
                fmt::format("it has {}", fmt::join(run_figure_names(), ", ")),
                near.empty() ? "" : fmt::format("did you mean `{}`?", near));
  }
  const auto found = workspace.store.run(run);
  if (!found) return pass_on(found);
  return entry->make({workspace, *found, options});
}

}  // namespace atelier
