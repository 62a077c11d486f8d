// answer_runs.cpp: the workspace, its runs as a table, and all about one of them.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/version.hpp"
#include "experiment/repeat.hpp"
#include "serve/route.hpp"
#include "serve/site.hpp"
#include "track/run_json.hpp"

namespace atelier {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kMostRows = 100'000, kUsualRows = 1000;

/// A text as JSON; most are plain and need no second look.
void add_text(std::string& out, const std::string& text) {
  const bool plain = std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
  if (plain)
    fmt::format_to(std::back_inserter(out), "\"{}\"", text);
  else
    out += one_line(Json(text));
}

void add_cell(std::string& out, const Cell& cell) {
  if (const auto* whole = std::get_if<std::int64_t>(&cell))
    fmt::format_to(std::back_inserter(out), "{}", *whole);
  else if (const auto* real = std::get_if<double>(&cell); real && std::isfinite(*real))
    fmt::format_to(std::back_inserter(out), "{}", *real);
  else if (const auto* text = std::get_if<std::string>(&cell))
    add_text(out, *text);
  else
    out += "null";
}

std::string table_json(const std::vector<std::string>& columns, std::int64_t total,
                       const std::vector<std::vector<Cell>>& rows) {
  std::string out = fmt::format("{{\"columns\":{},\"total\":{},\"rows\":[", one_line(Json(columns)), total);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out += i == 0 ? "[" : ",[";
    for (std::size_t c = 0; c < rows[i].size(); ++c) {
      if (c > 0) out += ',';
      add_cell(out, rows[i][c]);
    }
    out += ']';
  }
  return out + "]}";
}

}  // namespace

Result<Response> no_such_run(const Call& call, const Error& error) {
  if (error.kind != Trouble::usage) return std::unexpected(error);
  return not_found(fmt::format("there is no run \"{}\"", call.name("run")));
}

Result<Response> answer_workspace(const Call& call) {
  const std::filesystem::path whole = std::filesystem::weakly_canonical(call.site.workspace());
  return json_response(Json{{"version", kVersion},
                            {"name", whole.filename().string()},
                            {"read_only", call.site.read_only()},
                            {"token", call.site.token()}});
}

Result<Response> answer_columns(const Call& call) {
  const auto columns = call.site.reader().columns();
  if (!columns) return pass_on(columns);
  return json_response(Json{{"columns", *columns}});
}

Result<Response> answer_runs(const Call& call) {
  const auto limit = call.number("limit", kUsualRows, 0, kMostRows);
  if (!limit) return pass_on(limit);
  const auto offset = call.number("offset", 0, 0, std::numeric_limits<std::int32_t>::max());
  if (!offset) return pass_on(offset);
  const auto descending = call.truth("descending");
  if (!descending) return pass_on(descending);
  Store& store = call.site.reader();
  auto columns = call.target.find("columns") ? call.list("columns") : store.columns();
  if (!columns) return pass_on(columns);
  const RunQuery query{std::string(call.text("where")), std::string(call.text("sort")), *descending, *limit, *offset};
  const auto total = store.count(query.where);
  if (!total) return pass_on(total);
  const auto rows = store.table(query, *columns);
  if (!rows) return pass_on(rows);
  return json_response(table_json(*columns, *total, *rows));
}

Result<Response> answer_run(const Call& call) {
  Store& store = call.site.reader();
  const auto run = store.run(call.name("run"));
  if (!run) return no_such_run(call, run.error());
  const auto artifacts = store.artifacts(run->id);
  if (!artifacts) return pass_on(artifacts);
  Json json = run_json(*run);
  json["artifacts"] = artifacts_json(*artifacts);
  if (const auto command = repeat_command(*run)) json["command"] = *command;
  return json_response(json);
}

Result<Response> answer_history(const Call& call) {
  const auto after = call.number("after", 0, 0, std::numeric_limits<std::int32_t>::max());
  if (!after) return pass_on(after);
  const auto rows = call.site.reader().history(call.name("run"), static_cast<int>(*after));
  if (!rows) return no_such_run(call, rows.error());
  std::map<std::string, std::size_t> column;
  for (const EpochRow& row : *rows)
    for (const auto& [name, value] : row.metrics) column.emplace(name, 0);
  Json names = Json::array(), epochs = Json::array(), values = Json::array();
  for (auto& [name, at] : column) at = names.size(), names.push_back(name);
  for (const EpochRow& row : *rows) {
    std::vector<Json> line(names.size());
    for (const auto& [name, value] : row.metrics)
      if (std::isfinite(value)) line[column[name]] = value;
    epochs.push_back(row.epoch);
    values.push_back(std::move(line));
  }
  return json_response(Json{{"names", names}, {"epochs", epochs}, {"values", values}});
}

}  // namespace atelier
