// run_ending.hpp: what the state of a run says of its end.
#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "track/run.hpp"

namespace atelier {

/// It can be claimed.
inline bool waits(RunState state) { return state == RunState::paused || state == RunState::queued; }
/// It is at its end, however it came there.
inline bool has_ended(RunState state) { return state != RunState::running && !waits(state); }
/// It came to no result.
inline bool has_failed(RunState state) {
  return state == RunState::failed || state == RunState::diverged || state == RunState::killed;
}

/// How the reason of a training begins that has ended by its own patience.
inline constexpr std::string_view kPatience = "patience";
/// The ending of such a training.
inline Ending out_of_patience(int best_epoch) {
  return {RunState::stopped_early, fmt::format("{}: no better epoch since {}", kPatience, best_epoch)};
}
/// It ended by its own rule, not by that of a sweep: after all its epochs, or out of patience.
inline bool ended_itself(RunState state, std::string_view reason) {
  return state == RunState::finished || (state == RunState::stopped_early && reason.starts_with(kPatience));
}

/// An error as the reason of an end.
inline std::string in_a_line(const Error& error) {
  return error.detail.empty() ? error.summary : fmt::format("{}: {}", error.summary, error.detail);
}

}  // namespace atelier
