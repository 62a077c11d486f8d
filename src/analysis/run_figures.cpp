// run_figures.cpp: learning curves, and the machine behind them.
#include "analysis/run_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "analysis/detail/curves.hpp"
#include "analysis/proportion.hpp"
#include "figures/progress.hpp"

namespace atelier {
namespace {

using detail::CurveLine;
using detail::CurvePanel;

constexpr std::size_t kPoints = 400;  // of a line of steps, at most: what a panel can show
constexpr std::size_t kPanels = 6;

std::optional<double> value_of(const EpochRow& row, const std::string& name) {
  const auto found = row.metrics.find(name);
  if (found == row.metrics.end() || !std::isfinite(found->second)) return std::nullopt;
  return found->second;
}

/// The epoch of the best validation score: accuracy where it is known, else loss; the first of equals.
const EpochRow* best_epoch(const std::vector<EpochRow>& history, const std::string& metric, bool greatest) {
  const EpochRow* best = nullptr;
  for (const EpochRow& row : history) {
    const auto value = value_of(row, metric);
    if (!value) continue;
    if (!best || (greatest ? *value > *value_of(*best, metric) : *value < *value_of(*best, metric))) best = &row;
  }
  return best;
}

CurveLine line_of(const RunRecord& run, const std::string& metric, std::string name, std::string role) {
  CurveLine line{.name = std::move(name), .role = std::move(role)};
  for (const EpochRow& row : run.history) {
    const auto found = row.metrics.find(metric);
    if (found != row.metrics.end()) line.points.emplace_back(row.epoch, found->second);
  }
  return line;
}

/// The losses of the steps as a line over epochs: the mean of what a point stands for, with its range.
std::optional<CurveLine> line_of_steps(const RunRecord& run) {
  if (!run.steps_per_epoch || *run.steps_per_epoch <= 0) return std::nullopt;
  std::vector<std::pair<double, double>> all;
  for (const Series& block : run.steps) {
    const auto name = std::ranges::find(block.names, "train_loss");
    if (name == block.names.end()) continue;
    const auto column = static_cast<std::size_t>(name - block.names.begin());
    for (std::size_t i = 0; i < block.at.size(); i++)
      all.emplace_back(static_cast<double>(block.at[i]) / *run.steps_per_epoch,
                       block.values[i * block.names.size() + column]);
  }
  if (all.empty()) return std::nullopt;
  CurveLine line{.name = "training, by step", .role = "train"};
  const std::size_t each = (all.size() + kPoints - 1) / kPoints;
  for (std::size_t first = 0; first < all.size(); first += each) {
    const std::size_t last = std::min(first + each, all.size());
    double sum = 0, low = all[first].second, high = low;
    for (std::size_t i = first; i < last; i++) {
      sum += all[i].second;
      low = std::min(low, all[i].second), high = std::max(high, all[i].second);
    }
    line.points.emplace_back(all[last - 1].first, sum / static_cast<double>(last - first));
    if (each > 1 && std::isfinite(low) && std::isfinite(high)) line.band.push_back({all[last - 1].first, low, high});
  }
  return line;
}

bool about_speed(const std::string& metric) { return metric == "train_seconds" || metric == "samples_per_second"; }

/// "loss" of "train_loss" and "val_loss"; a metric without either is its own.
std::string stem_of(const std::string& metric) {
  for (const std::string_view prefix : {"train_", "val_"})
    if (metric.starts_with(prefix)) return metric.substr(prefix.size());
  return metric;
}

/// Loss and accuracy first, then what else was measured.
std::vector<std::string> stems_of(const std::vector<EpochRow>& history) {
  std::map<std::string, bool> found;
  for (const EpochRow& row : history)
    for (const auto& [metric, value] : row.metrics)
      if (!about_speed(metric)) found[stem_of(metric)] = true;
  std::vector<std::string> stems;
  for (const char* first : {"loss", "accuracy"})
    if (found.erase(first)) stems.emplace_back(first);
  for (const auto& [stem, yes] : found) stems.push_back(stem);
  if (stems.size() > kPanels) stems.resize(kPanels);
  return stems;
}

CurvePanel panel_of(const RunRecord& run, const std::string& stem) {
  CurvePanel panel{.y = {stem, stem}};
  const auto add = [&](const std::string& metric, const char* name, const char* role) {
    CurveLine line = line_of(run, metric, name, role);
    if (!line.points.empty()) panel.lines.push_back(std::move(line));
  };
  add("train_" + stem, "training", "train");
  add("val_" + stem, "validation", "validation");
  add(stem, stem.c_str(), "other");
  if (stem != "loss") return panel;
  if (auto steps = line_of_steps(run)) panel.lines.push_back(*std::move(steps));
  return panel;
}

std::string doubted(double share, const std::optional<std::uint64_t>& samples) {
  if (!samples || *samples == 0) return percent(share);
  const auto n = static_cast<double>(*samples);
  return percent_with_doubt(share, std::sqrt(share * (1 - share) / n));
}

/// What can be read off the curves, in sentences.
std::vector<std::string> words_of(const RunRecord& run, const EpochRow& best) {
  std::vector<std::string> words;
  const auto train = value_of(best, "train_accuracy"), validation = value_of(best, "val_accuracy");
  if (train && validation)
    words.push_back(fmt::format("At epoch {} training accuracy is {}, {:.1f} points {} validation.", best.epoch,
                                percent(train), 100 * std::abs(*train - *validation),
                                *train >= *validation ? "above" : "below"));
  const EpochRow* lowest = best_epoch(run.history, "val_loss", false);
  const auto last = value_of(run.history.back(), "val_loss");
  if (lowest && last && lowest->epoch < run.history.back().epoch)
    words.push_back(fmt::format("The validation loss was lowest at epoch {} ({}) and is {} after the last.",
                                lowest->epoch, brief_number(*value_of(*lowest, "val_loss")), brief_number(*last)));
  return words;
}

}  // namespace

Figure curves_figure(const RunRecord& run) {
  Figure figure{.figure = "curves", .kind = "curves"};
  figure.caption = fmt::format(
      "run {}; training is the mean over an epoch while it learns, validation is measured "
      "after it",
      run.id);
  std::vector<CurvePanel> panels;
  for (const std::string& stem : stems_of(run.history)) panels.push_back(panel_of(run, stem));
  if (panels.empty())
    if (auto steps = line_of_steps(run)) panels.push_back({.y = {"loss", "loss"}, .lines = {*std::move(steps)}});
  figure.data = detail::curves_data({"epoch", "epoch"}, panels, run.id);
  if (run.history.empty()) {
    figure.title = "No epoch is finished yet";
    return figure;
  }
  const int epochs = run.history.back().epoch;
  const EpochRow* best = best_epoch(run.history, "val_accuracy", true);
  if (best)
    figure.title = fmt::format("Best validation accuracy {} at epoch {} of {}",
                               doubted(*value_of(*best, "val_accuracy"), run.validation_samples), best->epoch, epochs);
  else if ((best = best_epoch(run.history, "val_loss", false)))
    figure.title = fmt::format("Lowest validation loss {} at epoch {} of {}",
                               brief_number(*value_of(*best, "val_loss")), best->epoch, epochs);
  else
    figure.title = fmt::format("{} {}", epochs, epochs == 1 ? "epoch" : "epochs");
  if (!best) return figure;
  figure.words = words_of(run, *best);
  figure.data["marks"] = {{{"x", best->epoch}, {"name", "best"}}};
  return figure;
}

Figure machine_figure(const RunRecord& run) {
  struct Look {
    double seconds, cpu, bytes;
  };
  std::vector<Look> looks;
  for (const Series& block : run.machine) {
    const auto column = [&](const char* name) { return std::ranges::find(block.names, name) - block.names.begin(); };
    const auto cpu = static_cast<std::size_t>(column("cpu_seconds")),
               bytes = static_cast<std::size_t>(column("resident_bytes"));
    const std::size_t width = block.names.size();
    if (cpu >= width || bytes >= width) continue;
    for (std::size_t i = 0; i < block.at.size(); i++)
      looks.push_back(
          {static_cast<double>(block.at[i]) / 1000, block.values[i * width + cpu], block.values[i * width + bytes]});
  }
  Figure figure{.figure = "machine", .kind = "curves"};
  figure.caption = fmt::format("run {}; of the whole process that trains it, looked at once a second", run.id);
  CurvePanel cores{.y = {"cores", "processor cores in use"}, .lines = {{.name = "cores"}}};
  CurvePanel memory{.y = {"memory", "memory [MB]"}, .lines = {{.name = "memory"}}};
  double most = 0, used = 0, seconds = 0;
  for (std::size_t i = 0; i < looks.size(); i++) {
    memory.lines[0].points.emplace_back(looks[i].seconds, looks[i].bytes / 1e6);
    most = std::max(most, looks[i].bytes);
    if (i == 0) continue;
    const double time = looks[i].seconds - looks[i - 1].seconds, cpu = looks[i].cpu - looks[i - 1].cpu;
    if (time <= 0 || cpu < 0) continue;  // another attempt, in another process
    cores.lines[0].points.emplace_back(looks[i].seconds, cpu / time);
    used += cpu, seconds += time;
  }
  if (looks.empty()) {
    figure.title = "Nothing is known of the machine";
    figure.words.emplace_back("It is looked at once a second: the run was shorter, or was not trained by Atelier.");
    figure.data = detail::curves_data({"seconds", "time since the start [s]"}, {}, run.id);
    return figure;
  }
  figure.title = seconds > 0
                     ? fmt::format("{:.1f} cores in use, at most {:.0f} MB of memory", used / seconds, most / 1e6)
                     : fmt::format("At most {:.0f} MB of memory", most / 1e6);
  figure.data = detail::curves_data({"seconds", "time since the start [s]"}, {cores, memory}, run.id);
  return figure;
}

}  // namespace atelier
