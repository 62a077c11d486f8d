// run.cpp: the names of states.
#include "track/run.hpp"

#include <array>

namespace atelier {
namespace {

constexpr std::array<std::string_view, 8> kRunStates{"queued",   "running",  "paused", "stopped_early",
                                                     "finished", "diverged", "failed", "killed"};
constexpr std::array<std::string_view, 4> kSweepStates{"running", "paused", "finished", "stopped"};

template <class State, std::size_t n>
std::optional<State> state_of(const std::array<std::string_view, n>& names, std::string_view name) {
  for (std::size_t i = 0; i < n; ++i)
    if (names[i] == name) return static_cast<State>(i);
  return std::nullopt;
}

}  // namespace

std::string_view name_of(RunState state) { return kRunStates.at(static_cast<std::size_t>(state)); }
std::optional<RunState> run_state(std::string_view name) { return state_of<RunState>(kRunStates, name); }
std::string_view name_of(SweepState state) { return kSweepStates.at(static_cast<std::size_t>(state)); }
std::optional<SweepState> sweep_state(std::string_view name) { return state_of<SweepState>(kSweepStates, name); }

}  // namespace atelier
