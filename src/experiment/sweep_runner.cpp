// sweep_runner.cpp: workers that train what the study decides; the store is the truth between them.
#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>

#include "experiment/build.hpp"
#include "experiment/detail/held_trainings.hpp"
#include "experiment/detail/program_trial.hpp"
#include "experiment/detail/sweep_ledger.hpp"
#include "experiment/detail/sweep_study.hpp"
#include "experiment/program.hpp"
#include "experiment/sweep.hpp"

namespace atelier {
namespace {

using detail::Course, detail::DataShelf, detail::HeldTrainings, detail::SweepLedger, detail::TrialJob;
using Steady = std::chrono::steady_clock;

constexpr auto kTick = std::chrono::milliseconds(100);
constexpr const char* kInterrupted = "interrupted";

/// The claims of one process, and the threads that train them.
class SweepRunner {
 public:
  SweepRunner(Workspace& workspace, std::string sweep, SweepLedger ledger, std::shared_ptr<DataShelf> shelf,
              const WorkOptions& options, const SweepWatch& watch)
      : workspace_(workspace),
        sweep_(std::move(sweep)),
        options_(options),
        watch_(watch),
        shelf_(std::move(shelf)),
        ledger_(std::move(ledger)) {}

  /// Works until the sweep is over, or the work is to end; whether it is over.
  Result<bool> work();
  const std::string& ending() const { return ledger_.ending(); }

 private:
  void wait_for_workers(std::vector<std::jthread>& threads);
  void work_alone();
  std::optional<TrialJob> next_job();

  void train(const TrialJob& job);
  Result<Ending> train(const TrialJob& job, RunKeeper& keeper, std::optional<Training>& training);
  Result<Training> training_of(const TrialJob& job, Recipe recipe);
  Result<Ending> train_on(const TrialJob& job, Training& training, RunKeeper& keeper);
  Result<std::optional<Ending>> train_span(const TrialJob& job, int until, Training& training, RunKeeper& keeper);
  void run_program(const TrialJob& job);
  Result<Course> ask_study(const TrialJob& job, int epochs, const Metrics* news, int until);
  void finish(const TrialJob& job, RunKeeper& keeper, Ending ending, std::optional<Training> training);

  void release(const Result<Acceptance>& ended);
  void give_up(Error error);
  void deliver_news();

  Workspace& workspace_;
  const std::string sweep_;
  const WorkOptions options_;
  const SweepWatch& watch_;
  const std::shared_ptr<DataShelf> shelf_;

  std::mutex mutex_;  // guards the ledger and what follows
  std::condition_variable changed_;
  SweepLedger ledger_;
  HeldTrainings held_;
  std::optional<Error> error_;
  int alive_ = 0;
  std::atomic<bool> halt_ = false;  // time is up, somebody wants to stop, or something is broken
  std::mutex telling_;              // taken before the other one
};

// --- the process -------------------------------------------------------------------------------------------------------

Result<bool> SweepRunner::work() {
  const int workers = options_.workers > 0 ? options_.workers : threads_of({});
  std::vector<std::jthread> threads;
  try {
    for (int i = 0; i < workers; i++) {
      const std::scoped_lock guard(mutex_);
      threads.emplace_back([&] { work_alone(); });
      alive_++;
    }
  } catch (const std::system_error& e) {
    give_up({Trouble::usage, fmt::format("this machine does not give {} threads", workers), e.what(),
             "use fewer --workers"});
  }
  wait_for_workers(threads);
  if (error_) return std::unexpected(*error_);
  return ledger_.over();
}

void SweepRunner::wait_for_workers(std::vector<std::jthread>& threads) {
  const auto start = Steady::now();
  for (bool working = true; working;) {
    {
      std::unique_lock guard(mutex_);
      working = !changed_.wait_for(guard, kTick, [&] { return alive_ == 0; });
    }
    const double seconds = std::chrono::duration<double>(Steady::now() - start).count();
    if ((options_.seconds && seconds > *options_.seconds) || (watch_.stop && watch_.stop->load())) halt_ = true;
    if (watch_.tick) watch_.tick();
  }
  threads.clear();
  deliver_news();
}

void SweepRunner::give_up(Error error) {
  const std::scoped_lock guard(mutex_);
  if (!error_) error_ = std::move(error);
  halt_ = true;
  changed_.notify_all();
}

/// Hands the news on, in their order, while nobody waits for the ledger.
void SweepRunner::deliver_news() {
  const std::scoped_lock order(telling_);
  std::vector<TrialNews> news;
  {
    const std::scoped_lock guard(mutex_);
    news = ledger_.take_news();
  }
  if (watch_.news)
    for (const TrialNews& item : news) watch_.news(item);
}

// --- a worker ----------------------------------------------------------------------------------------------------------

void SweepRunner::work_alone() {
  const FlushDenormals flush;
  try {
    while (const std::optional<TrialJob> job = next_job()) ledger_.setup().program ? run_program(*job) : train(*job);
  } catch (const std::exception& e) {
    give_up({Trouble::usage, "the sweep cannot be worked at", e.what(), "what is recorded stays"});
  }
  const std::scoped_lock guard(mutex_);
  alive_--;
  changed_.notify_all();
}

/// Waits for something to do; none when there is nothing left, or the work is to end.
std::optional<TrialJob> SweepRunner::next_job() {
  while (!halt_) {
    Result<std::optional<TrialJob>> job;
    {
      std::unique_lock guard(mutex_);
      const auto caught_up = ledger_.catch_up();
      job = caught_up ? ledger_.claim() : pass_on(caught_up);
      if (job && *job) changed_.notify_all();  // there may be more
      if (job && !*job) {
        if (ledger_.over()) return std::nullopt;
        changed_.wait_for(guard, kTick);
      }
    }
    deliver_news();
    if (!job) {
      give_up(job.error());
      return std::nullopt;
    }
    if (*job) return *std::move(job);
  }
  return std::nullopt;
}

void SweepRunner::train(const TrialJob& job) {
  const auto keeper = RunKeeper::open(workspace_, job.ticket);
  if (!keeper) {
    give_up(keeper.error());
    return release(workspace_.store().end(job.ticket, {RunState::queued, kInterrupted}));
  }
  std::optional<Training> training;
  auto ending = train(job, **keeper, training);
  if (ending) return finish(job, **keeper, *std::move(ending), std::move(training));
  give_up(ending.error());
  release((*keeper)->end({RunState::queued, kInterrupted}));
}

/// A claim that is given back, for whoever works at the sweep next. Where even that is not taken down, the trial is free
/// once this process has ended.
void SweepRunner::release(const Result<Acceptance>& ended) {
  if (!ended) give_up(ended.error());
}

// --- a trial -----------------------------------------------------------------------------------------------------------

/// How a trial ends that could not go on; the error itself where it is no fault of the trial.
Result<Ending> ending_of(Error error) {
  if (error.kind == Trouble::file) return std::unexpected(std::move(error));
  const RunState state = error.kind == Trouble::diverged ? RunState::diverged : RunState::failed;
  return Ending{state, error.detail.empty() ? error.summary : fmt::format("{}: {}", error.summary, error.detail)};
}

/// Trains as far as the study wants, and says how this claim ends. An error is what stops the whole work.
Result<Ending> SweepRunner::train(const TrialJob& job, RunKeeper& keeper, std::optional<Training>& training) {
  try {
    auto recipe = recipe_of(ledger_.setup(), job.configuration);
    if (!recipe) return ending_of(recipe.error());
    auto found = training_of(job, *std::move(recipe));
    if (auto trouble = shelf_->trouble()) return std::unexpected(*std::move(trouble));
    if (!found) return ending_of(found.error());
    training = *std::move(found);
    return train_on(job, *training, keeper);
  } catch (const std::bad_alloc&) {
    return Ending{RunState::failed, "there is not enough memory for this training; use fewer --workers"};
  }
}

/// From memory, from its checkpoint or from the beginning, whichever has more; the bits are the same.
Result<Training> SweepRunner::training_of(const TrialJob& job, Recipe recipe) {
  {
    const std::scoped_lock guard(mutex_);
    if (auto held = held_.take(job.number, ledger_.epochs_known(job.number))) return *std::move(held);
  }
  const auto data = shelf_->get(recipe);
  if (!data) return pass_on(data);
  const auto pool = std::make_shared<ThreadPool>(1);
  const auto path = workspace_.folder_of(job.ticket.run) / "checkpoint.safetensors";
  std::error_code missing;
  if (!std::filesystem::exists(path, missing)) return Training::begin(std::move(recipe), *data, pool);
  const auto checkpoint = read_checkpoint(path);
  if (!checkpoint && checkpoint.error().kind != Trouble::model) return pass_on(checkpoint);
  auto training = checkpoint ? Training::go_on(*checkpoint, *data, pool) : pass_on(checkpoint);
  if (!training && training.error().kind == Trouble::data) training.error().kind = Trouble::file;  // not the trial's
  if (training || training.error().kind != Trouble::model) return training;
  return Training::begin(std::move(recipe), *data, pool);  // a damaged checkpoint costs time, no more
}

Result<Ending> SweepRunner::train_on(const TrialJob& job, Training& training, RunKeeper& keeper) {
  const auto rewound = workspace_.store().rewind(job.ticket, training.epochs_done(), training.steps_taken());
  if (!rewound) return pass_on(rewound);
  keeper.recall(training);
  {
    const std::scoped_lock guard(mutex_);
    for (const EpochReport& epoch : training.history()) ledger_.report(job.number, epoch.epoch, metrics_of(epoch));
    ledger_.tell(job.number, TrialNews::Kind::begun);
  }
  deliver_news();
  for (int until = job.until;;) {
    auto ending = train_span(job, until, training, keeper);
    if (!ending) return ending_of(ending.error());
    if (*ending) return **std::move(ending);
    const std::scoped_lock guard(mutex_);
    if (auto caught_up = ledger_.catch_up(); !caught_up) return pass_on(caught_up);
    Course course = ledger_.course_of(job.number, training.epochs_done());
    changed_.notify_all();
    if (course.ending) return *std::move(course.ending);
    until = course.until;
  }
}

/// Trains to the end of the span; how the claim ends, where it does so before the study is asked.
Result<std::optional<Ending>> SweepRunner::train_span(const TrialJob& job, int until, Training& training,
                                                      RunKeeper& keeper) {
  while (training.epochs_done() < until && !training.over()) {
    const auto epoch = training.epoch({.stop = &halt_});
    if (!epoch) return pass_on(epoch);
    if (!*epoch) {
      if (keeper.ours()) keeper.pause(training);
      return Ending{RunState::queued, kInterrupted};
    }
    keeper.epoch(training);
    {
      const std::scoped_lock guard(mutex_);
      ledger_.report(job.number, (*epoch)->epoch, metrics_of(**epoch));
      ledger_.tell(job.number, TrialNews::Kind::epoch, *epoch);
    }
    deliver_news();
    if (auto trouble = keeper.trouble()) return std::unexpected(*std::move(trouble));
    if (!keeper.ours()) return Ending{RunState::queued, kInterrupted};
  }
  if (training.epochs_done() >= training.recipe().epochs) return Ending{RunState::finished};
  if (training.out_of_patience())
    return Ending{RunState::stopped_early,
                  fmt::format("{}: no better epoch since {}", detail::kPatience, training.best()->epoch)};
  return std::nullopt;
}

/// Ends the claim in the store, and lets the study know. What could not be saved ends the work, and leaves the trial to
/// the next who works at the sweep.
void SweepRunner::finish(const TrialJob& job, RunKeeper& keeper, Ending ending, std::optional<Training> training) {
  auto done = keeper.settle();
  if (!done) ending = {RunState::queued, kInterrupted};
  const auto verdict = keeper.end(ending);
  if (done && !verdict) done = pass_on(verdict);
  if (done) {
    const std::scoped_lock guard(mutex_);
    done = ledger_.end(job.number, ending, *verdict);
    const bool paused = ending.state == RunState::paused && *verdict == Acceptance::accepted;
    if (training && paused)
      held_.keep(job.number, *std::move(training), [&](std::uint64_t trial) { return !ledger_.ended(trial); });
    changed_.notify_all();
  }
  deliver_news();
  if (!done) give_up(done.error());
}

// --- a trial of another program ----------------------------------------------------------------------------------------

void SweepRunner::run_program(const TrialJob& job) {
  RunWriter writer = workspace_.writer().open(job.ticket);
  {
    const std::scoped_lock guard(mutex_);
    ledger_.begin_anew(job.number);
    ledger_.tell(job.number, TrialNews::Kind::begun);
  }
  deliver_news();
  const auto ask = [&](int epochs, const Metrics* news, int until) { return ask_study(job, epochs, news, until); };
  auto ending = detail::run_program_trial(workspace_, ledger_.setup(), sweep_, job, writer, ask, halt_);
  if (!ending) give_up(ending.error());
  if (!ending) ending = Ending{RunState::queued, kInterrupted};
  const auto verdict = writer.end(*ending);
  auto done = verdict ? Result<void>{} : pass_on(verdict);
  if (done) {
    const std::scoped_lock guard(mutex_);
    done = ledger_.end(job.number, *ending, *verdict);
    changed_.notify_all();
  }
  deliver_news();
  if (!done) give_up(done.error());
}

Result<Course> SweepRunner::ask_study(const TrialJob& job, int epochs, const Metrics* news, int until) {
  Result<Course> course;
  {
    const std::scoped_lock guard(mutex_);
    if (news != nullptr) {
      ledger_.report(job.number, epochs, *news);
      ledger_.tell(job.number, TrialNews::Kind::epoch, {}, *news);
    }
    if (epochs >= until)
      if (auto caught_up = ledger_.catch_up(); !caught_up) return pass_on(caught_up);
    course = ledger_.course_of(job.number, epochs);
    changed_.notify_all();
  }
  deliver_news();
  return course;
}

/// The sweep's state once this process leaves it: over, or to be gone on with by whoever wants to.
Result<void> leave(Store& store, const std::string& sweep, const std::optional<std::string>& ending) {
  if (ending)
    return store.update_sweep(sweep, {SweepState::finished, nlohmann::ordered_json{{"ending", *ending}}.dump()});
  const auto now = store.sweep(sweep);
  if (!now) return pass_on(now);
  if (now->state != SweepState::running) return {};
  return store.update_sweep(sweep, {SweepState::paused, {}});
}

}  // namespace

Result<SweepOutcome> work_at(Workspace& workspace, const Sweep& sweep, const WorkOptions& options,
                             const SweepWatch& watch) {
  Store& store = workspace.store();
  auto request = request_of(sweep);
  if (!request) return pass_on(request);
  if (const auto& program = request->setup.program)
    if (auto there = check_program(request->setup.file, program->folder); !there) return pass_on(there);
  auto shelf = std::make_shared<DataShelf>();
  auto study = detail::study_of(*request, shelf);
  if (!study) return pass_on(study);
  if (auto running = store.update_sweep(sweep.id, {SweepState::running, {}}); !running) return pass_on(running);
  SweepLedger ledger(store, sweep.id, *std::move(request), shelf, *std::move(study), options.retries);
  const auto recalled = ledger.recall(watch.stop);
  Result<bool> over = recalled;
  std::optional<std::string> ending;
  if (recalled && *recalled) {
    SweepRunner runner(workspace, sweep.id, std::move(ledger), std::move(shelf), options, watch);
    over = runner.work();
    if (over && *over) ending = runner.ending();
  }
  auto left = leave(store, sweep.id, ending);
  if (!over) return pass_on(over);
  if (!left) return pass_on(left);
  const auto now = store.sweep(sweep.id);
  if (!now) return pass_on(now);
  return outcome_of(store, *now);
}

}  // namespace atelier
