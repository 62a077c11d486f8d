// draft.cpp: recipes from several sources: records, files and flags; and whether their settings fit together.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/catalog.hpp"
#include "experiment/settings.hpp"
#include "nn/losses.hpp"
#include "optim/catalog.hpp"
#include "optim/schedule.hpp"

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

/// Numbers for another optimizer than the one chosen.
void add_idle_knobs(const Recipe& recipe, std::vector<std::string>& notes) {
  const auto catalog = optimizer_catalog();
  const auto rule = std::ranges::find(catalog, recipe.optimizer, &CatalogEntry::name);
  if (rule == catalog.end()) return;
  for (const Setting& setting : settings()) {
    const bool is_knob =
        std::ranges::any_of(catalog, [&](const CatalogEntry& entry) { return has_knob(entry, setting.name); });
    if (is_knob && !has_knob(*rule, setting.name) && !get(recipe, setting).is_null())
      notes.push_back(fmt::format("{} has no {}: the value given changes nothing", rule->name, setting.name));
  }
}

/// Numbers for another schedule than the one chosen, and a warm-up that leaves it no time.
void add_idle_schedule(const Recipe& recipe, std::vector<std::string>& notes) {
  const Recipe usual;
  const auto catalog = schedule_catalog();
  const auto schedule = std::ranges::find(catalog, recipe.schedule, &CatalogEntry::name);
  const auto idle = [&](std::string_view knob, bool given) {
    if (given && schedule != catalog.end() && !has_knob(*schedule, knob))
      notes.push_back(fmt::format("the schedule {} has no {}: the value given changes nothing", recipe.schedule, knob));
  };
  idle("factor", recipe.schedule_factor != usual.schedule_factor);
  idle("every", recipe.schedule_every != usual.schedule_every);
  if (recipe.warmup > 0 && recipe.warmup >= recipe.epochs)
    notes.push_back(
        fmt::format("the warm-up of {:g} epochs lasts as long as the training ({}): the schedule never begins",
                    recipe.warmup, recipe.epochs));
}

/// A count reads like any whole number, within its own range.
Result<int> layer_count(const Setting& setting, std::string_view text, std::string_view spelled) {
  Recipe scratch;
  Setting count = setting;
  count.field = &Recipe::epochs;
  if (auto done = set(scratch, count, text, spelled); !done) return pass_on(done);
  return scratch.epochs;
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
  add_idle_knobs(recipe, notes);
  add_idle_schedule(recipe, notes);
  if (recipe.label_smoothing > 0 && recipe.loss != CrossEntropy::name)
    notes.push_back(fmt::format("{} has no label smoothing: the value given changes nothing", recipe.loss));
  if (recipe.residual && std::ranges::adjacent_find(recipe.layers) == recipe.layers.end())
    notes.push_back(recipe.layers.empty()
                        ? "residual: there are no hidden layers to skip: it changes nothing"
                        : fmt::format("residual: no two neighbouring hidden layers are equally wide: it changes "
                                      "nothing, unless a sample has {} values",
                                      recipe.layers.front()));
  return notes;
}

namespace {

/// A run can then be gone on with from any folder.
Result<void> make_absolute(std::string& folder) {
  if (folder.empty()) return {};
  std::error_code failed;
  const std::filesystem::path whole = std::filesystem::absolute(folder, failed);
  if (!failed) folder = whole.lexically_normal().string();
  return check_recordable(folder);
}

}  // namespace

Result<void> check_recordable(const std::string& path) {
  if (!nlohmann::json(path).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).contains("\xEF\xBF\xBD"))
    return {};
  return fail(Trouble::usage, "a path that is no UTF-8 text cannot be recorded",
              nlohmann::json(path).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
              "give the folder another name, or a link to it");
}

Result<void> Draft::set(std::string_view name, std::string_view text, Source source) {
  const Setting* setting = find_setting(name);
  if (!setting) return unknown_setting(name);
  const Given* earlier = find(setting->name);
  if (earlier && earlier->source > source) return {};
  Recipe scratch;
  if (std::holds_alternative<LayerCount>(setting->field)) {
    if (auto count = layer_count(*setting, text, name); !count) return pass_on(count);
  } else if (auto done = atelier::set(scratch, *setting, text, name); !done) {
    return done;
  }
  std::erase_if(given_, [&](const Given& given) { return given.setting == setting; });
  given_.push_back({setting, source, std::string(text), std::string(name)});
  return {};
}

const Draft::Given* Draft::find(std::string_view name) const {
  const auto found = std::ranges::find_if(given_, [&](const Given& given) { return given.setting->name == name; });
  return found == given_.end() ? nullptr : &*found;
}

std::vector<std::string> Draft::remarks() const {
  const Given* loss = find("loss");
  if (!loss || plain_name(loss->text) != "mean-squared-error") return {};
  return {"for classes, mean_squared_error means squared_error: half the squared error of the softmax probabilities"};
}

std::vector<std::string_view> Draft::names() const {
  std::vector<std::string_view> list;
  for (const Given& given : given_) list.push_back(given.setting->name);
  return list;
}

Result<Recipe> Draft::settle(Recipe base) const {
  for (const Given& given : given_) {
    if (std::holds_alternative<LayerCount>(given.setting->field)) continue;
    if (auto done = atelier::set(base, *given.setting, given.text, given.spelled); !done) return pass_on(done);
  }
  if (auto done = repeat_widths(base); !done) return pass_on(done);
  if (auto fits = check(base); !fits) return pass_on(fits);
  if (find("data"))
    if (auto done = make_absolute(base.data); !done) return pass_on(done);
  return base;
}

Result<void> Draft::repeat_widths(Recipe& recipe) const {
  const Given* depth = find("num-layers");
  if (!depth) return {};
  const auto read = layer_count(*depth->setting, depth->text, depth->spelled);
  const auto count = static_cast<std::size_t>(read.value_or(0));
  const Given* list = find("layers");
  const bool stronger = !list || depth->source > list->source;
  std::vector<int>& layers = recipe.layers;
  const bool one_width = std::ranges::adjacent_find(layers, std::ranges::not_equal_to()) == layers.end();
  if (!list || (layers.empty() && stronger)) {
    layers.assign(count, kUsualWidth);
  } else if (layers.size() == 1 || (one_width && !layers.empty() && stronger)) {
    layers.assign(count, layers.front());
  } else if (layers.size() != count && depth->source >= list->source) {
    return fail(Trouble::usage, "--num-layers and --layers disagree",
                fmt::format("--num-layers is {}, --layers lists {}: {}", count, layers.size(), fmt::join(layers, ",")),
                "leave --num-layers out, or give --layers one width to repeat");
  }
  return {};
}

}  // namespace atelier
