// run_json.hpp: runs as JSON, the same for every reader.
#pragma once
#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "track/run.hpp"

namespace atelier {

/// "2026-07-13T10:22:05Z", as filters compare it.
std::string iso_time(WallTime time);
/// A JSON text of the store as a value; an empty object where it is none.
nlohmann::ordered_json read_json(const JsonText& text);
/// One line of JSON, whatever bytes its texts have.
std::string one_line(const nlohmann::ordered_json& json);
/// A number as records write it: not a number and the infinities are the texts "nan", "inf", "-inf".
nlohmann::ordered_json number_json(double value);

/// id, state, name, group, tags, created, seconds, and of a trial sweep and number: a run without its long parts.
nlohmann::ordered_json head_json(const Run& run);
/// Everything that the run itself says.
nlohmann::ordered_json run_json(const Run& run);
/// An object a file.
nlohmann::ordered_json artifacts_json(std::span<const Artifact> artifacts);

}  // namespace atelier
