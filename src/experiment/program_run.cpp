// program_run.cpp: a process, its lines and its log.
#include "experiment/program_run.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <system_error>

#include "experiment/detail/event_lines.hpp"
#include "experiment/detail/process.hpp"
#include "figures/text.hpp"

namespace atelier {
namespace {

constexpr std::size_t kMostLog = 64 << 20;  // bytes of one run
constexpr std::size_t kComplaints = 3, kLongestComplaint = 200;

}  // namespace

/// The log, up to its limit.
struct ProgramRun::Log {
  FileHandle file;
  FileSink sink{file.get()};
  std::size_t room = kMostLog;

  explicit Log(FileHandle handle) : file(std::move(handle)) {}
  void write(std::string_view text) {
    if (room == 0) return;
    sink.write(text.substr(0, room));
    room -= std::min(room, text.size());
    if (room == 0) sink.write(std::string_view("\n(the rest was left out: a log holds 64 MiB)\n"));
  }
  void line(std::string_view text, bool whole) {
    write(text);
    if (whole) write("\n");
  }
};

ProgramRun::ProgramRun() : out_(std::make_unique<detail::Lines>()), err_(std::make_unique<detail::Lines>()) {}
ProgramRun::ProgramRun(ProgramRun&&) noexcept = default;
ProgramRun::~ProgramRun() = default;

Result<ProgramRun> ProgramRun::start(const Plan& plan) {
  const auto no_log = [&](int code) {
    return fail(Trouble::file, "the log of a program cannot be written",
                fmt::format("{}: {}", plan.log.string(), std::generic_category().message(code)),
                "choose another place with --workspace, or free some space");
  };
  ProgramRun run;
  run.plan_ = plan;
  FileHandle file(::open(plan.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  if (file.get() < 0) return no_log(errno);
  run.log_ = std::make_unique<Log>(std::move(file));
  for (const auto& [path, text] : plan.call.files)
    if (auto written = write_file_atomically(path, text); !written) return pass_on(written);
  auto process = detail::Process::start({plan.call.words, plan.call.environment, plan.folder, plan.grace, plan.lock});
  if (!process) return pass_on(process);
  run.process_ = std::make_unique<detail::Process>(*std::move(process));
  return run;
}

/// The numbers of an epoch that is over with these; none while the metric is still to come.
std::optional<Metrics> ProgramRun::completed(Metrics numbers) {
  for (const auto& [name, value] : numbers) seen_.insert(name), open_[name] = value;
  if (!plan_.metric.empty() && !numbers.contains(plan_.metric)) {
    const auto other =
        std::ranges::find_if(plan_.other_names, [&](const auto& name) { return numbers.contains(name); });
    if (other == plan_.other_names.end()) return std::nullopt;
    open_[plan_.metric] = numbers[*other];
  }
  if (!plan_.metric.empty()) last_ = open_[plan_.metric];
  epochs_++;
  return std::exchange(open_, {});
}

void ProgramRun::take(std::string_view line, bool whole) {
  auto event = whole ? detail::event_of(line) : std::nullopt;
  if (event && event->kind == "epoch") {
    if (auto epoch = completed(std::move(event->numbers))) waiting_.push_back(*std::move(epoch));
  } else if (event && event->kind == "end") {
    last_words_ = std::move(event->numbers);
  } else {
    log_->line(line, whole);
  }
}

void ProgramRun::keep_complaint(std::string_view line) {
  if (line.find_first_not_of(" \t\r^~") == std::string_view::npos) return;  // also what Python marks a place with
  line.remove_prefix(line.find_first_not_of(" \t"));
  while (line.ends_with(' ') || line.ends_with('\r')) line.remove_suffix(1);
  complaints_.emplace_back(line.substr(0, kLongestComplaint));
  if (complaints_.size() > kComplaints) complaints_.pop_front();
}

Result<std::optional<Metrics>> ProgramRun::epoch(std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  const auto from_out = [&](std::string_view line, bool whole) { take(line, whole); };
  const auto from_err = [&](std::string_view line, bool whole) {
    keep_complaint(line);
    log_->line(line, whole);
  };
  while (waiting_.empty() && !over_) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    const auto output = process_->read(std::max(left, std::chrono::milliseconds(0)));
    out_->feed(output.out, from_out);
    err_->feed(output.err, from_err);
    if (output.ended) {
      out_->finish(from_out);
      err_->finish(from_err);
      over_ = true;
    }
    if (log_->sink.trouble() != 0)
      return fail(Trouble::file, "the log of a program cannot be written",
                  fmt::format("{}: {}", plan_.log.string(), std::generic_category().message(log_->sink.trouble())),
                  "free some space");
    if (left.count() <= 0) break;
  }
  if (waiting_.empty()) return std::nullopt;
  Metrics next = std::move(waiting_.front());
  waiting_.pop_front();
  return next;
}

void ProgramRun::stop() { process_->stop(); }

/// "exit code 3"; empty for a good end.
std::string ProgramRun::how_it_ended() const {
  const detail::Exit exit = process_->exit().value_or(detail::Exit{});
  switch (exit.how) {
    case detail::Exit::How::exited: return exit.value == 0 ? "" : fmt::format("exit code {}", exit.value);
    case detail::Exit::How::signalled:
      return fmt::format("killed by signal {} ({})", exit.value, ::strsignal(exit.value));
    case detail::Exit::How::not_started:
      return fmt::format("it could not be started: {}", std::generic_category().message(exit.value));
    case detail::Exit::How::unknown: break;
  }
  return "killed together with its keeper";
}

Ending ProgramRun::ending() const {
  std::string reason = how_it_ended();
  if (!reason.empty() && !complaints_.empty()) reason += fmt::format(": {}", fmt::join(complaints_, " / "));
  if (reason.empty() && epochs_ == 0) {
    reason = "no event line was seen on its standard output: print {\"event\":\"epoch\", ...} after each epoch";
    if (!seen_.empty())
      reason = fmt::format("no event line has the metric {}; they have {}", plan_.metric, fmt::join(seen_, ", "));
  }
  if (!reason.empty()) return {RunState::failed, printable(reason)};
  if (!std::isfinite(last_))
    return {RunState::diverged, fmt::format("{} is no number after epoch {}", plan_.metric, epochs_)};
  return {RunState::finished, ""};
}

}  // namespace atelier
