// layer_figures.cpp: what the probes saw of each layer, as figures.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/detail/curves.hpp"
#include "analysis/run_figures.hpp"
#include "figures/progress.hpp"

namespace atelier {
namespace {

using detail::CurveLine;
using detail::CurvePanel;
using Json = nlohmann::ordered_json;

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
constexpr const char* kProbed =
    "run {}; on a fixed batch of its training samples, before the first epoch (0) and after each";

std::string name_of(const RunRecord& run, std::size_t layer) {
  if (layer <= run.layer_names.size()) return run.layer_names[layer - 1];
  return fmt::format("layer {}", layer);
}

/// The column "3.gradient" of a block; none where it has no such column.
std::optional<std::size_t> column_of(const Series& block, std::size_t layer, const char* what) {
  const auto found = std::ranges::find(block.names, fmt::format("{}.{}", layer, what));
  if (found == block.names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - block.names.begin());
}

/// The layers that a stream knows.
std::size_t layers_of(const std::vector<Series>& stream) {
  std::size_t most = 0;
  for (const Series& block : stream)
    for (const std::string& name : block.names)
      most = std::max<std::size_t>(most, std::strtoul(name.c_str(), nullptr, 10));
  return std::min<std::size_t>(most, 10'000);
}

/// One line a layer, through what was recorded under this name; a layer without it has none.
std::vector<CurveLine> lines_of(const RunRecord& run, const char* what) {
  std::vector<CurveLine> lines;
  const std::size_t layers = layers_of(run.layers);
  for (std::size_t layer = 1; layer <= layers; layer++) {
    CurveLine line{.name = name_of(run, layer)};
    for (const Series& block : run.layers) {
      const auto column = column_of(block, layer, what);
      for (std::size_t i = 0; column && i < block.at.size(); i++)
        line.points.emplace_back(static_cast<double>(block.at[i]), block.values[i * block.names.size() + *column]);
    }
    if (!line.points.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

/// The last value of a line that is a number.
double last_of(const CurveLine& line) {
  for (auto point = line.points.rbegin(); point != line.points.rend(); ++point)
    if (std::isfinite(point->second)) return point->second;
  return kNothing;
}

Figure unseen(Figure figure, const RunRecord& run) {
  figure.title = "The layers of this run were not looked at";
  figure.words.emplace_back(
      "A run records its layers unless it is told not to (--probes=false) or was trained by another program.");
  if (figure.kind == "curves")
    figure.data = detail::curves_data({"epoch", "epoch"}, {}, run.id);
  else
    figure.data["panels"] = Json::array();
  return figure;
}

struct Extremes {
  const CurveLine *low = nullptr, *high = nullptr;
};

/// The lines that end lowest and highest, of those that end in a number.
Extremes extremes_of(const std::vector<CurveLine>& lines) {
  Extremes found;
  for (const CurveLine& line : lines) {
    const double last = last_of(line);
    if (!std::isfinite(last)) continue;
    if (!found.low || last < last_of(*found.low)) found.low = &line;
    if (!found.high || last > last_of(*found.high)) found.high = &line;
  }
  return found;
}

}  // namespace

Figure gradients_figure(const RunRecord& run) {
  Figure figure{.figure = "gradients", .kind = "curves", .caption = fmt::format(fmt::runtime(kProbed), run.id)};
  const std::vector<CurveLine> lines = lines_of(run, "gradient");
  if (lines.empty()) return unseen(std::move(figure), run);
  figure.data = detail::curves_data({"epoch", "epoch"},
                                    {{.y = {"gradient", "norm of the loss's gradient", true}, .lines = lines}}, run.id);
  const double first = last_of(lines.front()), last = last_of(lines.back());
  if (lines.size() == 1)
    figure.title = fmt::format("The gradient's norm is {}", brief_number(first));
  else if (first > 0 && last > 0)
    figure.title = fmt::format("The first layer's gradient is {} × the last one's", brief_number(first / last));
  else
    figure.title =
        fmt::format("The first layer's gradient is {}, the last one's {}", brief_number(first), brief_number(last));
  figure.words.emplace_back(
      "The norm is of a layer's whole matrix of weights, without the penalty of weight decay; "
      "wide layers have larger ones.");
  return figure;
}

Figure updates_figure(const RunRecord& run) {
  Figure figure{.figure = "updates", .kind = "curves"};
  figure.caption = fmt::format("run {}; |change| / |weights| of each layer in the last step of an epoch", run.id);
  const std::vector<CurveLine> lines = lines_of(run, "update");
  const Extremes ends = extremes_of(lines);
  if (!ends.low) return unseen(std::move(figure), run);
  figure.data = detail::curves_data({"epoch", "epoch"},
                                    {{.y = {"update", "update ratio of a step", true}, .lines = lines}}, run.id);
  const double low = last_of(*ends.low), high = last_of(*ends.high);
  figure.title = ends.low == ends.high
                     ? fmt::format("A step moves the weights by {} of their norm", brief_number(low))
                     : fmt::format("A step moves the weights by {} ({}) to {} ({}) of their norm", brief_number(low),
                                   ends.low->name, brief_number(high), ends.high->name);
  figure.words.emplace_back(
      "About 0.001 is usual for plain gradient descent; a schedule that ends at 0 takes it to 0.");
  return figure;
}

Figure units_figure(const RunRecord& run) {
  Figure figure{.figure = "units", .kind = "curves", .caption = fmt::format(fmt::runtime(kProbed), run.id)};
  const std::vector<CurveLine> dead = lines_of(run, "dead"), saturated = lines_of(run, "saturated");
  if (layers_of(run.layers) == 0) return unseen(std::move(figure), run);
  std::vector<CurvePanel> panels;
  const auto add = [&](const char* name, const char* label, const std::vector<CurveLine>& lines) {
    if (!lines.empty()) panels.push_back({.y = {name, label}, .lines = lines});
  };
  add("dead", "share of dead units", dead);
  add("saturated", "share of saturated units", saturated);
  figure.data = detail::curves_data({"epoch", "epoch"}, panels, run.id);
  const auto said = [&](const std::vector<CurveLine>& lines, const char* what) {
    const Extremes ends = extremes_of(lines);
    const double most = ends.high ? last_of(*ends.high) : 0;
    if (most == 0) return fmt::format("no unit is {}", what);
    return fmt::format("{} of {} {} {}", percent(most, 1), ends.high->name, lines.size() > 1 ? "at most are" : "are",
                       what);
  };
  if (!dead.empty()) figure.title = said(dead, "dead");
  if (!saturated.empty()) figure.title += (dead.empty() ? "" : "; ") + said(saturated, "saturated");
  if (figure.title.empty()) figure.title = "no unit can die or saturate";
  figure.title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(figure.title[0])));
  if (!dead.empty())
    figure.words.emplace_back("A unit is dead when it lets no gradient through on any sample of the batch.");
  if (!saturated.empty())
    figure.words.emplace_back(
        "A unit is saturated when, on 95 % of the samples, it lets less than a fiftieth of its "
        "steepest slope through.");
  return figure;
}

Figure weights_figure(const RunRecord& run) {
  Figure figure{.figure = "weights", .kind = "weights"};
  figure.caption =
      fmt::format("run {}; weights of each layer before the first epoch (0) and after each, without biases", run.id);
  const std::size_t layers = layers_of(run.weights);
  if (layers == 0) return unseen(std::move(figure), run);
  figure.data["panels"] = Json::array();
  for (std::size_t layer = 1; layer <= layers; layer++) {
    Json histograms = Json::array();
    for (const Series& block : run.weights) {
      const auto low = column_of(block, layer, "low"), high = column_of(block, layer, "high"),
                 first = column_of(block, layer, "0");
      if (!low || !high || !first) continue;
      std::size_t bins = 0;
      while (column_of(block, layer, std::to_string(bins).c_str()) == *first + bins) bins++;
      for (std::size_t i = 0; i < block.at.size(); i++) {
        const double* row = block.values.data() + i * block.names.size();
        histograms.push_back({{"epoch", block.at[i]},
                              {"low", row[*low]},
                              {"high", row[*high]},
                              {"counts", std::vector<std::int64_t>(row + *first, row + *first + bins)}});
      }
    }
    figure.data["panels"].push_back({{"name", name_of(run, layer)}, {"histograms", std::move(histograms)}});
  }
  double furthest = 0;
  std::size_t widest = 1;
  for (std::size_t layer = 1; layer <= layers; layer++) {
    const Json& all = figure.data["panels"][layer - 1]["histograms"];
    if (all.empty()) continue;
    const double reach =
        std::max(std::abs(all.back()["low"].get<double>()), std::abs(all.back()["high"].get<double>()));
    if (reach > furthest) furthest = reach, widest = layer;
  }
  figure.title = fmt::format("The largest weight is ±{}, in {}", brief_number(furthest), name_of(run, widest));
  return figure;
}

}  // namespace atelier
