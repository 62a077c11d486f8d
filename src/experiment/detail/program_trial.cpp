// program_trial.cpp: a program between its lines and the study.
#include "experiment/detail/program_trial.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>
#include <chrono>
#include <cmath>
#include <thread>

#include "base/files.hpp"
#include "base/machine.hpp"
#include "base/sha256.hpp"
#include "base/version.hpp"
#include "experiment/program_run.hpp"

namespace atelier::detail {
namespace {

namespace fs = std::filesystem;
using json = nlohmann::ordered_json;
using Steady = std::chrono::steady_clock;

constexpr auto kLook = std::chrono::milliseconds(200);
constexpr const char* kLog = "output.log";
constexpr const char* kLock = ".lock";
constexpr auto kLongestEnd = std::chrono::seconds(13);  // the grace of a program, and its keeper's own

/// A program's epochs as the record has them.
class Recorder {
 public:
  Recorder(const Objective& objective, RunWriter& writer) : objective_(objective), writer_(writer) {}

  int epochs() const { return epochs_; }
  void add(const Metrics& metrics) {
    epochs_++;
    Metrics summary{{"epochs", epochs_}, {"seconds", std::chrono::duration<double>(Steady::now() - began_).count()}};
    const double loss = objective_.loss(metrics, {});
    if (loss < best_) best_ = loss, best_epoch_ = epochs_;
    if (best_epoch_ > 0) {
      summary["best_epoch"] = best_epoch_;
      summary["best_" + objective_.metric] = objective_.value(best_);
    }
    writer_.epoch({epochs_, metrics}, summary);
  }

 private:
  const Objective& objective_;
  RunWriter& writer_;
  const Steady::time_point began_ = Steady::now();
  double best_ = HUGE_VAL;
  int epochs_ = 0, best_epoch_ = 0;
};

/// Waits for the program of an attempt that was lost, which may take its time to end: two never write to one folder. Its
/// keeper holds the lock until then, and the new one's takes it on. Where files have no locks, nothing is waited for.
Result<FileHandle> lock_of(const fs::path& folder, const std::atomic<bool>& halt) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed)
    return fail(Trouble::file, "the run's folder cannot be made", folder.string() + ": " + failed.message(),
                "choose another place with --workspace");
  FileHandle lock(::open((folder / kLock).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  for (const auto end = Steady::now() + kLongestEnd; ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0;) {
    if (errno != EWOULDBLOCK || halt) break;
    if (Steady::now() > end)
      return fail(Trouble::usage, "the program of an earlier attempt still runs", "it holds " + folder.string(),
                  "end it, and try the trial again with --retry 1");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return lock;
}

Result<ProgramRun> start(const SweepSetup& setup, const std::string& sweep, const TrialJob& job, const fs::path& folder,
                         const std::atomic<bool>& halt) {
  auto call = program_call(setup.file, job.configuration, {sweep, job.ticket.run, job.ticket.attempt, folder});
  if (!call) return pass_on(call);
  const auto lock = lock_of(folder, halt);
  if (!lock) return pass_on(lock);
  return ProgramRun::start({.call = *std::move(call),
                            .folder = setup.program->folder,
                            .log = folder / kLog,
                            .metric = setup.file.metric ? setup.objective.metric : "",
                            .other_names = setup.program->metric_names,
                            .lock = lock->get()});
}

/// How the trial ends by what the study says; none while the program is to go on. One that has all its epochs behind it
/// may still have things to do, and one that waits for others need not stand still.
std::optional<Ending> decided(const Course& course) {
  if (!course.ending || course.ending->state == RunState::paused) return std::nullopt;
  if (course.ending->state == RunState::finished && course.ending->reason.empty()) return std::nullopt;
  return course.ending;
}

/// The program's own end, with its last words.
Ending own_ending(const ProgramRun& run) {
  Ending ending = run.ending();
  json words = json::object();
  for (const auto& [name, value] : run.last_words())
    if (std::isfinite(value)) words[name] = value;
  ending.summary = words.dump();
  return ending;
}

Result<void> list_log(Store& store, const Ticket& ticket, const fs::path& folder) {
  const auto file = map_file(folder / kLog);
  if (!file) return pass_on(file);
  const auto listed =
      store.add_artifact(ticket, {"output", (folder.filename() / kLog).string(), "log",
                                  static_cast<std::int64_t>(file->bytes.size()), to_hex(sha256(file->bytes))});
  return listed ? Result<void>{} : pass_on(listed);
}

}  // namespace

JsonText program_environment(const SweepSetup& setup) {
  return json{{"version", kVersion},
              {"processor", processor_name()},
              {"cores", std::thread::hardware_concurrency()},
              {"memory_gb", std::round(machine_memory() / 1e8) / 10},
              {"host", host_name()},
              {"program", setup.file.program},
              {"folder", setup.program->folder.string()}}
      .dump();
}

Result<Ending> run_program_trial(Workspace& workspace, const SweepSetup& setup, const std::string& sweep,
                                 const TrialJob& job, RunWriter& writer, AskStudy ask, const std::atomic<bool>& halt) {
  if (auto rewound = workspace.store().rewind(job.ticket, 0, 0); !rewound) return pass_on(rewound);
  const fs::path folder = fs::absolute(workspace.folder_of(job.ticket.run));
  auto run = start(setup, sweep, job, folder, halt);
  if (!run && run.error().kind == Trouble::file) return pass_on(run);
  if (!run) return Ending{RunState::failed, in_a_line(run.error())};
  const auto most = program_effort(setup, job.configuration);
  if (!most) return Ending{RunState::failed, in_a_line(most.error())};
  Recorder recorder(setup.objective, writer);
  std::optional<Ending> ending;  // not by the program itself: it has been asked to end
  for (int until = job.until; !run->over();) {
    const auto epoch = run->epoch(kLook);
    if (!epoch) return pass_on(epoch);
    if (ending) continue;
    if (auto trouble = writer.trouble()) return std::unexpected(*std::move(trouble));
    if (*epoch && recorder.epochs() == most->epochs) {
      ending = Ending{RunState::failed, fmt::format("it told of more epochs than {}, as many as its parameter {} says",
                                                    most->epochs, *setup.program->epochs)};
      run->stop();
      continue;
    }
    if (*epoch) recorder.add(**epoch);
    const auto course = ask(recorder.epochs(), *epoch ? &**epoch : nullptr, until);
    if (!course) return pass_on(course);
    until = std::max(until, course->until);
    ending = decided(*course);
    if (halt || !writer.ours()) ending = Ending{RunState::queued, "interrupted"};
    if (ending) run->stop();
  }
  if (auto listed = list_log(workspace.store(), job.ticket, folder); !listed) return pass_on(listed);
  return ending ? *std::move(ending) : own_ending(*run);
}

}  // namespace atelier::detail
