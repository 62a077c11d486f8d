// sweep_runner.cpp: workers that train what the study decides; the store is the truth between them.
#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <new>
#include <thread>

#include "experiment/build.hpp"
#include "experiment/settings.hpp"
#include "experiment/sweep.hpp"

namespace atelier {
namespace {

using json = nlohmann::ordered_json;
using Steady = std::chrono::steady_clock;

constexpr auto kLookAround = std::chrono::milliseconds(250);  // how often to ask what other processes have done
constexpr auto kTick = std::chrono::milliseconds(100);
constexpr std::size_t kMostHeld = 64;  // trainings kept in memory while they are paused

/// The data that the recipes of a sweep name, each opened once.
class DataShelf {
 public:
  Result<std::shared_ptr<const TrainingData>> get(const Recipe& recipe) {
    const auto key = std::tuple(recipe.data, recipe.dataset, recipe.validation, recipe.split_seed);
    const std::scoped_lock guard(mutex_);
    if (const auto found = shelf_.find(key); found != shelf_.end()) return found->second;
    auto opened = open_training_data(recipe);
    if (opened) shelf_[key] = *opened;
    return opened;
  }

 private:
  std::mutex mutex_;
  std::map<std::tuple<std::string, std::string, double, std::uint64_t>, std::shared_ptr<const TrainingData>> shelf_;
};

/// What the store says of a trial, as far as this process knows.
struct Entry {
  std::string run, name;
  RunState state = RunState::queued;
  int attempt = 0;
  std::vector<double> losses = {};  ///< reported to the study
  bool ours = false;                ///< a worker of this process has it
};

/// A trial that a worker has claimed, and the training of it.
struct Job {
  std::uint64_t number;
  Ticket ticket;
  std::string run, name;
  int until;
  Recipe recipe;
};

class SweepRunner {
 public:
  SweepRunner(Workspace& workspace, Sweep sweep, SweepRequest request, Study study, const WorkOptions& options,
              const SweepWatch& watch, std::shared_ptr<DataShelf> shelf)
      : workspace_(workspace),
        store_(workspace.store()),
        sweep_(std::move(sweep)),
        request_(std::move(request)),
        study_(std::move(study)),
        options_(options),
        watch_(watch),
        shelf_(std::move(shelf)) {}

  Result<void> recall();
  Result<bool> work();  ///< whether the sweep is over

 private:
  void work_alone();
  std::optional<Job> next_job();
  Result<void> look_around();
  Result<void> read_history(std::uint64_t number, const Run& run);
  Result<void> decide();
  Result<void> reconcile(std::uint64_t number, std::vector<NewTrial>& fresh);
  Result<NewTrial> new_trial(const Trial& trial) const;
  Result<void> close_trial(const std::string& run, RunState state, const std::string& reason);
  Result<std::optional<Job>> claim();

  void train(const Job& job);
  Result<Training> training_of(const Job& job);
  Result<void> train_on(const Job& job, Training training, RunKeeper& keeper);
  Result<bool> train_span(const Job& job, int until, Training& training, RunKeeper& keeper);
  Result<void> end(const Job& job, RunKeeper& keeper, const Ending& ending, Training* held = nullptr);
  void report(const Job& job, const EpochReport& epoch);
  void tell(TrialNews news);
  void tell(const Job& job, TrialNews::Kind kind, int epoch, RunState state = RunState::running,
            const std::string& reason = {});
  void give_up(Error error);

  Workspace& workspace_;
  Store& store_;
  const Sweep sweep_;
  const SweepRequest request_;
  Study study_;
  const WorkOptions options_;
  const SweepWatch& watch_;
  std::shared_ptr<DataShelf> shelf_;

  std::mutex mutex_;  // guards the study and what follows
  std::condition_variable changed_;
  std::vector<Entry> entries_;
  std::map<std::uint64_t, Training> held_;  // paused, in memory
  Steady::time_point looked_ = {};
  std::optional<Error> error_;
  int busy_ = 0;
  std::atomic<bool> halt_ = false;  // time is up, somebody wants to stop, or something is broken
  std::mutex telling_;
};

// --- what the store knows ----------------------------------------------------------------------------------------------

/// Rebuilds the study from the records of the sweep.
Result<void> SweepRunner::recall() {
  auto runs = store_.runs({.where = fmt::format("sweep = \"{}\"", sweep_.id), .sort = "trial"});
  if (!runs) return pass_on(runs);
  for (const Run& run : *runs) {
    try {
      const json plan = json::parse(run.plan);
      auto configuration = configuration_from_json(nlohmann::json(plan.at("configuration")));
      if (!configuration) return pass_on(configuration);
      const bool stopped = run.state == RunState::stopped_early && !run.reason.starts_with("patience");
      study_.recall(*std::move(configuration), origin_of(plan.value("origin", "")).value_or(Origin::sampler),
                    plan.value("sampler", ""), plan.value("until", 0), stopped ? run.reason : "");
    } catch (const json::exception& e) {
      return fail(Trouble::file, fmt::format("the record of trial {} is damaged", run.id), e.what());
    }
  }
  return look_around();
}

/// Reads what other processes, or this sweep's earlier life, have done.
Result<void> SweepRunner::look_around() {
  looked_ = Steady::now();
  auto runs = store_.runs({.where = fmt::format("sweep = \"{}\"", sweep_.id), .sort = "trial"});
  if (!runs) return pass_on(runs);
  for (const Run& run : *runs) {
    const auto number = static_cast<std::uint64_t>(run.trial->number);
    if (number >= entries_.size()) entries_.resize(number + 1);
    Entry& entry = entries_[number];
    if (entry.ours) continue;
    const bool same = entry.run == run.id && entry.state == run.state && entry.attempt == run.attempt;
    entry.run = run.id, entry.name = run.name, entry.state = run.state, entry.attempt = run.attempt;
    if (same && run.state != RunState::running) continue;
    if (auto read = read_history(number, run); !read) return read;
  }
  return {};
}

Result<void> SweepRunner::read_history(std::uint64_t number, const Run& run) {
  Entry& entry = entries_[number];
  const auto rows = store_.history(run.id);
  if (!rows) return pass_on(rows);
  for (const EpochRow& row : *rows) {
    if (row.epoch != static_cast<int>(entry.losses.size()) + 1) continue;
    const auto before = entry.losses.empty() ? std::nullopt : std::optional(entry.losses.back());
    entry.losses.push_back(request_.setup.objective.loss(row.metrics, before));
    study_.report(number, row.epoch, entry.losses.back());
  }
  const auto epochs = static_cast<int>(entry.losses.size());
  const bool failed = run.state == RunState::failed || run.state == RunState::diverged || run.state == RunState::killed;
  const bool retry = failed && run.state != RunState::diverged && run.attempt > 0 && run.attempt <= options_.retries;
  if (retry) {
    auto queued = store_.requeue(run.id, run.plan);
    if (!queued) return pass_on(queued);
    entry.state = RunState::queued;
  } else if (failed) {
    study_.report_end(number, epochs, true, run.reason);
  } else if (run.state == RunState::stopped_early && run.reason.starts_with("patience")) {
    study_.report_end(number, epochs, false, run.reason);
  }
  return {};
}

// --- decisions become records ------------------------------------------------------------------------------------------

Result<NewTrial> SweepRunner::new_trial(const Trial& trial) const {
  const json plan{{"configuration", to_json(trial.configuration)},
                  {"origin", name_of(trial.origin)},
                  {"sampler", trial.sampler},
                  {"until", trial.until}};
  NewTrial fresh{.number = static_cast<int>(trial.number),
                 .name = trial_name(request_.setup.file.space, trial.configuration),
                 .plan = plan.dump()};
  const auto recipe = recipe_of(request_.setup, trial.configuration);
  if (!recipe) {  // it will be recorded as failed
    fresh.config = to_json(trial.configuration).dump();
    return fresh;
  }
  fresh.config = to_json(*recipe).dump();
  if (const auto data = shelf_->get(*recipe)) fresh.environment = environment_of(*recipe, **data);
  return fresh;
}

/// Ends a trial that nobody works at.
Result<void> SweepRunner::close_trial(const std::string& run, RunState state, const std::string& reason) {
  const auto claim = store_.take_over(run, this_worker());
  if (!claim) return pass_on(claim);
  const auto ended = store_.end(claim->ticket, {state, reason});
  return ended ? Result<void>{} : pass_on(ended);
}

/// Brings the record of a trial to what the study wants of it. Does nothing that was done already, by whomever.
Result<void> SweepRunner::reconcile(std::uint64_t number, std::vector<NewTrial>& fresh) {
  const Trial& trial = study_.trials()[number];
  if (number >= entries_.size()) entries_.resize(number + 1);
  Entry& entry = entries_[number];
  if (entry.ours) return {};  // its worker looks for itself
  if (entry.run.empty()) {
    auto made = new_trial(trial);
    if (!made) return pass_on(made);
    entry.run = fmt::format("{}-{}", sweep_.id, number);
    entry.name = made->name;
    fresh.push_back(*std::move(made));
    return {};
  }
  const bool waits = entry.state == RunState::paused || entry.state == RunState::queued;
  if (!waits) return {};
  const bool stopped = trial.state == Trial::State::stopped, failed = trial.state == Trial::State::failed;
  if (stopped || failed) {
    entry.state = stopped ? RunState::stopped_early : RunState::failed;
    held_.erase(number);
    tell({TrialNews::Kind::ended,
          number,
          entry.run,
          entry.name,
          static_cast<int>(entry.losses.size()),
          trial.effort.epochs,
          {},
          entry.state,
          trial.reason,
          {}});
    return close_trial(entry.run, entry.state, trial.reason);
  }
  if (trial.state == Trial::State::running && entry.state == RunState::paused &&
      trial.until > static_cast<int>(entry.losses.size())) {
    const auto made = new_trial(trial);
    if (!made) return pass_on(made);
    const auto queued = store_.requeue(entry.run, made->plan);
    if (!queued) return pass_on(queued);
    entry.state = RunState::queued;
  }
  return {};
}

/// Asks the study, and writes down what it decided.
Result<void> SweepRunner::decide() {
  for (;;) {
    const std::vector<Decision> decisions = study_.decide();
    if (decisions.empty()) break;
    std::vector<NewTrial> fresh;
    for (const Decision& decision : decisions)
      if (auto done = reconcile(decision.trial, fresh); !done) return done;
    if (fresh.empty()) continue;
    if (auto added = store_.add_trials(sweep_.id, fresh); !added) return pass_on(added);
    for (const NewTrial& trial : fresh)  // one that could not even be begun
      if (auto done = reconcile(static_cast<std::uint64_t>(trial.number), fresh); !done) return done;
  }
  changed_.notify_all();
  return {};
}

// --- workers -----------------------------------------------------------------------------------------------------------

Result<std::optional<Job>> SweepRunner::claim() {
  auto claim = store_.claim(sweep_.id, this_worker());
  if (!claim) return pass_on(claim);
  if (!*claim) return std::nullopt;
  const Run& run = (*claim)->run;
  const auto number = static_cast<std::uint64_t>(run.trial->number);
  if (number >= entries_.size()) entries_.resize(number + 1);
  Entry& entry = entries_[number];
  entry.run = run.id, entry.name = run.name, entry.state = RunState::running, entry.attempt = run.attempt;
  entry.ours = true;
  Job job{number, (*claim)->ticket, run.id, run.name, 0, {}};
  const json plan = json::parse(run.plan, nullptr, false);
  auto configuration = configuration_from_json(nlohmann::json(plan.value("configuration", json::object())));
  auto recipe = configuration ? recipe_of(request_.setup, *configuration) : pass_on(configuration);
  if (!recipe) {
    entry.state = RunState::failed, entry.ours = false;
    const auto ended = store_.end(job.ticket, {RunState::failed, recipe.error().summary});
    if (!ended) return pass_on(ended);
    return std::nullopt;
  }
  job.recipe = *std::move(recipe);
  job.until = plan.value("until", job.recipe.epochs);
  if (number < study_.trials().size()) job.until = std::max(job.until, study_.trials()[number].until);
  return job;
}

/// Waits for something to do; none when there is nothing left, or the work is to end.
std::optional<Job> SweepRunner::next_job() {
  std::unique_lock guard(mutex_);
  while (!halt_) {
    Result<void> done;
    if (Steady::now() - looked_ > kLookAround) done = look_around();
    if (done) done = decide();
    Result<std::optional<Job>> job = done ? claim() : pass_on(done);
    if (!job) {
      guard.unlock();
      give_up(job.error());
      return std::nullopt;
    }
    if (*job) {
      busy_++;
      return *std::move(job);
    }
    if (study_.over()) return std::nullopt;
    changed_.wait_for(guard, kTick);
  }
  return std::nullopt;
}

void SweepRunner::work_alone() {
  const FlushDenormals flush;
  while (const std::optional<Job> job = next_job()) {
    train(*job);
    const std::scoped_lock guard(mutex_);
    busy_--;
    changed_.notify_all();
  }
}

void SweepRunner::give_up(Error error) {
  const std::scoped_lock guard(mutex_);
  if (!error_) error_ = std::move(error);
  halt_ = true;
  changed_.notify_all();
}

Result<Training> SweepRunner::training_of(const Job& job) {
  {
    const std::scoped_lock guard(mutex_);
    if (const auto found = held_.find(job.number); found != held_.end()) {
      Training training = std::move(found->second);
      held_.erase(found);
      return training;
    }
  }
  const auto data = shelf_->get(job.recipe);
  if (!data) return pass_on(data);
  const auto pool = std::make_shared<ThreadPool>(1);
  const auto path = workspace_.folder_of(job.run) / "checkpoint.safetensors";
  std::error_code missing;
  if (!std::filesystem::exists(path, missing)) return Training::begin(job.recipe, *data, pool);
  const auto checkpoint = read_checkpoint(path);
  if (!checkpoint) return pass_on(checkpoint);
  return Training::go_on(*checkpoint, *data, pool);
}

void SweepRunner::train(const Job& job) {
  auto keeper = RunKeeper::open(workspace_, job.ticket);
  if (!keeper) return give_up(keeper.error());
  Result<void> done;
  try {
    auto training = training_of(job);
    done = training ? train_on(job, *std::move(training), **keeper) : pass_on(training);
  } catch (const std::bad_alloc&) {
    done = fail(Trouble::usage, "there is not enough memory for this training", "", "use fewer --workers");
  }
  if (done) return;
  if (done.error().kind == Trouble::file) return give_up(done.error());
  const bool diverged = done.error().kind == Trouble::diverged;
  const Error& error = done.error();
  const std::string reason = error.detail.empty() ? error.summary : error.summary + ": " + error.detail;
  if (auto ended = end(job, **keeper, {diverged ? RunState::diverged : RunState::failed, reason}); !ended)
    give_up(ended.error());
}

void SweepRunner::report(const Job& job, const EpochReport& epoch) {
  {
    const std::scoped_lock guard(mutex_);
    Entry& entry = entries_[job.number];
    if (epoch.epoch != static_cast<int>(entry.losses.size()) + 1) return;
    const auto before = entry.losses.empty() ? std::nullopt : std::optional(entry.losses.back());
    entry.losses.push_back(request_.setup.objective.loss(metrics_of(epoch), before));
    study_.report(job.number, epoch.epoch, entry.losses.back());
  }
}

/// Trains to the end of the span; false when it was asked to stop before.
Result<bool> SweepRunner::train_span(const Job& job, int until, Training& training, RunKeeper& keeper) {
  while (training.epochs_done() < until && !training.over()) {
    const auto epoch = training.epoch({.stop = &halt_});
    if (!epoch) return pass_on(epoch);
    if (!*epoch) return false;
    keeper.epoch(training);
    report(job, **epoch);
    TrialNews news{TrialNews::Kind::epoch, job.number, job.run, job.name, (*epoch)->epoch, job.recipe.epochs};
    news.report = **epoch;
    tell(std::move(news));
    if (auto trouble = keeper.trouble()) return std::unexpected(*std::move(trouble));
    if (!keeper.ours()) return false;
  }
  return true;
}

Result<void> SweepRunner::train_on(const Job& job, Training training, RunKeeper& keeper) {
  if (auto rewound = store_.rewind(job.ticket, training.epochs_done(), training.steps_taken()); !rewound)
    return pass_on(rewound);
  keeper.recall(training);
  for (const EpochReport& epoch : training.history()) report(job, epoch);
  tell(job, TrialNews::Kind::begun, training.epochs_done());
  int until = job.until;
  for (;;) {
    const auto whole = train_span(job, until, training, keeper);
    if (!whole) return pass_on(whole);
    if (!*whole) {
      keeper.pause(training);
      return end(job, keeper, {RunState::queued, "interrupted"});
    }
    if (training.epochs_done() >= job.recipe.epochs) return end(job, keeper, {RunState::finished, ""});
    if (training.out_of_patience())
      return end(job, keeper,
                 {RunState::stopped_early, fmt::format("patience: no better epoch since {}", training.best()->epoch)});
    Trial::State state{};
    std::string reason;
    {
      const std::scoped_lock guard(mutex_);
      if (auto decided = decide(); !decided) return decided;
      if (job.number < study_.trials().size()) {  // else another process is ahead of this one
        const Trial& trial = study_.trials()[job.number];
        state = trial.state, reason = trial.reason;
        if (state == Trial::State::running && trial.until > until) {
          until = trial.until;
          continue;
        }
      }
    }
    if (state == Trial::State::stopped) return end(job, keeper, {RunState::stopped_early, reason});
    if (reason.empty()) reason = fmt::format("at epoch {}, until what the others show decides", training.epochs_done());
    return end(job, keeper, {RunState::paused, reason}, &training);
  }
}

/// Ends this claim of the trial in the store, and lets the study know.
Result<void> SweepRunner::end(const Job& job, RunKeeper& keeper, const Ending& ending, Training* held) {
  const auto ended = keeper.end(ending);
  if (!ended) return pass_on(ended);
  int epochs = 0;
  {
    const std::scoped_lock guard(mutex_);
    Entry& entry = entries_[job.number];
    entry.ours = false;
    if (*ended == Acceptance::refused) {  // somebody else has it: what he finds counts
      entry.attempt = 0;
      return {};
    }
    entry.state = ending.state;
    epochs = static_cast<int>(entry.losses.size());
    const bool failed = ending.state == RunState::failed || ending.state == RunState::diverged;
    if (ending.state == RunState::failed && entry.attempt <= options_.retries) {
      entry.attempt = 0;  // looked at again, and queued
    } else if (failed || ending.reason.starts_with("patience")) {
      study_.report_end(job.number, epochs, failed, ending.reason);
    }
    if (held) {
      if (held_.size() >= kMostHeld) held_.erase(held_.begin());
      held_.insert_or_assign(job.number, std::move(*held));
    }
    std::vector<NewTrial> none;
    if (job.number < study_.trials().size())
      if (auto done = reconcile(job.number, none); !done) return done;
    changed_.notify_all();
  }
  const bool over = ending.state != RunState::paused && ending.state != RunState::queued;
  tell(job, over ? TrialNews::Kind::ended : TrialNews::Kind::held, epochs, ending.state, ending.reason);
  return {};
}

void SweepRunner::tell(const Job& job, TrialNews::Kind kind, int epoch, RunState state, const std::string& reason) {
  tell({kind, job.number, job.run, job.name, epoch, job.recipe.epochs, {}, state, reason, {}});
}

void SweepRunner::tell(TrialNews news) {
  if (!watch_.news) return;
  const std::scoped_lock guard(telling_);
  watch_.news(news);
}

Result<bool> SweepRunner::work() {
  const auto start = Steady::now();
  const int workers = options_.workers > 0 ? options_.workers : threads_of({});
  std::atomic<int> alive = workers;
  std::vector<std::jthread> threads;
  for (int i = 0; i < workers; i++)
    threads.emplace_back([&] {
      work_alone();
      alive--;
      changed_.notify_all();
    });
  while (alive > 0) {
    {
      std::unique_lock guard(mutex_);
      changed_.wait_for(guard, kTick, [&] { return alive == 0; });
    }
    const bool late =
        options_.seconds && std::chrono::duration<double>(Steady::now() - start).count() > *options_.seconds;
    if (late || (watch_.stop && watch_.stop->load())) halt_ = true;
    if (watch_.tick) watch_.tick();
  }
  threads.clear();
  if (error_) return std::unexpected(*error_);
  if (!study_.over()) {
    if (auto paused = store_.update_sweep(sweep_.id, {SweepState::paused, {}}); !paused) return pass_on(paused);
    return false;
  }
  const json memo{{"ending", study_.ending()}};
  if (auto finished = store_.update_sweep(sweep_.id, {SweepState::finished, memo.dump()}); !finished)
    return pass_on(finished);
  return true;
}

StudyPlan plan_of(const SweepRequest& request) {
  StudyPlan plan{.space = request.setup.file.space};
  plan.method = request.setup.file.method;
  plan.stopping = request.setup.file.early_terminate;
  plan.seed = request.seed;
  plan.budget = request.budget;
  plan.parallel = request.parallel;
  plan.audit = request.audit;
  if (request.setup.file.metric && request.setup.file.metric->target) {
    const double target = *request.setup.file.metric->target;
    plan.target = request.setup.objective.maximize ? -target : target;
  }
  plan.enqueued = request.enqueued;
  plan.earlier = request.earlier;
  plan.async = request.async;
  return plan;
}

}  // namespace

Result<SweepOutcome> work_at(Workspace& workspace, const Sweep& sweep, const WorkOptions& options,
                             const SweepWatch& watch) {
  auto request = request_of(sweep);
  if (!request) return pass_on(request);
  const auto shelf = std::make_shared<DataShelf>();
  const SweepSetup setup = request->setup;
  auto study = Study::create(plan_of(*request), [setup, shelf](const Configuration& configuration) -> Result<Effort> {
    const auto recipe = recipe_of(setup, configuration);
    if (!recipe) return pass_on(recipe);
    const auto data = shelf->get(*recipe);
    if (!data) return pass_on(data);
    return Effort{recipe->epochs, work_of(*recipe, (*data)->sides.train, (*data)->sides.validation)};
  });
  if (!study) return pass_on(study);
  if (sweep.state != SweepState::running) {
    if (auto running = workspace.store().update_sweep(sweep.id, {SweepState::running, {}}); !running)
      return pass_on(running);
  }
  SweepRunner runner(workspace, sweep, *std::move(request), *std::move(study), options, watch, shelf);
  if (auto recalled = runner.recall(); !recalled) return pass_on(recalled);
  if (auto worked = runner.work(); !worked) return pass_on(worked);
  auto now = workspace.store().sweep(sweep.id);
  if (!now) return pass_on(now);
  return outcome_of(workspace.store(), *now);
}

}  // namespace atelier
