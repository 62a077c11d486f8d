// runs_text.hpp: runs and their values as text and as JSON.
#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "cli/help.hpp"
#include "figures/terminal.hpp"
#include "track/run_json.hpp"

namespace atelier::cli {

/// How long ago: "now", "12 s ago", "3 min ago", "5 h ago", "2 d ago", then the date.
std::string age(WallTime time, WallTime now);
/// The wall clock's time.
WallTime wall_now();

/// What files take: "512 bytes", "12.3 MB"; a MB is a million bytes.
std::string bytes_text(std::uint64_t bytes);

/// A value for a table: six significant digits at most, safe to show; empty where there is none.
std::string shown(const Cell& cell);
/// A value in full: as many digits as bring the same number back, a text as it is.
std::string in_full(const Cell& cell);
/// A value of a configuration or summary, safe to show: a text without its quotes, a list as "128,64".
std::string shown(const nlohmann::ordered_json& value);

/// The name of a state in its colour.
std::string shown(RunState state, Colour colour);

/// The head of a run with configuration and summary, as one line. These are handed on as they are stored, unread.
std::string list_line(const Run& run);

/// Seconds that the run was trained; where it does not tell, those of its last attempt, up to now while it runs. Not a
/// number where none has begun.
double seconds_of(const Run& run, WallTime now);

/// A run's first lines: id, name and state; then epochs, time, age, group, tags and reason; then its notes.
std::string headline(const Run& run, const Terminal& terminal);
/// What came out, a value each; accuracies of the validation set with their standard error.
Rows results(const Run& run);
/// Settings that are not as by default, with the default behind them.
Rows own_settings(const Run& run);
/// The other settings, "activation relu · norm none · …".
std::string preset_settings(const Run& run);

}  // namespace atelier::cli
