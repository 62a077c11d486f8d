// draft.cpp: recipes from several sources: records, files and flags; and whether their settings fit together.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/catalog.hpp"
#include "experiment/settings.hpp"
#include "optim/catalog.hpp"

namespace atelier {
namespace {

constexpr int kUsualWidth = 128;        // of `num-layers` alone: the widest of the course's grid
constexpr double kMostWeights = 2.5e8;  // between hidden layers: 1 GB of weights, 4 GB with Adam's state

std::unexpected<Error> unknown_setting(std::string_view name) {
  const std::string near = nearest_setting(name);
  return fail(Trouble::usage, fmt::format("unknown setting `{}`", name), {},
              near.empty() ? "`atelier train --help` lists the settings" : fmt::format("did you mean `{}`?", near));
}

std::string underscored(std::string_view name) {
  std::string text(name);
  std::ranges::replace(text, '-', '_');
  return text;
}

bool has_knob(const CatalogEntry& rule, std::string_view name) {
  return std::ranges::find(rule.knobs, name, &KnobInfo::name) != rule.knobs.end();
}

}  // namespace

nlohmann::ordered_json to_json(const Recipe& recipe) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const Setting& setting : settings()) {
    if (std::holds_alternative<LayerCount>(setting.field)) continue;
    nlohmann::ordered_json value = get(recipe, setting);
    if (!value.is_null()) json[underscored(setting.name)] = std::move(value);
  }
  return json;
}

Result<Recipe> recipe_from_json(const nlohmann::json& json) {
  if (!json.is_object())
    return fail(Trouble::usage, "a recipe is an object of names and values",
                fmt::format("found a {}", json.type_name()));
  Recipe recipe;
  for (const auto& [name, value] : json.items()) {
    const Setting* setting = find_setting(name);
    if (!setting) return unknown_setting(name);
    const bool empty_text = value.is_string() && value.get_ref<const std::string&>().empty();
    if (empty_text && std::holds_alternative<std::string Recipe::*>(setting->field) && !setting->choices) continue;
    auto text = setting_text(value, name);
    if (!text) return pass_on(text);
    if (auto done = set(recipe, *setting, *text, name); !done) return pass_on(done);
  }
  if (auto fits = check(recipe); !fits) return pass_on(fits);
  return recipe;
}

Result<void> check(const Recipe& recipe) {
  double weights = 0;
  for (std::size_t i = 1; i < recipe.layers.size(); i++)
    weights += static_cast<double>(recipe.layers[i - 1]) * recipe.layers[i];
  if (weights > kMostWeights)
    return fail(Trouble::usage, "this network is too large",
                fmt::format("its hidden layers {} hold {:.3g} weights, at most {:.3g} are allowed",
                            fmt::join(recipe.layers, ","), weights, kMostWeights),
                "use fewer or narrower layers");
  return {};
}

std::vector<std::string> idle_settings(const Recipe& recipe) {
  std::vector<std::string> notes;
  const auto catalog = optimizer_catalog();
  const auto rule = std::ranges::find(catalog, recipe.optimizer, &CatalogEntry::name);
  if (rule == catalog.end()) return notes;
  for (const Setting& setting : settings()) {
    const bool is_knob =
        std::ranges::any_of(catalog, [&](const CatalogEntry& entry) { return has_knob(entry, setting.name); });
    if (is_knob && !has_knob(*rule, setting.name) && !get(recipe, setting).is_null())
      notes.push_back(fmt::format("{} has no {}: the value given changes nothing", rule->name, setting.name));
  }
  return notes;
}

Result<void> Draft::set(std::string_view name, std::string_view text, Source source) {
  const Setting* setting = find_setting(name);
  if (!setting) return unknown_setting(name);
  const std::optional<Source> earlier = source_of(setting->name);
  if (earlier && *earlier > source) return {};
  if (std::holds_alternative<LayerCount>(setting->field)) {
    Recipe scratch;  // a count reads like any whole number, within its own range
    Setting count = *setting;
    count.field = &Recipe::epochs;
    if (auto done = atelier::set(scratch, count, text, name); !done) return done;
    layer_count_ = scratch.epochs;
  } else if (auto done = atelier::set(recipe_, *setting, text, name); !done) {
    return done;
  }
  std::erase_if(given_, [&](const auto& entry) { return entry.first == setting; });
  given_.emplace_back(setting, source);
  return {};
}

std::optional<Source> Draft::source_of(std::string_view name) const {
  for (const auto& [setting, source] : given_)
    if (setting->name == name) return source;
  return std::nullopt;
}

bool Draft::has(std::string_view name) const {
  const Setting* setting = find_setting(name);
  return setting && source_of(setting->name).has_value();
}

Result<Recipe> Draft::settle() const {
  Recipe recipe = recipe_;
  if (layer_count_) {
    const auto count = static_cast<std::size_t>(*layer_count_);
    const std::optional<Source> of_layers = source_of("layers");
    const bool same_width =
        std::ranges::adjacent_find(recipe.layers, std::ranges::not_equal_to()) == recipe.layers.end();
    if (!of_layers || (recipe.layers.empty() && count > 0 && *of_layers < *source_of("num-layers"))) {
      recipe.layers.assign(count, kUsualWidth);
    } else if (recipe.layers.size() == 1 ||
               (same_width && !recipe.layers.empty() && *of_layers < *source_of("num-layers"))) {
      recipe.layers.assign(count, recipe.layers.front());
    } else if (recipe.layers.size() != count && *of_layers <= *source_of("num-layers")) {
      return fail(Trouble::usage, "num-layers and layers disagree",
                  fmt::format("num-layers is {}, layers lists {}: {}", count, recipe.layers.size(),
                              fmt::join(recipe.layers, ",")),
                  "leave num-layers out, or give layers one width to repeat");
    }
  }
  if (auto fits = check(recipe); !fits) return pass_on(fits);
  return recipe;
}

}  // namespace atelier
