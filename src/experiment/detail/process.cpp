// process.cpp: a keeper process, a program in its group, and three pipes.
#include "experiment/detail/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "experiment/detail/process_keeper.hpp"

namespace atelier::detail {
namespace {

constexpr std::size_t kAtOnce = 64 << 10;
constexpr int kMostLeavings = 32;  // reads after the end: what a pipe can hold, unless a stranger still fills it

struct Pipe {
  FileHandle reader, writer;
};

Result<Pipe> open_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return fail(Trouble::file, "no pipe to a program can be opened", std::generic_category().message(errno),
                "use fewer --workers");
  Pipe pipe{FileHandle(ends[0]), FileHandle(ends[1])};
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return pipe;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

/// What is there to be read, without waiting. False at the pipe's end.
bool drain(const FileHandle& pipe, std::string& into) {
  std::array<char, 4096> chunk;
  while (into.size() + chunk.size() <= kAtOnce) {
    const ssize_t n = ::read(pipe.get(), chunk.data(), chunk.size());
    if (n == 0) return false;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno == EAGAIN;
    into.append(chunk.data(), static_cast<std::size_t>(n));
  }
  return true;
}

bool can_run(const std::filesystem::path& file) {
  std::error_code missing;
  return std::filesystem::is_regular_file(file, missing) && ::access(file.c_str(), X_OK) == 0;
}

}  // namespace

std::optional<std::filesystem::path> find_program(const std::string& name, const std::filesystem::path& folder) {
  if (name.empty()) return std::nullopt;
  if (name.find('/') != std::string::npos) {
    const auto file = folder / name;
    return can_run(file) ? std::optional(file) : std::nullopt;
  }
  const char* path = std::getenv("PATH");
  const std::string places = path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin";
  for (std::size_t from = 0; from <= places.size();) {
    const std::size_t to = std::min(places.find(':', from), places.size());
    const auto file = folder / places.substr(from, to - from) / name;
    if (can_run(file)) return file;
    from = to + 1;
  }
  return std::nullopt;
}

Result<Process> Process::start(const Launch& launch) {
  if (launch.words.empty()) return fail(Trouble::usage, "a command of no words cannot be run");
  const auto file = find_program(launch.words.front(), launch.folder);
  if (!file)
    return fail(Trouble::usage, fmt::format("there is no program {}", launch.words.front()),
                launch.words.front().find('/') == std::string::npos ? "none of that name in PATH"
                                                                    : "looked for it from " + launch.folder.string(),
                "check its name and whether it may be executed");
  auto out = open_pipe(), err = open_pipe(), notes = open_pipe();
  for (auto* pipe : {&out, &err, &notes})
    if (!*pipe) return pass_on(*pipe);
  const FileHandle nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));

  std::vector<std::string> words = launch.words, environment = launch.environment;
  const std::vector<char*> argv = pointers(words), envp = pointers(environment);
  const std::string path = std::filesystem::absolute(*file).string(), folder = launch.folder.string();
  const Keeping keeping{.parent = ::getpid(),
                        .file = path.c_str(),
                        .argv = argv.data(),
                        .envp = envp.data(),
                        .folder = folder.c_str(),
                        .in = nothing.get(),
                        .out = out->writer.get(),
                        .err = err->writer.get(),
                        .notes = notes->writer.get(),
                        .lock = launch.lock,
                        .grace_ms = launch.grace.count()};
  // No handler of ours may run in the keeper, where this program's threads are missing.
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t keeper = ::fork();
  if (keeper == 0) keep(keeping);
  const int trouble = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (keeper < 0)
    return fail(Trouble::file, "a program cannot be started", std::generic_category().message(trouble),
                "use fewer --workers");
  ::setpgid(keeper, keeper);  // as the keeper does: whoever comes first
  Process process;
  process.keeper_ = keeper;
  process.out_ = std::move(out->reader);
  process.err_ = std::move(err->reader);
  process.notes_ = std::move(notes->reader);
  return process;
}

Process::Process(Process&& other) noexcept
    : keeper_(std::exchange(other.keeper_, -1)),
      out_(std::move(other.out_)),
      err_(std::move(other.err_)),
      notes_(std::move(other.notes_)),
      exit_(other.exit_) {}

Process::~Process() {
  if (keeper_ > 0) ::kill(-keeper_, SIGKILL);
  reap();
}

void Process::reap() {
  if (keeper_ <= 0) return;
  int status = 0;
  while (::waitpid(keeper_, &status, 0) < 0 && errno == EINTR) {
  }
  keeper_ = -1;
}

void Process::stop() {
  if (keeper_ > 0) ::kill(keeper_, SIGTERM);
}

/// Reads what the keeper says; its silence is the end of all.
void Process::hear() {
  Note note;
  ssize_t n = 0;
  while ((n = ::read(notes_.get(), &note, sizeof note)) == static_cast<ssize_t>(sizeof note)) {
    if (exit_) continue;  // a program that could not be started also has an exit code
    if (note.kind == Note::Kind::not_started)
      exit_ = Exit{Exit::How::not_started, note.value};
    else if (WIFSIGNALED(note.value))
      exit_ = Exit{Exit::How::signalled, WTERMSIG(note.value)};
    else
      exit_ = Exit{Exit::How::exited, WEXITSTATUS(note.value)};
  }
  if (n != 0) return;
  if (keeper_ > 0) ::kill(-keeper_, SIGKILL);  // were it killed, the rest of the group would still be there
  reap();
  if (!exit_) exit_ = Exit{};
}

Process::Output Process::read(std::chrono::milliseconds patience) {
  Output output;
  if (keeper_ > 0) {
    std::array<pollfd, 3> open{{{out_.get(), POLLIN, 0}, {err_.get(), POLLIN, 0}, {notes_.get(), POLLIN, 0}}};
    ::poll(open.data(), open.size(), static_cast<int>(patience.count()));
    if (open[2].revents != 0) hear();
  }
  if (out_.get() >= 0 && !drain(out_, output.out)) out_.close();
  if (err_.get() >= 0 && !drain(err_, output.err)) err_.close();
  if (keeper_ <= 0) output.ended = (output.out.empty() && output.err.empty()) || ++leavings_ > kMostLeavings;
  return output;
}

}  // namespace atelier::detail
