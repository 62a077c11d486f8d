// settings.hpp: every setting of a Recipe by name: one table behind flags, config files, run records and sweeps.
#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "experiment/recipe.hpp"

namespace atelier {

/// The numbers a setting takes: low <= v <= high, without the ends that are open.
struct Range {
  double low = 0, high = 0;
  bool open_low = false, open_high = false;
};

/// Marks the one setting that is no field of a Recipe: how often the single width of `layers` is repeated.
struct LayerCount {};

/// Marks a knob that only some optimizer has: it lives in Recipe::knobs under the setting's name.
struct RuleKnob {};

/// Where a setting lives in a Recipe; the type of the field decides how its text is read.
using Field = std::variant<int Recipe::*, std::uint64_t Recipe::*, double Recipe::*, std::optional<double> Recipe::*,
                           bool Recipe::*, std::string Recipe::*, std::vector<int> Recipe::*, RuleKnob, LayerCount>;

/// One line of the table.
struct Setting {
  std::string_view name;     ///< as a flag without its dashes, "learning-rate"; records write "learning_rate"
  std::string_view aliases;  ///< other names, separated by spaces: "lr"; underscores and hyphens are the same
  std::string_view group;    ///< the heading it stands under in the help
  std::string_view value;    ///< what the help shows as its value: "NUMBER"
  std::string_view example;  ///< a usual value, shown with an error
  std::string_view help;     ///< one line
  Field field;
  Range range{};
  std::vector<std::string_view> (*choices)() = nullptr;  ///< the names it takes; nullptr: any text
};

/// All settings, grouped, in the order of the help; the knobs of every optimizer in the catalog are among them.
std::span<const Setting> settings();

/// The setting with this name or alias, in any spelling: "-lr", "--learning_rate", "Learning-Rate"; else nullptr.
const Setting* find_setting(std::string_view name);

/// The setting name closest to an unknown one, spelled with hyphens; empty when nothing is near.
std::string nearest_setting(std::string_view name);

/// A name without leading dashes, in lower case, with hyphens: "--Learning_Rate" -> "learning-rate".
std::string plain_name(std::string_view name);

/// What the setting takes, in words: "a number above 0, at most 1000".
std::string describe_values(const Setting& setting);

/// Reads `text` into the recipe. `spelled` is the name as its writer wrote it, for the message.
/// LayerCount is refused here: a Draft settles it.
Result<void> set(Recipe& recipe, const Setting& setting, std::string_view text, std::string_view spelled);

/// The text that set() reads for a JSON value: a list as "128,64".
Result<std::string> setting_text(const nlohmann::json& value, std::string_view spelled);

/// The value of a setting; null where the recipe leaves it to the optimizer.
nlohmann::ordered_json get(const Recipe& recipe, const Setting& setting);

/// The whole recipe under underscore names, settings that are left open omitted.
nlohmann::ordered_json to_json(const Recipe& recipe);

/// Reads what to_json wrote; a missing name keeps its default, an unknown name or a bad value is an error.
Result<Recipe> recipe_from_json(const nlohmann::json& json);

/// What no single setting can say: whether the settings of a recipe fit together.
Result<void> check(const Recipe& recipe);

/// Settings that are given but change nothing, one sentence each: "adam has no momentum: ...".
std::vector<std::string> idle_settings(const Recipe& recipe);

/// Where a value came from; a later source wins.
enum class Source { preset, file, flag };

/// An error for a path that a record cannot hold: JSON is UTF-8.
Result<void> check_recordable(const std::string& path);

/// A recipe in the making: takes settings from several sources and settles what they mean together.
class Draft {
 public:
  /// Sets one setting by any of its names; a weaker source never overrides a stronger one.
  Result<void> set(std::string_view name, std::string_view text, Source source);
  /// Reads a YAML (or JSON) file of settings; an error names file:line.
  Result<void> read_file(const std::string& path);
  /// `base` with all that was set, `num-layers` applied, checked as a whole.
  Result<Recipe> settle(Recipe base = {}) const;
  /// The names of the settings that some source has set, in the order in which they were set.
  std::vector<std::string_view> names() const;
  /// What to know of words that were given and mean something else here, one sentence each.
  std::vector<std::string> remarks() const;

 private:
  struct Given {
    const Setting* setting;
    Source source;
    std::string text, spelled;
  };

  std::vector<Given> given_;  // one a setting

  const Given* find(std::string_view name) const;
  Result<void> repeat_widths(Recipe& recipe) const;
};

}  // namespace atelier
