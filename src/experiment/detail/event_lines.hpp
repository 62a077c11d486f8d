// event_lines.hpp: the metrics in what a program writes.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "track/run.hpp"

namespace atelier::detail {

/// The numbers of an event line of docs/formats/events.md.
struct Event {
  std::string kind;  ///< "epoch", "end"
  Metrics numbers;   ///< by name, those of nested objects with dots; without `epoch`
};

/// The event that a line tells; none for any other line, be it JSON or not. Numbers may be NaN and Infinity as Python
/// writes them.
std::optional<Event> event_of(std::string_view line);

/// Cuts what comes in pieces into lines. A line over 1 MiB is no line: it comes in pieces, each marked so.
class Lines {
 public:
  using Take = std::function<void(std::string_view line, bool whole)>;  ///< without its end of line, if `whole`

  void feed(std::string_view bytes, const Take& take);
  /// The last line, if it has no end.
  void finish(const Take& take);

 private:
  std::string rest_;
  bool long_ = false;  // within a line that is too long
};

}  // namespace atelier::detail
