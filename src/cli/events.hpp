// events.hpp: what `atelier train --json` prints; docs/formats/events.md is its contract.
#pragma once
#include <nlohmann/json.hpp>

#include "experiment/session.hpp"

namespace atelier::cli {

/// {"event":"epoch", ...}: one finished epoch; a regression has no accuracies.
nlohmann::ordered_json epoch_event(const EpochReport& report);

/// {"event":"end", ...}: the last line of a run that ended by itself or was asked to stop.
nlohmann::ordered_json end_event(const Outcome& outcome);

}  // namespace atelier::cli
