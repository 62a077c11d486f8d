// clock.cpp: the machine's clocks, and its processes.
#include "track/clock.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <ctime>
#include <fstream>
#include <iterator>
#include <vector>

namespace atelier {
namespace {

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

class SystemClock final : public Clock {
 public:
  WallTime wall() const override {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
  std::int64_t steady_ms() const override {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
  }
  std::string boot() const override { return boot_; }

 private:
  std::string boot_ = first_line("/proc/sys/kernel/random/boot_id");
};

/// When a process began, in ticks since the machine's start; empty when there is none, or it is but a corpse.
std::string beginning_of(long process) {
  const std::string stat = first_line(fmt::format("/proc/{}/stat", process));
  const std::size_t name_end = stat.rfind(')');  // a name may hold spaces and brackets
  if (name_end == std::string::npos) return {};
  std::size_t from = name_end + 2;
  if (from >= stat.size() || stat[from] == 'Z' || stat[from] == 'X') return {};
  for (int field = 3; field < 22 && from != std::string::npos; ++field) {
    from = stat.find(' ', from);
    if (from != std::string::npos) ++from;
  }
  return from == std::string::npos ? std::string{} : stat.substr(from, stat.find(' ', from) - from);
}

/// The space that process numbers count in: containers have their own.
std::string process_space() {
  struct stat space{};
  return ::stat("/proc/self/ns/pid", &space) == 0 ? fmt::format("{}", space.st_ino) : std::string{};
}

}  // namespace

std::shared_ptr<const Clock> system_clock() {
  static const auto clock = std::make_shared<const SystemClock>();
  return clock;
}

std::string this_worker() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  const long process = ::getpid();
  return fmt::format("{}/{}/{}/{}", host.data(), process, beginning_of(process), process_space());
}

bool is_gone(const std::string& worker) {
  std::vector<std::string> parts{""};
  for (const char c : worker) {
    if (c == '/')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  if (parts.size() != 4 || parts[2].empty() || parts[3].empty() || parts[3] != process_space()) return false;
  long process = 0;
  const auto [end, error] = std::from_chars(parts[1].data(), parts[1].data() + parts[1].size(), process);
  if (error != std::errc{} || end != parts[1].data() + parts[1].size()) return false;
  return beginning_of(process) != parts[2];
}

bool is_lost(const Clock& now, const std::string& worker, const std::string& boot, std::int64_t lease) {
  return boot != now.boot() || lease < now.steady_ms() || is_gone(worker);
}

}  // namespace atelier
