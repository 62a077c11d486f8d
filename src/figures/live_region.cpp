// live_region.cpp: frames as cursor movement, erase-to-end and text.
#include "figures/live_region.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "figures/text.hpp"

namespace atelier {

using namespace std::chrono_literals;

bool LiveRegion::due() {
  if (looked_ && !terminal_.interactive) return false;
  if (seams_.now() < next_) return false;
  looked_ = false;
  return terminal().interactive;
}

const Terminal& LiveRegion::terminal() {
  if (!looked_) terminal_ = seams_.look();
  looked_ = true;
  return terminal_;
}

std::string LiveRegion::rewind() const {
  // A window that became narrower has wrapped the lines of the last frame.
  int rows = 0;
  for (const std::string& line : shown_) rows += std::max(1, (cells(line) + terminal_.width - 1) / terminal_.width);
  rows = std::min(rows, terminal_.height - 1);
  return rows > 0 ? fmt::format("\r\x1b[{}A", rows) : "\r";
}

void LiveRegion::draw(const std::vector<std::string>& lines) {
  terminal_ = seams_.look();
  looked_ = true;
  if (!terminal_.interactive) return;
  std::string frame = "\x1b[?25l" + rewind();
  shown_.clear();
  for (const std::string& line : lines) {
    if (static_cast<int>(shown_.size()) + 1 >= terminal_.height) break;
    // The last column stays empty: a line that fills it leaves the cursor in two places at once.
    shown_.push_back(clip(line, terminal_.width - 1));
    frame += shown_.back() + "\x1b[K\n";
  }
  frame += "\x1b[J\x1b[?25h";
  seams_.write(frame);
  next_ = seams_.now() + 50ms;
}

void LiveRegion::print(std::string_view line) {
  if (shown_.empty()) {
    seams_.write(std::string(line) + "\n");
    return;
  }
  terminal_ = seams_.look();
  // Written over the old frame, not after clearing it: some terminals keep what is cleared in their history.
  std::string frame = rewind() + std::string(line) + "\x1b[K\n";
  for (const std::string& kept : shown_) frame += kept + "\x1b[K\n";
  frame += "\x1b[J";
  seams_.write(frame);
}

void LiveRegion::release() { shown_.clear(); }

LiveRegion::Seams stream_seams(int descriptor) {
  return {.look = [descriptor] { return look_at(descriptor); },
          .write =
              [descriptor](std::string_view text) {
                while (!text.empty()) {
                  const ssize_t written = ::write(descriptor, text.data(), text.size());
                  if (written < 0 && errno == EINTR) continue;
                  if (written <= 0) return;
                  text.remove_prefix(static_cast<std::size_t>(written));
                }
              }};
}

}  // namespace atelier
