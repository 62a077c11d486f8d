// repeat.cpp: from a configuration back to flags.
#include "experiment/repeat.hpp"

#include <fmt/format.h>

#include "base/shell.hpp"
#include "experiment/settings.hpp"

namespace atelier {

std::optional<std::string> repeat_command(const Run& run) {
  const auto config = nlohmann::json::parse(run.config, nullptr, false);
  // Every training of ours records these; another program's settings may bear names of ours, too.
  if (!config.is_object() || !config.contains("layers") || !config.contains("optimizer")) return std::nullopt;
  const auto recipe = recipe_from_json(config);
  if (!recipe) return std::nullopt;
  std::string words = "atelier train";
  for (const Setting& setting : settings()) {
    if (std::holds_alternative<LayerCount>(setting.field)) continue;
    const nlohmann::json value = get(*recipe, setting);
    if (value.is_null() || value == nlohmann::json(get(Recipe{}, setting))) continue;
    const auto text = setting_text(value, setting.name);
    if (!text) return std::nullopt;
    words += fmt::format(" --{}={}", setting.name, shell_word(*text));
  }
  return words;
}

}  // namespace atelier
