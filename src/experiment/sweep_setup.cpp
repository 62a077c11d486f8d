// sweep_setup.cpp: parameters become settings, metrics become ours.
#include "experiment/sweep_setup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <limits>
#include <ranges>
#include <sstream>

#include "base/catalog.hpp"
#include "experiment/settings.hpp"

namespace atelier {
namespace {

using namespace std::string_view_literals;

constexpr std::array kMetrics = {"val_accuracy"sv,   "val_loss"sv,          "train_loss"sv,
                                 "train_accuracy"sv, "best_val_accuracy"sv, "best_val_loss"sv};

struct MetricAlias {
  std::string_view theirs, ours;
};
constexpr std::array kMetricAliases = std::to_array<MetricAlias>({{"val_acc", "val_accuracy"},
                                                                  {"valid_acc", "val_accuracy"},
                                                                  {"valid_accuracy", "val_accuracy"},
                                                                  {"validation_acc", "val_accuracy"},
                                                                  {"validation_accuracy", "val_accuracy"},
                                                                  {"accuracy", "val_accuracy"},
                                                                  {"acc", "val_accuracy"},
                                                                  {"valid_loss", "val_loss"},
                                                                  {"validation_loss", "val_loss"},
                                                                  {"training_loss", "train_loss"},
                                                                  {"loss", "train_loss"},
                                                                  {"train_acc", "train_accuracy"},
                                                                  {"training_accuracy", "train_accuracy"},
                                                                  {"best_val_acc", "best_val_accuracy"}});

/// Lower case, words joined by underscores: "Val-Acc" -> "val_acc".
std::string plain(std::string_view name) {
  std::string text = plain_name(name);
  for (char& c : text)
    if (c == '-' || c == ' ' || c == '/' || c == '.') c = '_';
  return text;
}

/// The file's name for a parameter as we would call it.
std::string renamed(const SweepSetup& setup, const std::string& name) {
  const auto found = setup.renamed.find(name);
  return found == setup.renamed.end() ? name : found->second;
}

/// 2 of "width_2", "width-2", "layer_2_size", "units2": which single hidden layer a parameter means; 0 for any other name.
std::size_t hidden_layer(std::string_view name) {
  std::string text = plain(name);
  if (text.starts_with("layer_") && (text.ends_with("_size") || text.ends_with("_width")))
    text = "width" + text.substr(6, text.rfind('_') - 6);
  for (const std::string_view word : {"hidden_size"sv, "hidden_width"sv, "width"sv, "units"sv, "neurons"sv, "size"sv}) {
    if (!text.starts_with(word)) continue;
    std::string_view digits = std::string_view(text).substr(word.size());
    if (digits.starts_with('_')) digits.remove_prefix(1);
    if (digits.empty() || digits.size() > 3 ||
        !std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; }))
      continue;
    return static_cast<std::size_t>(std::stoi(std::string(digits)));
  }
  return 0;
}

/// "sweep.yaml:7: " where the parameter stands.
std::string place(const SweepFile& file, const std::string& name) {
  const auto line = file.lines.find(name);
  return line == file.lines.end() ? file.path + ": " : fmt::format("{}:{}: ", file.path, line->second);
}

Error at(const std::string& where, Error error) {
  error.summary = where + error.summary;
  return error;
}

Result<std::string> text_of(const Value& value, const std::string& name) {
  if (const auto* literal = std::get_if<Literal>(&value))
    return setting_text(nlohmann::json::parse(literal->json), name);
  return to_text(value);
}

/// A configuration as settings, and the widths of single layers beside them.
struct Reading {
  Draft draft;
  std::map<std::size_t, int> widths;
};

Result<int> width_of(const std::string& text, const std::string& name) {
  Recipe one;
  if (auto done = set(one, *find_setting("layers"), text, name); !done) return pass_on(done);
  if (one.layers.size() != 1)
    return fail(Trouble::usage, name + " is the width of one layer", "found " + text, "write one number");
  return one.layers.front();
}

Result<Reading> read(const SweepSetup& setup, const Configuration& configuration) {
  Reading reading;
  for (const auto& [name, value] : configuration) {
    const std::string ours = renamed(setup, name);
    const auto text = text_of(value, name);
    if (!text) return pass_on(text);
    const std::size_t layer = find_setting(ours) ? 0 : hidden_layer(ours);
    if (layer == 0) {
      if (auto done = reading.draft.set(ours, *text, Source::file); !done) return pass_on(done);
      continue;
    }
    const auto width = width_of(*text, name);
    if (!width) return pass_on(width);
    reading.widths[layer] = *width;
  }
  return reading;
}

/// Some values of a parameter: all of a list, the ends of a range and some between.
std::vector<Value> probes(const Parameter& parameter) {
  if (const auto* constant = std::get_if<Constant>(&parameter.domain)) return {constant->value};
  if (const auto* choice = std::get_if<Choice>(&parameter.domain)) return choice->values;
  std::vector<Value> values;
  for (const double u : {0.0, 0.123, 0.5, 0.777, 1 - 0x1p-53}) values.push_back(at_quantile(parameter, u));
  return values;
}

/// The setting that a name may mean, of a nested one by its last word; "optimizer.name" by its first. Empty: none.
std::string meant_by(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  const std::string last = name.substr(dot + 1), group = dot == name.npos ? "" : name.substr(0, dot);
  if (const Setting* setting = find_setting(last)) return std::string(setting->name);
  if (const Setting* setting = last == "name" || last == "type" ? find_setting(group) : nullptr)
    return std::string(setting->name);
  return nearest_setting(last);
}

/// " --map a.b=c --map d=e" for the parameters that are no settings, where there are several and each is likely one.
std::string maps_of_all(const SweepSetup& setup) {
  std::string maps;
  int count = 0;
  for (const Parameter& parameter : setup.file.space.parameters) {
    const std::string ours = renamed(setup, parameter.name);
    if (find_setting(ours) || hidden_layer(ours) > 0) continue;
    const std::string near = meant_by(parameter.name);
    if (near.empty()) return {};
    maps += fmt::format(" --map {}={}", parameter.name, near);
    count++;
  }
  return count > 1 ? maps : "";
}

std::unexpected<Error> unknown_parameter(const SweepSetup& setup, const Parameter& parameter) {
  const std::string& name = parameter.name;
  if (const auto mapped = setup.renamed.find(name); mapped != setup.renamed.end())
    return fail(Trouble::usage,
                fmt::format("--map {}={}: {} is no setting of a training", name, mapped->second, mapped->second), {},
                nearest_setting(mapped->second).empty()
                    ? "`atelier train --help` lists the settings"
                    : fmt::format("did you mean `--map {}={}`?", name, nearest_setting(mapped->second)));
  const std::string near = meant_by(name), others = maps_of_all(setup);
  std::string hint = "`atelier train --help` lists the settings; `--map theirs=ours` ties a name to one";
  if (!near.empty()) hint = fmt::format("did you mean `{}`? Then write that, or add `--map {}={}`", near, name, near);
  if (!others.empty()) hint += fmt::format("; for all of them:{}", others);
  return fail(Trouble::usage, fmt::format("{}{} is no setting of a training", place(setup.file, name), name), {}, hint);
}

bool takes_whole_numbers(const std::string& name) {
  const Setting* setting = find_setting(name);
  return !setting || std::holds_alternative<int Recipe::*>(setting->field) ||
         std::holds_alternative<std::uint64_t Recipe::*>(setting->field) ||
         std::holds_alternative<std::vector<int> Recipe::*>(setting->field) ||
         std::holds_alternative<LayerCount>(setting->field);
}

Result<void> tie_parameter(const SweepSetup& setup, const Parameter& parameter) {
  const std::string ours = renamed(setup, parameter.name);
  if (!find_setting(ours) && hidden_layer(ours) == 0) return unknown_parameter(setup, parameter);
  for (const Value& value : probes(parameter)) {
    if (auto done = read(setup, {{parameter.name, value}}); !done) {
      const auto* numeric = std::get_if<Numeric>(&parameter.domain);
      Error error = at(place(setup.file, parameter.name), done.error());
      if (numeric && !numeric->integer && numeric->step == 0 && takes_whole_numbers(ours))
        error.hint =
            "a setting of whole numbers takes `distribution: int_uniform` or `q_uniform`, or whole min and max";
      return std::unexpected(std::move(error));
    }
  }
  return {};
}

Result<void> no_two_the_same(const SweepSetup& setup) {
  std::map<const Setting*, std::string> taken;
  for (const Parameter& parameter : setup.file.space.parameters) {
    const Setting* setting = find_setting(renamed(setup, parameter.name));
    if (!setting) continue;
    const auto [other, fresh] = taken.emplace(setting, parameter.name);
    if (!fresh)
      return fail(Trouble::usage,
                  fmt::format("{}{} and {} are both the setting {}", place(setup.file, parameter.name), other->second,
                              parameter.name, setting->name),
                  {}, "leave one of them out");
  }
  return {};
}

Result<void> tie_metric(SweepSetup& setup) {
  if (!setup.file.metric) {
    setup.notes.push_back("the sweep names no metric: it improves val_accuracy");
    return {};
  }
  const SweepMetric& theirs = *setup.file.metric;
  const auto rename = setup.renamed.find(theirs.name);
  std::string name = plain(rename == setup.renamed.end() ? theirs.name : rename->second);
  const auto alias = std::ranges::find(kMetricAliases, name, &MetricAlias::theirs);
  if (alias != kMetricAliases.end()) name = alias->ours;
  if (std::ranges::find(kMetrics, name) == kMetrics.end()) {
    const std::string near = nearest(name, kMetrics);
    return fail(Trouble::usage, fmt::format("{}a training has no metric {}", place(setup.file, ""), theirs.name),
                fmt::format("it has {}", fmt::join(kMetrics, ", ")),
                near.empty() ? fmt::format("write one of them, or add `--map {}=val_accuracy`", theirs.name)
                             : fmt::format("did you mean `{}`?", near));
  }
  if (plain(theirs.name) == "accuracy" || plain(theirs.name) == "acc")
    setup.notes.push_back(fmt::format("the metric {} is taken for val_accuracy", theirs.name));
  if (plain(theirs.name) == "loss")
    setup.notes.push_back("the metric loss is taken for train_loss: write val_loss to choose by the validation set");
  setup.objective = {name, theirs.maximize};
  return {};
}

/// For each parameter that is searched a short word: its initials, or its first letters, as many as tell it from others.
std::vector<std::string> short_words(const Space& space) {
  std::vector<std::string> words;
  for (const Parameter& parameter : space.parameters) {
    words.emplace_back();
    if (std::holds_alternative<Constant>(parameter.domain)) continue;
    const std::string word = plain(parameter.name);
    std::string initials;
    for (std::size_t i = 0; i < word.size(); i++)
      if (i == 0 || word[i - 1] == '_') initials += word[i];
    std::string shorter = initials.size() > 1 ? initials : word.substr(0, 2);
    const auto taken = [&] { return std::ranges::find(words, shorter) != words.end(); };
    for (std::size_t length = 3; taken() && length <= word.size(); length++) shorter = word.substr(0, length);
    if (taken()) shorter = word + std::to_string(words.size());
    words.back() = shorter;
  }
  return words;
}

}  // namespace

double Objective::loss(const Metrics& epoch, std::optional<double> before) const {
  const bool best = metric.starts_with("best_");
  auto found = epoch.find(metric);
  if (found == epoch.end() && best) found = epoch.find(metric.substr(5));
  if (found == epoch.end()) return std::numeric_limits<double>::quiet_NaN();
  const double loss = maximize ? -found->second : found->second;
  return best && before && !(loss < *before) ? *before : loss;
}

Result<SweepSetup> set_up(SweepFile file, Recipe base, std::map<std::string, std::string> renamed_names) {
  SweepSetup setup{std::move(file), std::move(base), std::move(renamed_names), {}, {}};
  for (const Parameter& parameter : setup.file.space.parameters)
    if (auto tied = tie_parameter(setup, parameter); !tied) return pass_on(tied);
  if (auto single = no_two_the_same(setup); !single) return pass_on(single);
  if (auto tied = tie_metric(setup); !tied) return pass_on(tied);
  for (const auto& [theirs, ours] : setup.renamed) {
    const bool known =
        std::ranges::find(setup.file.space.parameters, theirs, &Parameter::name) != setup.file.space.parameters.end() ||
        (setup.file.metric && setup.file.metric->name == theirs);
    if (!known)
      return fail(Trouble::usage, fmt::format("--map {}={}: the sweep has no {}", theirs, ours, theirs), {},
                  "it maps names of the sweep file to ours");
  }
  return setup;
}

std::vector<std::string> metric_aliases(std::string_view name) {
  std::string ours = plain(name);
  if (const auto alias = std::ranges::find(kMetricAliases, ours, &MetricAlias::theirs); alias != kMetricAliases.end())
    ours = alias->ours;
  std::vector<std::string> names;
  if (std::ranges::find(kMetrics, ours) != kMetrics.end()) names.push_back(ours);
  for (const MetricAlias& alias : kMetricAliases)  // not "loss" and "acc": beside others they may mean anything
    if (alias.ours == ours && alias.theirs.contains('_')) names.emplace_back(alias.theirs);
  std::erase(names, name);
  return names;
}

std::map<std::string, std::string> value_aliases() {
  std::map<std::string, std::string> aliases;
  for (const Setting& setting : settings()) {
    std::istringstream others{std::string(setting.aliases)};
    for (std::string other; others >> other;) aliases.emplace(plain(other), plain(setting.name));
  }
  for (const MetricAlias& alias : kMetricAliases) aliases.insert_or_assign(std::string(alias.theirs), alias.ours);
  return aliases;
}

Result<Recipe> recipe_of(const SweepSetup& setup, const Configuration& configuration) {
  if (setup.program) return fail(Trouble::usage, "the sweep runs a program: it has no settings of a training");
  const auto reading = read(setup, configuration);
  if (!reading) return pass_on(reading);
  auto recipe = reading->draft.settle(setup.base);
  if (!recipe || reading->widths.empty()) return recipe;
  const auto names = reading->draft.names();  // a depth says how many of the widths count
  const bool depth = std::ranges::find(names, "num-layers"sv) != names.end();
  const std::size_t count = depth ? recipe->layers.size() : reading->widths.size();
  recipe->layers.clear();
  for (const int width : reading->widths | std::views::values)
    if (recipe->layers.size() < count) recipe->layers.push_back(width);
  if (auto fits = check(*recipe); !fits) return pass_on(fits);
  return recipe;
}

std::string trial_name(const Space& space, const Configuration& configuration) {
  constexpr std::size_t kLongest = 120;
  const std::vector<std::string> words = short_words(space);
  std::string name;
  for (std::size_t p = 0; p < space.parameters.size(); p++) {
    const Parameter& parameter = space.parameters[p];
    const auto found = configuration.find(parameter.name);
    if (found == configuration.end() || words[p].empty()) continue;
    const auto* real = std::get_if<double>(&found->second);
    std::string value = real ? fmt::format("{:.4g}", *real) : to_text(found->second);
    std::erase_if(value, [](char c) { return c == ' ' || c == '"' || c == '[' || c == ']'; });
    std::ranges::replace(value, ',', '-');
    name += (name.empty() ? "" : "_") + words[p] + "_" + value;
    if (name.size() > kLongest) break;
  }
  return name.substr(0, kLongest);
}

}  // namespace atelier
