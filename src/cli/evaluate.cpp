// evaluate.cpp: `atelier evaluate` tells how good a trained network is, class by class.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "analysis/confusion.hpp"
#include "analysis/samples.hpp"
#include "cli/all_commands.hpp"
#include "cli/help.hpp"
#include "cli/picture_file.hpp"
#include "cli/workspace.hpp"
#include "experiment/build.hpp"
#include "experiment/model_data.hpp"
#include "experiment/session.hpp"
#include "figures/progress.hpp"
#include "figures/renderer.hpp"
#include "figures/table.hpp"
#include "train/evaluate.hpp"

namespace atelier::cli {
namespace {

struct State {
  std::string model, workspace, split = "test", data, png;
  bool json = false;
};

/// What was measured, on what.
struct Measured {
  std::string name;  ///< "fashion_mnist test"
  Dataset set;
  Evaluation evaluation;
};

Result<Measured> measure(const State& state, const Console& console) {
  auto model = model_of(state.model, state.workspace);
  if (!model) return pass_on(model);
  if (!state.data.empty()) model->recipe.data = state.data;
  auto data = open_data_of(model->recipe);
  if (!data) return pass_on(data);
  if (state.data.empty() && data->checksum != model->checksum)
    console.note("these data are not those the network was trained on");
  auto set = part_of(*data, model->recipe, state.split);
  if (!set) return pass_on(set);
  if (auto fits = check_fit(*model, *set); !fits) return pass_on(fits);
  auto loss = loss_of(model->recipe, model->classification);
  if (!loss) return pass_on(loss);
  ThreadPool pool(threads_of(Recipe{}));
  Evaluation evaluation = evaluate(model->network, *loss, *set, pool);
  return Measured{fmt::format("{} {}", set->name(), state.split), std::move(*set), std::move(evaluation)};
}

Result<ConfusionMatrix> confusion_of(const Measured& measured) {
  std::vector<std::int32_t> truth;
  for (std::size_t i = 0; i < measured.set.size(); i++) truth.push_back(measured.set.label(i));
  const std::vector<std::int32_t> answers(measured.evaluation.predicted.begin(), measured.evaluation.predicted.end());
  return ConfusionMatrix::of(truth, answers, measured.set.outputs());
}

nlohmann::ordered_json json_of(const ClassScores& scores) {
  const auto number = [](std::optional<double> value) {
    return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
  };
  return {{"samples", scores.samples},
          {"precision", number(scores.precision)},
          {"recall", number(scores.recall)},
          {"f1", number(scores.f1)}};
}

nlohmann::ordered_json json_of(const Measured& measured, const std::string& split) {
  return {{"event", "evaluation"},
          {"dataset", measured.set.name()},
          {"split", split},
          {"samples", measured.set.size()},
          {"loss", measured.evaluation.loss}};
}

void add_classes(nlohmann::ordered_json& json, const Measured& measured, const ConfusionMatrix& matrix) {
  const Scores all = scores(matrix);
  json["accuracy"] = all.accuracy.value;
  json["accuracy_interval"] = {all.accuracy.low, all.accuracy.high};
  json["macro"] = json_of(all.macro);
  json["classes"] = nlohmann::ordered_json::array();
  json["confusion"] = nlohmann::ordered_json::array();
  for (std::size_t c = 0; c < matrix.classes(); c++) {
    nlohmann::ordered_json line{{"name", measured.set.class_names()[c]}};
    line.update(json_of(all.classes[c]));
    json["classes"].push_back(std::move(line));
    std::vector<std::uint64_t> row;
    for (std::size_t answer = 0; answer < matrix.classes(); answer++) row.push_back(matrix[c, answer]);
    json["confusion"].push_back(row);
  }
}

/// The scores in a narrow window: without the samples, names cut to the room there is.
std::string narrow_scores(const Scores& all, const std::vector<std::string>& names, const Terminal& terminal) {
  constexpr int kNumbers = 27;  // cells of the three scores and their gaps
  const int room = std::max(terminal.width - kNumbers, 4);
  const auto number = [](std::optional<double> value) { return value ? fmt::format("{:.4f}", *value) : "–"; };
  Table table{.columns = {{"class"}, {"precision", Align::right}, {"recall", Align::right}, {"F1", Align::right}}};
  const auto add = [&](std::string_view name, const ClassScores& s) {
    table.rows.push_back({clip(printable(name), room), number(s.precision), number(s.recall), number(s.f1)});
  };
  for (std::size_t c = 0; c < all.classes.size(); c++) add(names[c], all.classes[c]);
  table.rows.emplace_back();
  add("mean", all.macro);
  return to_text(table, terminal);
}

std::string scores_that_fit(const Scores& all, const std::vector<std::string>& names, const Terminal& terminal) {
  std::string usual = scores_table(all, names, terminal);
  std::istringstream lines(usual);
  for (std::string line; std::getline(lines, line);)
    if (cells(line) > terminal.width) return narrow_scores(all, names, terminal);
  return usual;
}

void print_classes(const Measured& measured, const ConfusionMatrix& matrix, const Console& console) {
  const Terminal& terminal = console.out_terminal;
  const std::vector<std::string>& names = measured.set.class_names();
  const Scores all = scores(matrix);
  const std::string head =
      fmt::format("{}   {} samples   accuracy {}   loss {}", measured.name, grouped(measured.set.size()),
                  percent_with_doubt(all.accuracy.value, all.accuracy.error), brief_number(measured.evaluation.loss));
  console.out << wrapped(head, terminal) << "\n\n"
              << scores_that_fit(all, names, terminal) << '\n'
              << confusion_table(matrix, names, terminal);
  const auto pairs = most_confused(matrix, 3);
  if (!pairs.empty()) console.out << '\n';
  for (const ConfusedPair& pair : pairs) console.out << wrapped(in_words(pair, matrix, names), terminal) << '\n';
}

Result<void> run(const State& state, const Console& console) {
  if (state.split != "test" && state.split != "validation" && state.split != "train")
    return fail(Trouble::usage, fmt::format("--split knows no `{}`", state.split), "it takes test, validation or train",
                "for example --split validation");
  if (auto named = check_picture_file(state.png); !named) return named;
  auto measured = measure(state, console);
  if (!measured) return pass_on(measured);
  nlohmann::ordered_json json = json_of(*measured, state.split);
  if (!measured->set.is_classification()) {
    if (!state.png.empty()) return fail(Trouble::usage, "a regression has no confusion matrix", {}, "leave out --png");
    if (state.json)
      console.out << json.dump() << '\n';
    else
      console.out << fmt::format("{}   {} samples   loss {}\n", measured->name, grouped(measured->set.size()),
                                 brief_number(measured->evaluation.loss));
    return {};
  }
  auto matrix = confusion_of(*measured);
  if (!matrix) return pass_on(matrix);
  add_classes(json, *measured, *matrix);
  if (state.json)
    console.out << json.dump() << '\n';
  else
    print_classes(*measured, *matrix, console);
  if (state.png.empty()) return {};
  const std::string caption = fmt::format("{}, {} samples", measured->name, grouped(measured->set.size()));
  const auto samples = samples_of(measured->set);  // none where samples are no pictures
  const std::vector<std::string> pictures = samples ? uris_of(*samples) : std::vector<std::string>();
  const Figure figure = confusion_figure(*matrix, measured->set.class_names(), caption, pictures);
  if (auto saved = save(figure, state.png); !saved) return saved;
  console.say("→  " + state.png);
  return {};
}

}  // namespace

Command evaluate_command() {
  return {"evaluate",
          "Train",
          "MODEL [--split NAME]",
          "how good a trained network is, class by class",
          {"atelier evaluate r7k2", "atelier evaluate r7k2 --split validation --png confusion.png"},
          [] {
            auto state = std::make_shared<State>();
            return Prepared{
                {{"MODEL", "", std::string(kModelHelp), &state->model, true},
                 {"--split", "NAME", "test, validation or train [test]", &state->split, false},
                 {"--data", "DIR", "a folder of IDX files instead of the set it was trained on", &state->data, false},
                 {"--png", "FILE", "the confusion matrix as a picture, .png or .svg", &state->png, false},
                 {"--workspace", "DIR", "where runs are kept [atelier-runs]", &state->workspace, false},
                 {"--json", "", "all numbers as one JSON object", &state->json, false}},
                [state](Console& console) { return run(*state, console); }};
          },
          kDoubtRemark};
}

}  // namespace atelier::cli
