// run_json.cpp: runs as JSON, part by part.
#include "track/run_json.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cmath>

namespace atelier {

using Json = nlohmann::ordered_json;

std::string iso_time(WallTime time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", std::chrono::floor<std::chrono::seconds>(time));
}

Json read_json(const JsonText& text) {
  Json json = Json::parse(text, nullptr, false);
  return json.is_object() ? json : Json::object();
}

std::string one_line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json number_json(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

Json head_json(const Run& run) {
  Json json{{"id", run.id},     {"state", name_of(run.state)},      {"name", run.name}, {"group", run.group},
            {"tags", run.tags}, {"created", iso_time(run.created)}, {"seconds", Json()}};
  if (run.seconds) json["seconds"] = *run.seconds;
  if (run.trial) json.update({{"sweep", run.trial->sweep}, {"trial", run.trial->number}});
  return json;
}

Json run_json(const Run& run) {
  Json json = head_json(run);
  json["reason"] = run.reason;
  json["notes"] = run.notes;
  json["started"] = run.started ? Json(iso_time(*run.started)) : Json();
  json["ended"] = run.ended ? Json(iso_time(*run.ended)) : Json();
  json["attempt"] = run.attempt;
  json["worker"] = run.worker;
  json["config"] = read_json(run.config);
  json["summary"] = read_json(run.summary);
  json["environment"] = read_json(run.environment);
  if (run.trial) json["plan"] = read_json(run.plan);
  return json;
}

Json artifacts_json(std::span<const Artifact> artifacts) {
  Json list = Json::array();
  for (const Artifact& a : artifacts)
    list.push_back({{"name", a.name}, {"path", a.path}, {"kind", a.kind}, {"bytes", a.bytes}, {"sha256", a.sha256}});
  return list;
}

}  // namespace atelier
