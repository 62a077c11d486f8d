// sweep_trial.cpp: a worker's claim of a trial: trained by Atelier, or run by another program.
#include <fmt/format.h>

#include <new>

#include "experiment/build.hpp"
#include "experiment/detail/program_trial.hpp"
#include "experiment/detail/sweep_runner.hpp"

namespace atelier::detail {
namespace {

constexpr const char* kInterrupted = "interrupted";

/// How a trial ends that could not go on; the error itself where it is no fault of the trial.
Result<Ending> ending_of(Error error) {
  if (error.kind == Trouble::file) return std::unexpected(std::move(error));
  const RunState state = error.kind == Trouble::diverged ? RunState::diverged : RunState::failed;
  return Ending{state, in_a_line(error)};
}

}  // namespace

void SweepRunner::train(const TrialJob& job) {
  const auto keeper = RunKeeper::open(workspace_, job.ticket);
  const Ending given_back{RunState::queued, kInterrupted};  // for whoever works at the sweep next
  if (!keeper) {
    give_up(keeper.error());
    return conclude(job, given_back, workspace_.store().end(job.ticket, given_back));
  }
  std::optional<Training> training;
  auto ending = train(job, **keeper, training);
  if (!ending) give_up(ending.error());
  if (auto saved = (*keeper)->settle(); ending && !saved) give_up(saved.error()), ending = given_back;
  if (!ending) ending = given_back;
  conclude(job, *ending, (*keeper)->end(*ending), std::move(training));
}

/// Lets the study know how a claim has ended in the store. What could not be saved or written down ends the work; the
/// trial is free once this process has ended.
void SweepRunner::conclude(const TrialJob& job, const Ending& ending, const Result<Acceptance>& verdict,
                           std::optional<Training> training) {
  Result<void> done = verdict ? Result<void>{} : pass_on(verdict);
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
  const auto path = workspace_.folder_of(job.ticket.run) / "checkpoint.safetensors";
  std::error_code missing;
  const bool saved = std::filesystem::exists(path, missing);
  {
    const std::scoped_lock guard(mutex_);
    auto held = held_.take(job.number, ledger_.epochs_known(job.number));
    if (held && saved) return *std::move(held);  // else its files were deleted, and the model with them
  }
  const auto data = shelf_->get(recipe);
  if (!data) return pass_on(data);
  const auto pool = std::make_shared<ThreadPool>(1);
  if (!saved) return Training::begin(std::move(recipe), *data, pool);
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
  if (training.out_of_patience()) return out_of_patience(training.best()->epoch);
  return std::nullopt;
}

void SweepRunner::run_program(const TrialJob& job) {
  RunWriter writer = workspace_.writer().open(job.ticket);
  {
    const std::scoped_lock guard(mutex_);
    ledger_.begin_anew(job.number);
    ledger_.tell(job.number, TrialNews::Kind::begun);
  }
  deliver_news();
  const auto ask = [&](int epochs, const Metrics* news, int until) { return ask_study(job, epochs, news, until); };
  auto ending = run_program_trial(workspace_, ledger_.setup(), sweep_, job, writer, ask, halt_);
  if (!ending) give_up(ending.error());
  if (!ending) ending = Ending{RunState::queued, kInterrupted};
  conclude(job, *ending, writer.end(*ending));
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

}  // namespace atelier::detail
