// field_names.cpp: names of JSON values, found and kept.
#include "track/detail/field_names.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace atelier {
namespace {

constexpr int kDeepest = 100;

void collect(const nlohmann::json& object, const std::string& prefix, std::vector<std::string>& names) {
  for (const auto& [key, value] : object.items()) {
    if (value.is_object() && !value.empty())
      collect(value, prefix + key + ".", names);
    else
      names.push_back(prefix + key);
  }
}

/// The object's text is read with a limit on its depth, which the recursion above leans on.
nlohmann::json parse(std::string_view text) {
  const auto limit = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) { return depth < kDeepest; };
  return nlohmann::json::parse(text, limit, false);
}

}  // namespace

Result<FieldNames> FieldNames::load(sqlite::Connection& connection) {
  FieldNames names;
  auto rows = connection.query("SELECT place, name FROM field");
  if (!rows) return pass_on(rows);
  for (auto more = rows->next();; more = rows->next()) {
    if (!more) return pass_on(more);
    if (!*more) return names;
    names.names_[rows->text(0)].insert(rows->text(1));
  }
}

Result<void> FieldNames::keep(sqlite::Connection& connection, std::string_view place, std::string_view json) {
  if (json == "{}") return {};
  const auto object = parse(json);
  if (!object.is_object())
    return fail(Trouble::data, fmt::format("the {} of a run is no JSON object", place),
                std::string(json.substr(0, 80)));
  std::vector<std::string> found;
  collect(object, "", found);
  auto& known = names_[std::string(place)];
  for (auto& name : found) {
    if (known.contains(name)) continue;
    const auto kept = connection.execute("INSERT OR IGNORE INTO field(place, name) VALUES(?, ?)", place, name);
    if (!kept) return std::unexpected(kept.error());
    known.insert(std::move(name));
  }
  return {};
}

bool FieldNames::has(std::string_view place, std::string_view name) const { return at(place).contains(name); }

const std::set<std::string, std::less<>>& FieldNames::at(std::string_view place) const {
  static const std::set<std::string, std::less<>> kNone;
  const auto found = names_.find(place);
  return found == names_.end() ? kNone : found->second;
}

}  // namespace atelier
