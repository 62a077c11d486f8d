// columns.cpp: what a column's name means in SQL.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/catalog.hpp"
#include "track/detail/where.hpp"

namespace atelier {
namespace {

constexpr const char* kCreated = "strftime('%Y-%m-%dT%H:%M:%SZ', run.created / 1000, 'unixepoch')";
constexpr const char* kStarted = "strftime('%Y-%m-%dT%H:%M:%SZ', run.started / 1000, 'unixepoch')";
constexpr const char* kEnded = "strftime('%Y-%m-%dT%H:%M:%SZ', run.ended / 1000, 'unixepoch')";

/// The run's own columns: name and SQL.
constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kOwn{{
    {"id", "run.id"},
    {"name", "run.name"},
    {"group", "run.\"group\""},
    {"notes", "run.notes"},
    {"tags", "(SELECT group_concat(tag, ', ') FROM tag WHERE tag.run = run.seq)"},
    {"state", "run.state"},
    {"reason", "run.reason"},
    {"created", kCreated},
    {"started", kStarted},
    {"ended", kEnded},
    {"seconds", "(run.ended - run.started) / 1000.0"},
    {"sweep", "run.sweep"},
    {"trial", "run.number"},
    {"attempt", "run.attempt"},
    {"worker", "run.worker"},
    {"epochs_done", "(SELECT max(epoch) FROM epoch WHERE epoch.run = run.seq)"},
}};

std::unexpected<Error> unknown(std::string_view name, const FieldNames& names) {
  std::vector<std::string_view> all;
  for (const auto& [own, sql] : kOwn) all.push_back(own);
  for (const auto place : kFieldPlaces)
    for (const auto& field : names.at(place)) all.push_back(field);
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
std::string QueryText::json_value(std::string_view place, std::string_view name) {
  const std::string flat = value(fmt::format("$.\"{}\"", name));
  if (name.find('.') == std::string_view::npos) return fmt::format("json_extract(run.{}, {})", place, flat);
  std::string path = "$.\"";
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
  return unknown(name, *names_);
}

}  // namespace atelier
