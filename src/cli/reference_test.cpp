// reference_test.cpp: docs/reference/cli.md lists exactly the commands and settings there are.
// With ATELIER_WRITE_DOCS in the environment the lists are written instead.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "cli/command.hpp"

namespace atelier::cli {
namespace {

const std::string kPage = std::string(ATELIER_SOURCE_DIR) + "/docs/reference/cli.md";

std::string list_of_commands() {
  std::string text = "| command | what |\n|---|---|\n";
  const auto add = [&](const Command& command) {
    text += fmt::format("| `atelier {}{}{}` | {} |\n", command.name, command.synopsis.empty() ? "" : " ",
                        command.synopsis, command.summary);
  };
  for (const Command& command : commands()) {
    add(command);
    for (const Command& part : command.parts) add(part);
  }
  return text;
}

/// Aliases as they are typed: "-lr", "--hidden-size".
std::string aliases_of(const Setting& setting) {
  std::string text;
  std::istringstream words{std::string(setting.aliases)};
  for (std::string word; words >> word;) {
    const bool is_short = word.size() <= 3;
    std::string typed = (is_short ? "-" : "--") + word;
    if (is_short)
      for (char& c : typed)
        if (&c != &typed[0] && c == '-') c = '_';
    text += fmt::format("{}`{}`", text.empty() ? "" : " ", typed);
  }
  return text;
}

std::string preset_of(const Setting& setting) {
  const auto value =
      std::holds_alternative<LayerCount>(setting.field) ? nlohmann::ordered_json() : get(Recipe{}, setting);
  if (value.is_null() || value == "") return "";
  if (value.is_number_float()) return fmt::format("{}", value.get<double>());
  auto text = setting_text(nlohmann::json(value), setting.name);
  return text ? *text : "";
}

std::string list_of_settings() {
  std::string text = "| setting | also | default | takes | what |\n|---|---|---|---|---|\n";
  for (const Setting& setting : settings())
    text += fmt::format("| `--{}` | {} | {} | {} | {} |\n", setting.name, aliases_of(setting), preset_of(setting),
                        describe_values(setting), setting.help);
  return text;
}

std::string read_page() {
  std::ifstream file(kPage);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The page with the text between "<!-- name -->" and "<!-- end -->" replaced.
std::string with_list(std::string page, const std::string& name, const std::string& list) {
  const std::string begin = fmt::format("<!-- {} -->\n", name);
  const std::size_t from = page.find(begin);
  const std::size_t to = page.find("<!-- end -->", from);
  if (from == std::string::npos || to == std::string::npos) return "the page has no list of " + name;
  return page.replace(from + begin.size(), to - from - begin.size(), list);
}

TEST(Reference, ThePageIsWhatTheTablesSay) {
  const std::string page = read_page();
  const std::string wanted = with_list(with_list(page, "commands", list_of_commands()), "settings", list_of_settings());
  if (std::getenv("ATELIER_WRITE_DOCS")) std::ofstream(kPage) << wanted;
  EXPECT_EQ(read_page(), wanted) << "run cli_test with ATELIER_WRITE_DOCS=1 to write the lists";
}

}  // namespace
}  // namespace atelier::cli
