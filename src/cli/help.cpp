// help.cpp: help as aligned columns.
#include "cli/help.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "figures/text.hpp"

namespace atelier::cli {
namespace {

constexpr int kWidest = 100;     // longer lines are hard to read, however wide the window is
constexpr int kWidestName = 32;  // what is longer stands on a line of its own

/// A heading, then its rows: name, and what it does, wrapped beside it.
std::string section(std::string_view title, const Rows& rows, int name_width, const Terminal& terminal) {
  std::string text = "\n" + inked(title, Ink::bold, terminal.colour) + "\n";
  const int width = std::max(20, std::min(terminal.width, kWidest) - name_width - 4);
  for (const auto& [name, help] : rows) {
    const bool too_long = cells(name) > name_width;
    text += "  " + (too_long ? name + "\n" + std::string(static_cast<std::size_t>(name_width) + 4, ' ')
                             : pad(name, name_width) + "  ");
    const std::vector<std::string> lines = wrap(help, width);
    for (std::size_t i = 0; i < lines.size(); i++)
      text += (i ? std::string(static_cast<std::size_t>(name_width) + 4, ' ') : "") + lines[i] + "\n";
    if (lines.empty()) text += "\n";
  }
  return text;
}

int widest_name(const Rows& rows, int limit = kWidestName) {
  int width = 0;
  for (const auto& row : rows)
    if (const int needed = cells(row.first); needed <= limit) width = std::max(width, needed);
  return width;
}

std::string examples(const std::vector<std::string_view>& lines, const Terminal& terminal) {
  if (lines.empty()) return {};
  std::string text = "\n" + inked("Examples", Ink::bold, terminal.colour) + "\n";
  for (const std::string_view line : lines) text += fmt::format("  {}\n", line);
  return text;
}

std::string preset_of(const Setting& setting) {
  if (std::holds_alternative<LayerCount>(setting.field)) return {};
  const nlohmann::ordered_json value = get(Recipe{}, setting);
  const nlohmann::ordered_json nothing[] = {nullptr, "", false, 0};
  if (std::ranges::find(nothing, value) != std::end(nothing)) return {};
  if (value.is_number_float()) return fmt::format(" [{}]", value.get<double>());
  auto text = setting_text(nlohmann::json(value), setting.name);
  return text ? fmt::format(" [{}]", *text) : std::string();
}

/// "-lr, --learning-rate NUMBER"
std::string flag_of(const Setting& setting) {
  const std::string_view shortest = setting.aliases.substr(0, setting.aliases.find(' '));
  const bool has_short = !shortest.empty() && shortest.size() <= 3;
  std::string short_name(has_short ? shortest : "");
  std::ranges::replace(short_name, '-', '_');
  const std::string flag =
      fmt::format("{}--{} {}", has_short ? "-" + short_name + ", " : "", setting.name, setting.value);
  return setting.value.empty() ? flag.substr(0, flag.size() - 1) : flag;
}

}  // namespace

std::string section(std::string_view title, const Rows& rows, const Terminal& terminal) {
  return section(title, rows, widest_name(rows), terminal);
}

std::string overview(const Terminal& terminal) {
  std::string text = "A workshop for feed-forward neural networks.\n\n  atelier COMMAND [options]\n";
  Rows all;
  for (const Command& command : commands()) all.emplace_back(std::string(command.name), std::string(command.summary));
  const int width = widest_name(all, 24);
  std::vector<std::string_view> groups;
  for (const Command& command : commands())
    if (std::ranges::find(groups, command.group) == groups.end()) groups.push_back(command.group);
  for (const std::string_view group : groups) {
    Rows rows;
    for (const Command& command : commands())
      if (command.group == group) rows.emplace_back(std::string(command.name), std::string(command.summary));
    text += section(group, rows, width, terminal);
  }
  text += examples({"atelier train", "atelier train --layers 128,64 --optimizer nadam --learning-rate 1e-3",
                    "atelier samples fashion_mnist"},
                   terminal);
  return text + "\n`atelier COMMAND --help` shows what a command takes.\n";
}

std::string help_of(const Command& command, const Terminal& terminal) {
  std::string text = fmt::format("{}\n\n  atelier {}{}{}\n", command.summary, command.name,
                                 command.synopsis.empty() ? "" : " ", command.synopsis);
  const Prepared prepared = command.prepare();
  Rows options;
  std::vector<Argument> arguments = prepared.arguments;
  arguments.push_back(quiet_switch(nullptr));
  for (const Argument& argument : arguments) {
    std::string name = argument.name;  // "-o,--output" is read "-o, --output"
    if (const std::size_t comma = name.find(','); comma != name.npos) name.insert(comma + 1, " ");
    options.emplace_back(argument.value.empty() ? name : name + " " + argument.value, argument.help);
  }
  options.emplace_back("--help", "this text");
  std::vector<std::pair<std::string_view, Rows>> groups;
  if (prepared.draft) {
    for (const Setting& setting : settings()) {
      if (groups.empty() || groups.back().first != setting.group) groups.emplace_back(setting.group, Rows{});
      groups.back().second.emplace_back(flag_of(setting), std::string(setting.help) + preset_of(setting));
    }
  }
  Rows every = options;
  for (const auto& group : groups) every.insert(every.end(), group.second.begin(), group.second.end());
  const int width = widest_name(every);
  for (const auto& [title, rows] : groups) text += section(title, rows, width, terminal);
  text += section("Options", options, width, terminal);
  Rows parts;
  for (const Command& part : command.parts) parts.emplace_back(std::string(part.name), std::string(part.summary));
  if (!parts.empty()) text += section("Further", parts, terminal);
  text += examples(command.examples, terminal);
  if (!command.remark.empty()) text += "\n";
  for (const std::string& line : wrap(command.remark, std::min(terminal.width, kWidest))) text += line + "\n";
  return text;
}

}  // namespace atelier::cli
