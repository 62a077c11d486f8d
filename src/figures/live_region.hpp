// live_region.hpp: a few lines at the bottom of a terminal that are redrawn in place.
#pragma once
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "figures/terminal.hpp"

namespace atelier {

/// Redraws a block of lines in place, at most 20 times a second; where the stream is no terminal it draws nothing
/// and only prints. Every frame leaves the cursor visible, below the block, in the plain colour: a process that is
/// killed leaves a usable terminal. Not for use from two threads at once.
class LiveRegion {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// What the region needs from outside; `write` gets whole frames and lines.
  struct Seams {
    std::function<Terminal()> look;  ///< asked at every frame, so a new window size is seen
    std::function<void(std::string_view)> write;
    std::function<Time()> now = std::chrono::steady_clock::now;
  };

  explicit LiveRegion(Seams seams) : seams_(std::move(seams)) {}

  /// Whether a frame may be drawn now: the stream is a terminal, and the last frame is 50 ms old.
  /// A clock reading and one comparison: cheap enough for every training step.
  bool due();

  /// Draws the lines in place of the last frame, cut to the window; call it when due(), or for the last frame.
  void draw(const std::vector<std::string>& lines);

  /// Writes one line that stays, above the region.
  void print(std::string_view line);

  /// Lets go of the block: what stands there stays, and the next frame begins below it.
  void release();

  /// The stream as it was last seen.
  const Terminal& terminal();

 private:
  /// Moves to the first cell of the last frame.
  std::string rewind() const;

  Seams seams_;
  Terminal terminal_;
  bool looked_ = false;
  Time next_{};
  std::vector<std::string> shown_;
};

/// The seams of a real stream: 1 for standard output, 2 for standard error. Write errors are ignored.
LiveRegion::Seams stream_seams(int descriptor);

}  // namespace atelier
