// data.cpp: `atelier data` tells which sets are known and where they lie; `atelier data check DIR` looks into a folder.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/all_commands.hpp"
#include "data/folder.hpp"
#include "data/known_sets.hpp"
#include "figures/progress.hpp"
#include "figures/table.hpp"

namespace atelier::cli {
namespace {

namespace fs = std::filesystem;

/// One place where a known set may lie.
struct Place {
  fs::path folder;
  bool found = false, verified = false;
  std::string trouble;
};

std::vector<Place> places_of(const KnownSet& set) {
  std::vector<Place> places;
  for (const fs::path& folder : folders_of(set)) {
    std::error_code error;
    Place place{folder, fs::is_directory(folder, error), false, {}};
    if (place.found) {
      const FolderReport report = check_folder(folder);
      place.verified = report.sound() && report.set == set.name;
      for (const PartReport& part : report.parts)
        if (part.trouble && place.trouble.empty()) place.trouble = part.trouble->summary;
      if (!report.troubles.empty() && place.trouble.empty()) place.trouble = report.troubles.front().summary;
      if (!place.verified && place.trouble.empty()) place.trouble = "the checksums are those of another set";
    }
    places.push_back(std::move(place));
  }
  return places;
}

/// A sentence, wrapped on a terminal, two cells from the left.
std::string indented(const std::string& sentence, const Terminal& terminal) {
  std::string text = "  ";
  for (const char c : wrapped(sentence, terminal, 2)) text += c == '\n' ? std::string("\n  ") : std::string(1, c);
  return text + "\n";
}

void list_known(const Console& console, bool json) {
  for (const KnownSet& set : known_sets()) {
    const std::vector<Place> places = places_of(set);
    if (json) {
      nlohmann::ordered_json line{{"name", set.name}, {"summary", set.summary}, {"places", nlohmann::json::array()}};
      for (const Place& place : places)
        line["places"].push_back(
            {{"folder", place.folder.string()}, {"found", place.found}, {"verified", place.verified}});
      console.out << line.dump() << '\n';
      continue;
    }
    const Terminal& terminal = console.out_terminal;
    const std::string head = wrapped(fmt::format("{}  {}", set.name, set.summary), terminal);
    console.out << inked(set.name, Ink::bold, terminal.colour) << head.substr(set.name.size()) << '\n';
    bool any = false;
    for (const Place& place : places) {
      any = any || place.verified;
      console.out << indented(
          fmt::format("{}  {}", place.folder.string(),
                      place.verified ? "checksums hold" : (place.found ? place.trouble : "not there")),
          terminal);
    }
    if (!any) console.out << indented(fmt::format("to get it: {}", set.how_to_get), terminal);
  }
}

std::string shape_of(const PartReport& part) {
  if (part.type.empty()) return {};
  std::string text;
  for (const std::size_t size : part.shape) text += (text.empty() ? "" : " × ") + grouped(size);
  return text + " " + part.type;
}

nlohmann::ordered_json json_of(const FolderReport& report) {
  nlohmann::ordered_json json{{"folder", report.folder.string()},
                              {"set", report.set},
                              {"sound", report.sound()},
                              {"parts", nlohmann::json::array()}};
  for (const PartReport& part : report.parts) {
    nlohmann::ordered_json line{{"part", words(part.part)}};
    if (part.file) line["file"] = part.file->string();
    if (!part.type.empty()) line.update({{"type", part.type}, {"shape", part.shape}, {"sha256", part.sha256}});
    if (!part.known_as.empty()) line["known_as"] = part.known_as;
    if (part.trouble) line["trouble"] = part.trouble->summary;
    json["parts"].push_back(std::move(line));
  }
  for (const Error& trouble : report.troubles) json["troubles"].push_back(trouble.summary);
  return json;
}

void print_report(const FolderReport& report, const Console& console) {
  Table table{.columns = {{"part"}, {"file"}, {"content"}, {"checksum"}}, .rows = {}};
  for (const PartReport& part : report.parts)
    table.rows.push_back({std::string(words(part.part)), part.file ? part.file->filename().string() : "not found",
                          part.trouble ? part.trouble->summary : shape_of(part),
                          part.known_as.empty() ? part.sha256.substr(0, 12) : part.known_as});
  console.out << to_text(table, console.out_terminal);
  if (report.sound())
    console.out << (report.set.empty() ? "it can be trained on" : "all of it is " + report.set) << '\n';
}

Result<void> check(const std::string& folder, const Console& console, bool json) {
  const FolderReport report = check_folder(folder);
  const bool any = std::ranges::any_of(report.parts, [](const PartReport& part) { return part.file.has_value(); });
  if (json)
    console.out << json_of(report).dump() << '\n';
  else if (any)
    print_report(report, console);
  if (report.sound()) return {};
  for (const PartReport& part : report.parts)
    if (part.trouble) return std::unexpected(*part.trouble);
  return std::unexpected(report.troubles.front());
}

struct State {
  std::vector<std::string> words;
  bool json = false;
};

Result<void> run(const State& state, const Console& console) {
  if (state.words.empty()) {
    list_known(console, state.json);
    return {};
  }
  if (state.words.front() != "check")
    return fail(Trouble::usage, fmt::format("data has no `{}`", state.words.front()), {}, "atelier data check DIR");
  if (state.words.size() != 2)
    return fail(Trouble::usage, "data check needs one folder", fmt::format("found {}", state.words.size() - 1),
                "atelier data check DIR");
  return check(state.words[1], console, state.json);
}

}  // namespace

Command data_command() {
  return {"data",
          "Look up",
          "[check DIR] [--json]",
          "known data sets, where they lie, whether their checksums hold",
          {"atelier data", "atelier data check ./my-images"},
          [] {
            auto state = std::make_shared<State>();
            return Prepared{{{"check DIR", "", "look into a folder of IDX files", &state->words, false},
                             {"--json", "", "one JSON object a line", &state->json, false}},
                            [state](Console& console) { return run(*state, console); }};
          }};
}

}  // namespace atelier::cli
