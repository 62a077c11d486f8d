// report.cpp: a report as JSON, and as Markdown.
#include "figures/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace atelier {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Paragraph& p) { return {{"block", "paragraph"}, {"text", p.text}}; }
Json json_of(const BulletList& list) { return {{"block", "list"}, {"items", list.items}}; }
Json json_of(const ReportTable& table) {
  return {{"block", "table"}, {"columns", table.columns}, {"rows", table.rows}, {"shown", table.shown}};
}
Json json_of(const Listing& listing) {
  return {{"block", "listing"}, {"language", listing.language}, {"text", listing.text}};
}
Json json_of(const Figure& figure) { return {{"block", "figure"}, {"figure", to_json(figure)}}; }

/// A cell of a table: neither a bar nor the end of a line may end it.
std::string cell_text(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '|') safe += '\\';
    safe += c == '\n' ? ' ' : c;
  }
  return safe;
}

std::string row_text(const std::vector<std::string>& cells) {
  std::string row = "|";
  for (const std::string& cell : cells) row += " " + cell_text(cell) + " |";
  return row + "\n";
}

/// Writes a section's blocks one after the other.
struct Markdown {
  std::string& text;
  std::vector<std::string> pictures;
  std::size_t drawn = 0;

  void operator()(const Paragraph& p) const { text += p.text + "\n\n"; }
  void operator()(const BulletList& list) const {
    for (const std::string& item : list.items) text += "- " + item + "\n";
    text += "\n";
  }
  void operator()(const ReportTable& table) const {
    text += row_text(table.columns) + "|";
    for (std::size_t i = 0; i < table.columns.size(); ++i) text += "---|";
    text += "\n";
    for (const auto& row : table.rows) text += row_text(row);
    text += "\n";
  }
  void operator()(const Listing& listing) const {
    text += fmt::format("```{}\n{}{}```\n\n", listing.language, listing.text, listing.text.ends_with('\n') ? "" : "\n");
  }
  void operator()(const Figure& figure) {
    text +=
        fmt::format("**{}** {}\n\n![{}]({}.svg)\n\n", figure.title, figure.caption, figure.title, pictures[drawn++]);
    for (const std::string& sentence : figure.words) text += sentence + "\n\n";
  }
};

}  // namespace

Json to_json(const Report& report) {
  Json sections = Json::array(), facts = Json::array();
  for (const auto& [name, value] : report.facts) facts.push_back({name, value});
  for (const ReportSection& section : report.sections) {
    Json blocks = Json::array();
    for (const ReportBlock& block : section.blocks)
      blocks.push_back(std::visit([](const auto& each) { return json_of(each); }, block));
    sections.push_back({{"id", section.id}, {"title", section.title}, {"blocks", std::move(blocks)}});
  }
  return {{"title", report.title}, {"lead", report.lead}, {"facts", facts}, {"sections", std::move(sections)}};
}

std::vector<std::string> picture_names(const ReportSection& section) {
  std::vector<std::string> names;
  for (const ReportBlock& block : section.blocks) {
    const auto* figure = std::get_if<Figure>(&block);
    if (!figure) continue;
    std::string name = fmt::format("{}-{}", section.id, figure->figure);
    const auto before = std::ranges::count_if(names, [&](const auto& each) { return each.starts_with(name); });
    if (before > 0) name += fmt::format("-{}", before + 1);
    names.push_back(std::move(name));
  }
  return names;
}

std::string to_markdown(const Report& report) {
  std::string text = "# " + report.title + "\n\n";
  for (const std::string& sentence : report.lead) text += sentence + "\n\n";
  if (!report.facts.empty()) {
    text += "| | |\n|---|---|\n";
    for (const auto& [name, value] : report.facts) text += row_text({name, value});
    text += "\n";
  }
  for (const ReportSection& section : report.sections) {
    text += "## " + section.title + "\n\n";
    Markdown write{text, picture_names(section)};
    for (const ReportBlock& block : section.blocks) std::visit(write, block);
  }
  return text;
}

}  // namespace atelier
