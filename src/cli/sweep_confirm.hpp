// sweep_confirm.hpp: a confirmation as it is shown.
#pragma once
#include <string>

#include "cli/console.hpp"
#include "experiment/confirm.hpp"

namespace atelier::cli {

/// {"event":"confirmation", ...}; docs/formats/events.md is its contract.
nlohmann::ordered_json confirmation_event(const ConfirmationReport& report);

/// The sentences, and a table of the winners by what they repeat; in a narrow window without the columns that can be
/// missed.
std::string confirmation_text(const ConfirmationReport& report, const Terminal& terminal);

}  // namespace atelier::cli
