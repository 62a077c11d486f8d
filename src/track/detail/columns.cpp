// columns.cpp: what a column's name means in SQL.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/catalog.hpp"
#include "track/detail/where.hpp"

namespace atelier {
namespace {

constexpr const char* kCreated = "strftime('%Y-%m-%dT%H:%M:%SZ', run.created / 1000, 'unixepoch')";
constexpr const char* kStarted = "strftime('%Y-%m-%dT%H:%M:%SZ', run.started / 1000, 'unixepoch')";
constexpr const char* kEnded = "strftime('%Y-%m-%dT%H:%M:%SZ', run.ended / 1000, 'unixepoch')";

}  // namespace

constexpr const char* const kShownState =
    "CASE WHEN run.state = 'running' AND lost(run.worker, run.boot, run.lease) THEN "
    "CASE WHEN run.sweep IS NULL THEN 'killed' WHEN run.losses >= 9 THEN 'failed' ELSE 'queued' END "
    "ELSE run.state END";
constexpr const char* const kShownReason =
    "CASE WHEN run.state = 'running' AND lost(run.worker, run.boot, run.lease) THEN "
    "CASE WHEN run.sweep IS NULL THEN 'its process ended without a word' "
    "WHEN run.losses >= 9 THEN 'its worker was lost ' || (run.losses + 1) || ' times' "
    "ELSE 'its worker was lost' END ELSE run.reason END";
constexpr const char* const kSeconds =
    "CASE WHEN json_type(run.summary, '$.seconds') IN ('integer', 'real') THEN json_extract(run.summary, '$.seconds') "
    "ELSE (run.ended - run.started) / 1000.0 END";

namespace {

/// The run's own columns: name and SQL.
constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kOwn{{
    {"id", "run.id"},
    {"name", "run.name"},
    {"group", "run.\"group\""},
    {"notes", "run.notes"},
    {"tags", "(SELECT group_concat(tag, ', ') FROM tag WHERE tag.run = run.seq)"},
    {"state", kShownState},
    {"reason", kShownReason},
    {"created", kCreated},
    {"started", kStarted},
    {"ended", kEnded},
    {"seconds", kSeconds},
    {"sweep", "run.sweep"},
    {"trial", "run.number"},
    {"attempt", "run.attempt"},
    {"worker", "run.worker"},
    {"epochs_done", "(SELECT max(epoch) FROM epoch WHERE epoch.run = run.seq)"},
}};

/// The parameters of a sweep stand in its trials' plans, under their own names.
constexpr std::string_view kParameters = "configuration";

std::string within_parameters(std::string_view name) { return fmt::format("{}.{}", kParameters, name); }

std::unexpected<Error> unknown(std::string_view name, const FieldNames& names, const QueryText::Aliases& aliases) {
  std::vector<std::string_view> all;
  for (const auto& [own, sql] : kOwn) all.push_back(own);
  for (const auto place : kFieldPlaces)
    for (const std::string_view field : names.at(place)) {
      const bool parameter = place == "plan" && field.starts_with(kParameters) && field.size() > kParameters.size();
      all.push_back(parameter ? field.substr(kParameters.size() + 1) : field);
    }
  for (const auto& [alias, ours] : aliases)
    if (names.has("config", ours) || names.has("summary", ours)) all.push_back(alias);
  const std::string near = nearest(name, all);
  return fail(Trouble::usage, fmt::format("no run has a value called \"{}\"", name), {},
              near.empty() ? "a text is put in quotes: optimizer = \"adam\""
                           : fmt::format("did you mean \"{}\"? A text is put in quotes: optimizer = \"adam\"", near));
}

}  // namespace

std::vector<std::string> own_columns() {
  std::vector<std::string> names;
  for (const auto& [name, sql] : kOwn) names.emplace_back(name);
  return names;
}

std::string QueryText::value(Cell cell) {
  values_.push_back(std::move(cell));
  return fmt::format("?{}", values_.size());
}

// A dot may belong to the name or lead into an object; both are looked up.
std::string QueryText::json_value(std::string_view place, std::string_view name, std::string_view within) {
  const std::string root = within.empty() ? "$" : fmt::format("$.\"{}\"", within);
  const std::string flat = value(fmt::format("{}.\"{}\"", root, name));
  if (name.find('.') == std::string_view::npos) return fmt::format("json_extract(run.{}, {})", place, flat);
  std::string path = root + ".\"";
  for (const char c : name) path += c == '.' ? std::string("\".\"") : std::string(1, c);
  const std::string nested = value(path + '"');
  return fmt::format("coalesce(json_extract(run.{0}, {1}), json_extract(run.{0}, {2}))", place, flat, nested);
}

Result<std::string> QueryText::column(std::string_view name) {
  for (const auto& [own, sql] : kOwn)
    if (own == name) return std::string(sql);
  if (name.contains('"'))
    return fail(Trouble::usage, fmt::format("no filter can name a value called \"{}\"", name),
                "a quotation mark cannot be part of a name");
  for (const auto place : kFieldPlaces) {
    if (names_->has(place, name)) return json_value(place, name);
    if (name.starts_with(place) && name.size() > place.size() && name[place.size()] == '.' &&
        names_->has(place, name.substr(place.size() + 1)))
      return json_value(place, name.substr(place.size() + 1));
  }
  if (names_->has("plan", within_parameters(name))) return json_value("plan", name, kParameters);
  std::string plain(name);
  for (char& c : plain) c = c == '-' ? '_' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (const auto alias = aliases_->find(plain); alias != aliases_->end()) plain = alias->second;
  const bool known = is_own(plain) || names_->has("config", plain) || names_->has("summary", plain) ||
                     names_->has("plan", within_parameters(plain));
  if (plain != name && known) return column(plain);
  return unknown(name, *names_, *aliases_);
}

bool QueryText::is_own(std::string_view name) {
  return std::ranges::find(kOwn, name, [](const auto& own) { return own.first; }) != kOwn.end();
}

Result<Cell> QueryText::fitting(std::string_view name, const std::string& column, const std::string& text) {
  auto kinds =
      data_->prepare(fmt::format("SELECT max(typeof({0}) IN ('integer', 'real')), "
                                 "max(typeof({0}) = 'text' AND {0} NOT IN ('nan', 'inf', '-inf')) FROM run",
                                 column));
  if (!kinds) return pass_on(kinds);
  for (std::size_t i = 0; i < values_.size(); ++i) kinds->bind(static_cast<int>(i) + 1, values_[i]);
  const auto row = kinds->next();
  if (!row) return std::unexpected(row.error());
  const bool numbers = kinds->integer(0) != 0 && kinds->integer(1) == 0;
  if (!numbers || text == "nan" || text == "inf" || text == "-inf") return Cell{text};
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size()) return Cell{number};
  return fail(Trouble::usage, fmt::format("{} holds numbers, and \"{}\" is none", name, text), {},
              fmt::format("compare it with a number, without quotes: {} > 0.5", name));
}

}  // namespace atelier
