// reproduce_figures.cpp: the figures of the assignment that no run and no sweep has by itself.
#include <fmt/format.h>

#include <algorithm>

#include "analysis/paired.hpp"
#include "experiment/detail/reproduce_parts.hpp"
#include "experiment/figures_of.hpp"
#include "figures/progress.hpp"

namespace atelier {
namespace {

using Json = nlohmann::ordered_json;

/// Curves of validation accuracy by epoch.
Json accuracy_curves(Json lines) {
  const Json epoch{{"name", "epoch"}, {"label", "epoch"}, {"scale", "linear"}};
  const Json accuracy{{"name", "val_accuracy"}, {"label", "validation accuracy"}, {"scale", "linear"}};
  return {{"x", epoch}, {"panels", Json::array({{{"y", accuracy}, {"lines", std::move(lines)}}})}};
}

double final_accuracy(const std::vector<EpochReport>& history) {
  return history.empty() ? 0 : *history.back().val_accuracy;
}

/// Puts a figure into its place, or passes its error on.
Result<void> take(Result<Figure> figure, Figure& into) {
  if (!figure) return pass_on(figure);
  into = *std::move(figure);
  return {};
}

Result<void> take_all(const WorkspaceView& view, const std::string& sweep, std::initializer_list<const char*> names,
                      std::vector<Figure>& into) {
  for (const char* name : names)
    if (auto taken = take(figure_of_sweep(view, sweep, name), into.emplace_back()); !taken) return taken;
  return {};
}

}  // namespace

Result<void> add_figures(Reproduction& r) {
  const std::filesystem::path folder = r.options.folder / "runs";
  const auto store = open_store(folder, {.read_only = true});
  if (!store) return pass_on(store);
  const WorkspaceView view{folder, **store};
  const std::string& network = r.network.training.run;
  const std::string& best = r.sweep.outcome.trials[*r.sweep.outcome.best].run;
  const std::string& sweep = r.sweep.outcome.id;
  if (auto ok = take(figure_of_run(view, network, "samples"), r.sample_figure); !ok) return ok;
  if (auto ok = take(figure_of_run(view, network, "curves"), r.network.curves); !ok) return ok;
  if (auto ok = take(figure_of_run(view, best, "confusion", {.test = true}), r.sweep.confusion); !ok) return ok;
  if (auto ok = take(figure_of_sweep(view, sweep, "created"), r.sweep.created); !ok) return ok;
  if (auto ok = take_all(view, sweep, {"parallel"}, r.sweep.search); !ok) return ok;
  return take_all(view, sweep, {"importance", "correlation", "slices"}, r.sweep.insight);
}

Figure race_figure(const Reproduction& r) {
  Json lines = Json::array();
  const Racer* first = nullptr;
  for (const Racer& racer : r.race) {
    Json points = Json::array();
    for (const EpochReport& e : racer.history) points.push_back({e.epoch, *e.val_accuracy});
    lines.push_back({{"name", racer.optimizer}, {"role", "other"}, {"points", std::move(points)}});
    if (!first || final_accuracy(racer.history) > final_accuracy(first->history)) first = &racer;
  }
  return {
      .figure = "optimizers",
      .kind = "curves",
      .title = fmt::format("{} leads after {} epochs with {}", first->optimizer, r.race_recipe.epochs,
                           percent(final_accuracy(first->history))),
      .caption = fmt::format("validation accuracy of {} pictures; {} hidden layers of {}, {}, batch size {}, one seed",
                             grouped(r.validation), r.race_recipe.layers.size(), r.race_recipe.layers.front(),
                             r.race_recipe.activation, r.race_recipe.batch_size),
      .data = accuracy_curves(std::move(lines))};
}

Figure losses_figure(const Reproduction& r) {
  Json lines = Json::array();
  for (const LossAnswer& loss : r.losses) {
    Json points = Json::array(), band = Json::array();
    for (std::size_t e = 0; e < loss.curves.front().size(); ++e) {
      std::vector<double> seeds;
      for (const std::vector<double>& curve : loss.curves) seeds.push_back(curve[e]);
      const MeanInterval mean = mean_interval(seeds);
      points.push_back({e + 1, mean.mean});
      band.push_back({e + 1, mean.mean - mean.half_width(), mean.mean + mean.half_width()});
    }
    lines.push_back({{"name", loss.loss}, {"role", "other"}, {"points", std::move(points)}, {"band", std::move(band)}});
  }
  return {.figure = "losses",
          .kind = "curves",
          .title = in_words(r.losses[1], r.losses.front()),
          .caption = fmt::format("validation accuracy, mean of {} seeds with its 95 % interval; one hidden layer of {}",
                                 r.losses.front().accuracy.size(), r.loss_recipe.layers.front()),
          .data = accuracy_curves(std::move(lines))};
}

}  // namespace atelier
