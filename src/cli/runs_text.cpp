// runs_text.cpp: times, sizes and values of runs in words, and runs as lines of JSON.
#include "cli/runs_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>

#include "figures/progress.hpp"
#include "figures/text.hpp"

namespace atelier::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string number_text(double value) { return std::isfinite(value) ? fmt::format("{:.6g}", value) : in_full(value); }

}  // namespace

WallTime wall_now() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

std::string age(WallTime time, WallTime now) {
  constexpr std::int64_t kMinute = 60, kHour = 60 * kMinute, kDay = 24 * kHour;
  const std::int64_t seconds = std::chrono::floor<std::chrono::seconds>(now - time).count();
  if (seconds < -kMinute || seconds >= 60 * kDay) return iso_time(time).substr(0, 10);  // a clock may have been moved
  if (seconds < 2) return "now";
  if (seconds < 2 * kMinute) return fmt::format("{} s ago", seconds);
  if (seconds < 2 * kHour) return fmt::format("{} min ago", seconds / kMinute);
  if (seconds < 2 * kDay) return fmt::format("{} h ago", seconds / kHour);
  return fmt::format("{} d ago", seconds / kDay);
}

std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array units{"kB", "MB", "GB", "TB"};
  if (bytes < 1000) return bytes == 1 ? "1 byte" : fmt::format("{} bytes", bytes);
  double size = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  while (size >= 999.5 && unit + 1 < units.size()) size /= 1000, ++unit;
  return fmt::format("{:.{}f} {}", size, size < 99.95 ? 1 : 0, units[unit]);
}

std::string in_full(const Cell& cell) {
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) return fmt::format("{}", *whole);
  if (const auto* real = std::get_if<double>(&cell)) return fmt::format("{}", *real);
  const auto* text = std::get_if<std::string>(&cell);
  return text ? *text : std::string();
}

std::string shown(const Cell& cell) {
  const auto* real = std::get_if<double>(&cell);
  return real ? number_text(*real) : printable(in_full(cell));
}

std::string shown(const Json& value) {
  if (value.is_null()) return "–";
  if (value.is_number_float()) return number_text(value.get<double>());
  if (value.is_string()) return printable(value.get<std::string>());
  if (!value.is_array() || value.empty()) return printable(one_line(value));
  std::string list;  // "128,64", as a flag takes it
  for (const Json& element : value) list += (list.empty() ? "" : ",") + shown(element);
  return list;
}

std::string shown(RunState state, Colour colour) {
  const Ink ink = state == RunState::running                                 ? Ink::accent
                  : state == RunState::diverged || state == RunState::failed ? Ink::alarm
                  : state == RunState::finished || state == RunState::killed ? Ink::plain
                                                                             : Ink::dim;
  return inked(name_of(state), ink, colour);
}

std::string list_line(const Run& run) {
  std::string line = one_line(head_json(run));
  line.back() = ',';
  line += fmt::format("\"config\":{},\"summary\":{}}}", run.config, run.summary);
  for (char& c : line)
    if (c == '\n' || c == '\r') c = ' ';  // between the parts of a JSON text one blank is as good as another
  return line;
}

double seconds_of(const Run& run, WallTime now) {
  if (run.seconds) return *run.seconds;
  if (!run.started) return std::numeric_limits<double>::quiet_NaN();
  if (!run.ended && run.state != RunState::running) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>((run.ended.value_or(now) - *run.started).count()) / 1000;
}

}  // namespace atelier::cli
