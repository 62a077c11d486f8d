// sweep_stopping.cpp: `early_terminate` of a sweep file.
#include <fmt/format.h>

#include <array>

#include "tune/detail/sweep_reader.hpp"

namespace atelier::detail {
namespace {

using namespace std::string_view_literals;

Hyperband read_hyperband(SweepReader& reader, const Node& map) {
  static constexpr std::array keys = {"type"sv, "min_iter"sv, "max_iter"sv, "s"sv, "eta"sv, "strict"sv};
  reader.check_keys(map, "early_terminate", keys);
  Hyperband rule;
  const Node *low = map.find("min_iter"), *high = map.find("max_iter"), *s = map.find("s");
  if (low) rule.min_iter = reader.whole(*low, "min_iter", 1);
  if (high) rule.max_iter = reader.whole(*high, "max_iter", 1);
  if (s) rule.s = reader.number(*s, "s").value_or(0);
  if (const Node* eta = map.find("eta")) rule.eta = reader.number(*eta, "eta").value_or(3);
  if (const Node* strict = map.find("strict")) rule.strict = reader.truth(*strict, "strict").value_or(true);
  if (!(rule.eta > 1))
    reader.fault(map.line, fmt::format("eta is {:g}", rule.eta), "the best 1/eta of the runs go on",
                 "eta must be above 1; 3 is usual");
  else if (!low && !high)
    reader.fault(map.line, "early_terminate has no band", "neither min_iter nor max_iter is given",
                 "add `min_iter: 1`");
  else if (high && !s && !low)
    reader.fault(map.line, "max_iter needs s", "s says how many bands lie below max_iter", "add `s: 2`");
  else if (reader.sound() && bands(rule).empty())
    reader.fault(map.line, "early_terminate has no band",
                 fmt::format("max_iter {} / eta {:g} is below 1, or s is below 1", *rule.max_iter, rule.eta),
                 "raise s or max_iter, or lower eta");
  if (low && high)
    reader.warn(map.line, "min_iter and max_iter are both given: W&B goes by max_iter and s alone; remove one of them");
  if (low && high && !s) rule.max_iter.reset();
  return rule;
}

Asha read_asha(SweepReader& reader, const Node& map) {
  static constexpr std::array keys = {"type"sv, "min_iter"sv, "max_iter"sv, "eta"sv};
  reader.check_keys(map, "early_terminate", keys);
  Asha rule{.max_epochs = 0};
  if (const Node* low = map.find("min_iter")) rule.min_epochs = reader.whole(*low, "min_iter", 1).value_or(1);
  if (const Node* high = map.find("max_iter")) rule.max_epochs = reader.whole(*high, "max_iter", 1).value_or(1);
  if (const Node* eta = map.find("eta")) rule.eta = reader.number(*eta, "eta").value_or(3);
  if (!(rule.eta > 1))
    reader.fault(map.line, fmt::format("eta is {:g}", rule.eta), "the best 1/eta of the runs go on",
                 "eta must be above 1; 3 is usual");
  return rule;
}

MedianRule read_median(SweepReader& reader, const Node& map) {
  static constexpr std::array keys = {"type"sv, "min_iter"sv, "min_trials"sv};
  reader.check_keys(map, "early_terminate", keys);
  MedianRule rule;
  if (const Node* warmup = map.find("min_iter")) rule.warmup_epochs = reader.whole(*warmup, "min_iter", 0).value_or(0);
  if (const Node* trials = map.find("min_trials"))
    rule.startup_trials = reader.whole(*trials, "min_trials", 1).value_or(5);
  return rule;
}

}  // namespace

void read_stopping(SweepReader& reader, const Node& map) {
  static constexpr std::array kinds = {"hyperband"sv, "asha"sv, "median"sv};
  const Node* type = map.find("type");
  if (!type)
    return reader.fault(map.line, "early_terminate has no type", fmt::format("found {}", found(map)),
                        "add `type: hyperband`");
  const std::string kind = reader.text(*type, "type").value_or("");
  if (kind == "hyperband") {
    reader.sweep.early_terminate = read_hyperband(reader, map);
  } else if (kind == "asha") {
    reader.sweep.early_terminate = read_asha(reader, map);
  } else if (kind == "median") {
    reader.sweep.early_terminate = read_median(reader, map);
  } else {
    reader.fault(type->line, fmt::format("unknown early_terminate type `{}`", kind),
                 "known are hyperband, asha and median", suggestion(kind, kinds));
  }
}

}  // namespace atelier::detail
