// sweep_warnings.cpp: sweeps that can run but are hardly meant.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "tune/detail/sweep_reader.hpp"

namespace atelier::detail {
namespace {

using namespace std::string_view_literals;

bool names_any(std::string_view name, std::span<const std::string_view> parts) {
  std::string low(name);
  for (char& c : low) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return std::ranges::any_of(parts, [&](std::string_view part) { return low.find(part) != std::string::npos; });
}

void look_at_goal(SweepReader& reader) {
  static constexpr std::array good = {"acc"sv, "f1"sv, "precision"sv, "recall"sv, "auc"sv, "r2"sv};
  static constexpr std::array bad = {"loss"sv, "error"sv, "mse"sv, "rmse"sv, "perplexity"sv};
  if (!reader.sweep.metric) return;
  const SweepMetric& metric = *reader.sweep.metric;
  const int line = reader.sweep.lines[""];
  if (!metric.maximize && names_any(metric.name, good) && !names_any(metric.name, bad))
    reader.warn(line, fmt::format("{} is minimised, so the worst run wins; write `goal: maximize`", metric.name));
  if (metric.maximize && names_any(metric.name, bad))
    reader.warn(line, fmt::format("{} is maximised, so the worst run wins; write `goal: minimize`", metric.name));
}

void look_at_grid(SweepReader& reader, const Parameter& parameter, int line) {
  if (const auto* choice = std::get_if<Choice>(&parameter.domain); choice && !choice->probabilities.empty())
    reader.warn(
        line, fmt::format("{}: a grid takes every value once, whatever its probability; remove them", parameter.name));
  const auto* n = std::get_if<Numeric>(&parameter.domain);
  if (n == nullptr) return;
  if (!level_count(parameter))
    reader.warn(
        line, fmt::format("{} is continuous, and a grid needs a list: five values at even quantiles are taken ({} to "
                          "{}), W&B refuses it; "
                          "write `values:`, or method random or bayes",
                          parameter.name, to_text(at_quantile(parameter, 0.1)), to_text(at_quantile(parameter, 0.9))));
  else if (n->step > 0 && n->shape == Numeric::Shape::uniform)
    reader.warn(
        line,
        fmt::format("{}: a grid counts up from min and leaves out max, as W&B's does; write `values:` to say which",
                    parameter.name));
}

void look_at_range(SweepReader& reader, const Parameter& parameter, int line) {
  const auto* n = std::get_if<Numeric>(&parameter.domain);
  if (n == nullptr || n->shape != Numeric::Shape::uniform || n->integer || !(n->low > 0) || n->high < 1000 * n->low)
    return;
  reader.warn(line, fmt::format("{} is uniform over {:.0f} decades, so nine of ten draws are above {:.2g}; write "
                                "`distribution: log_uniform_values`",
                                parameter.name, std::floor(std::log10(n->high / n->low) + 1e-9),
                                n->low + 0.1 * (n->high - n->low)));
}

void look_at_size(SweepReader& reader) {
  const SweepFile& sweep = reader.sweep;
  const auto count = cardinality(sweep.method == "grid" ? grid_of(sweep.space) : sweep.space);
  if (count && sweep.run_cap && *sweep.run_cap > *count)
    reader.warn(1, fmt::format("run_cap is {}, but there are {} configurations only: the sweep ends with them",
                               *sweep.run_cap, *count));
  if (count == std::uint64_t{1})
    reader.warn(1,
                "every parameter has one value, so the sweep is a single run; give one of them `values:` or a range");
  if (!count && !sweep.run_cap && sweep.method != "grid")
    reader.warn(1, "nothing ends this sweep, for its space has no end; add `run_cap: 100`");
}

}  // namespace

void look_for_slips(SweepReader& reader) {
  look_at_goal(reader);
  look_at_size(reader);
  for (const Parameter& parameter : reader.sweep.space.parameters) {
    const int line = reader.sweep.lines[parameter.name];
    if (reader.sweep.method == "grid")
      look_at_grid(reader, parameter, line);
    else
      look_at_range(reader, parameter, line);
  }
}

}  // namespace atelier::detail
