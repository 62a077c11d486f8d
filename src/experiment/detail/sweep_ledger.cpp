// sweep_ledger.cpp: claims, reports and endings; records brought to what the study has decided.
#include "experiment/detail/sweep_ledger.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "experiment/detail/program_trial.hpp"
#include "experiment/detail/sweep_study.hpp"
#include "experiment/settings.hpp"
#include "experiment/workspace.hpp"

namespace atelier::detail {
namespace {

constexpr std::size_t kHopeless = 3;  // failures in a row, at the beginning, that end the work

}  // namespace

SweepLedger::SweepLedger(Store& store, std::string sweep, SweepRequest request, std::shared_ptr<DataShelf> shelf,
                         Study study)
    : store_(store),
      sweep_(std::move(sweep)),
      request_(std::move(request)),
      shelf_(std::move(shelf)),
      study_(std::move(study)) {}

SweepLedger::Entry& SweepLedger::entry_of(std::uint64_t trial) {
  if (trial >= entries_.size()) entries_.resize(trial + 1);
  return entries_[trial];
}

// --- claimed trials ----------------------------------------------------------------------------------------------------

Result<std::optional<TrialJob>> SweepLedger::claim() {
  if (!std::ranges::any_of(entries_, [](const Entry& e) { return e.state == RunState::queued && !e.run.empty(); }))
    return std::nullopt;
  auto claim = store_.claim(sweep_, this_worker());
  if (!claim) return pass_on(claim);
  if (!*claim) return std::nullopt;
  const Run& run = (*claim)->run;
  auto plan = plan_of(run);
  if (!plan) return pass_on(plan);
  const auto number = static_cast<std::uint64_t>(run.trial->number);
  Entry& entry = entry_of(number);
  entry.run = run.id, entry.name = run.name, entry.reason.clear();
  entry.state = RunState::running, entry.attempt = run.attempt;
  entry.plan = *plan;
  entry.ours = true, entry.stale = false;
  if (strays(number)) strayed_ = true;
  const int until = known(number) ? std::max(plan->until, study_.trials()[number].until) : plan->until;
  return TrialJob{number, (*claim)->ticket, until, std::move(plan->configuration)};
}

void SweepLedger::report(std::uint64_t trial, int epoch, const Metrics& metrics) {
  std::vector<double>& losses = entry_of(trial).losses;
  if (epoch != static_cast<int>(losses.size()) + 1) return;
  const auto before = losses.empty() ? std::nullopt : std::optional(losses.back());
  losses.push_back(request_.setup.objective.loss(metrics, before));
  study_.report(trial, epoch, losses.back());
}

/// Whether a trial is to train on. One that the study has stopped for another's sake, when that one reached the target,
/// still trains to where it was granted: how far its record goes then does not depend on who was faster. A program is
/// granted more than it will ever have: it stops at once.
bool SweepLedger::goes_on(const Trial& decided, int epochs) const {
  if (decided.state == Trial::State::stopped && request_.setup.program) return false;
  return decided.until > epochs;
}

Course SweepLedger::course_of(std::uint64_t trial, int epochs) const {
  const Ending waiting{RunState::paused, fmt::format("at epoch {}, until what the others show decides", epochs)};
  if (!known(trial)) return {.ending = waiting};  // another process is ahead of this one
  const Trial& decided = study_.trials()[trial];
  switch (decided.state) {
    case Trial::State::failed: return {.ending = Ending{RunState::failed, decided.reason}};
    case Trial::State::finished: return {.ending = Ending{RunState::finished, decided.reason}};
    case Trial::State::paused: return {.ending = Ending{RunState::paused, decided.reason}};
    case Trial::State::stopped:
      if (goes_on(decided, epochs)) return {.until = decided.until};
      return {.ending = Ending{RunState::stopped_early, decided.reason}};
    case Trial::State::running:
      if (decided.until > epochs) return {.until = decided.until};
  }
  return {.ending = waiting};
}

Result<void> SweepLedger::end(std::uint64_t trial, const Ending& ending, Acceptance verdict) {
  Entry& entry = entry_of(trial);
  entry.ours = false;
  if (verdict == Acceptance::refused) {
    entry.stale = true;
    return {};
  }
  entry.state = ending.state, entry.reason = ending.reason;
  if (auto settled = settle(trial); !settled) return settled;
  tell(trial, has_ended(entry.state) ? TrialNews::Kind::ended : TrialNews::Kind::held);
  std::vector<NewTrial> none;
  return known(trial) ? reconcile(trial, none) : Result<void>{};
}

/// What the end of a trial, by whomever, means to the study; a failed one may get another try.
Result<void> SweepLedger::settle(std::uint64_t trial) {
  Entry& entry = entries_[trial];
  const bool again =
      has_failed(entry.state) && entry.state != RunState::diverged && entry.plan.retried < request_.retries;
  if (!again) {
    report_end(trial);
    return {};
  }
  entry.plan.retried++;
  return requeue(entry);
}

void SweepLedger::report_end(std::uint64_t trial) {
  const Entry& entry = entries_[trial];
  const bool failed = has_failed(entry.state);
  if (failed || ended_itself(entry.state, entry.reason))
    study_.report_end(trial, epochs_known(trial), failed, entry.reason);
}

/// Those that failed without an epoch; none once any trial has shown that it can do more.
std::vector<std::uint64_t> SweepLedger::hopeless() const {
  std::vector<std::uint64_t> failed;
  for (std::uint64_t trial = 0; trial < entries_.size(); trial++) {
    const Entry& entry = entries_[trial];
    if (!entry.losses.empty()) return {};
    if (entry.attempt == 0 || !has_ended(entry.state)) continue;  // also one that could not even be begun
    if (entry.state != RunState::failed) return {};
    failed.push_back(trial);
  }
  return failed;
}

Result<void> SweepLedger::check_hope() const {
  const auto failed = hopeless();
  if (failed.size() < failed_before_ + kHopeless || over()) return {};
  const Entry& last = entries_[failed.back()];
  return fail(Trouble::usage, fmt::format("the first {} trials have all failed, without an epoch", failed.size()),
              fmt::format("the last, {}: {}", last.run, last.reason),
              fmt::format("mend that, then `atelier sweep --resume {} --retry 1`", sweep_));
}

// --- decisions become records ------------------------------------------------------------------------------------------

Result<void> SweepLedger::catch_up() {
  if (strayed_ || std::chrono::steady_clock::now() >= next_look_)
    if (auto looked = look_around(nullptr); !looked) return looked;
  if (std::exchange(strayed_, false))
    if (auto renewed = renew(); !renewed) return renewed;
  if (auto hope = check_hope(); !hope) return hope;
  return decide();
}

Result<void> SweepLedger::decide() {
  std::vector<NewTrial> fresh;
  for (;;) {
    const std::vector<Decision> decisions = study_.decide();
    if (auto trouble = shelf_->trouble()) return std::unexpected(*std::move(trouble));
    if (decisions.empty()) break;
    fresh.clear();
    std::vector<std::uint64_t> audited;
    for (const Decision& decision : decisions)
      if (decision.kind == Decision::Kind::audit)
        audited.push_back(decision.trial);
      else if (auto done = reconcile(decision.trial, fresh); !done)
        return done;
    if (auto added = add(fresh); !added) return added;
    if (auto tagged = tag(audited); !tagged) return tagged;
  }
  for (const std::uint64_t trial : std::exchange(changed_, {}))
    if (known(trial))
      if (auto done = reconcile(trial, fresh); !done) return done;
  return {};
}

Result<void> SweepLedger::add(const std::vector<NewTrial>& fresh) {
  if (fresh.empty()) return {};
  const auto added = store_.add_trials(sweep_, fresh);
  if (!added) return pass_on(added);
  std::vector<NewTrial> none;
  for (const NewTrial& trial : fresh) {
    const auto number = static_cast<std::uint64_t>(trial.number);
    if (*added < static_cast<int>(fresh.size())) entries_[number].stale = true;  // some were there already
    if (auto done = reconcile(number, none); !done) return done;                 // one that cannot even be begun
  }
  return {};
}

/// Brings the record of a trial to what the study wants of it. Does nothing that was done already, by whomever.
Result<void> SweepLedger::reconcile(std::uint64_t trial, std::vector<NewTrial>& fresh) {
  const Trial& decided = study_.trials()[trial];
  Entry& entry = entry_of(trial);
  if (entry.run.empty()) {
    fresh.push_back(new_trial(decided));
    return {};
  }
  if (entry.ours || !waits(entry.state)) return {};  // its worker looks for itself
  if (decided.state == Trial::State::failed) return close(trial, RunState::failed, decided.reason);
  if (goes_on(decided, epochs_known(trial))) {
    if (entry.state == RunState::queued) return {};
    entry.plan.until = decided.until;
    return requeue(entry);
  }
  if (decided.state == Trial::State::stopped) return close(trial, RunState::stopped_early, decided.reason);
  if (decided.state == Trial::State::finished && entry.state == RunState::paused)
    return close(trial, RunState::finished, decided.reason);
  return {};
}

/// Tags trials that have become audit trials after they were queued.
Result<void> SweepLedger::tag(const std::vector<std::uint64_t>& audited) {
  if (audited.empty()) return {};
  static const std::vector<std::string> columns{"trial"};
  const auto rows = store_.table({.where = fmt::format("{} and tag = \"{}\"", of_sweep(), kAuditTag)}, columns);
  if (!rows) return pass_on(rows);
  std::set<std::int64_t> done;
  for (const std::vector<Cell>& row : *rows) done.insert(std::get<std::int64_t>(row[0]));
  for (const std::uint64_t trial : audited)
    if (!done.contains(static_cast<std::int64_t>(trial)))
      if (auto tagged = store_.annotate(entries_[trial].run, {.add_tags = {std::string(kAuditTag)}});
          !tagged && tagged.error().kind != Trouble::usage)  // one that was deleted meanwhile needs no tag
        return tagged;
  return {};
}

NewTrial SweepLedger::new_trial(const Trial& trial) {
  Entry& entry = entries_[trial.number];
  entry.run = fmt::format("{}-{}", sweep_, trial.number);
  entry.name = trial_name(request_.setup.file.space, trial.configuration);
  entry.plan = {trial.configuration, trial.origin, trial.sampler, trial.until};
  NewTrial fresh{.number = static_cast<int>(trial.number), .name = entry.name, .plan = text_of(entry.plan)};
  if (trial.audit) fresh.tags.emplace_back(kAuditTag);
  if (request_.setup.program) {
    fresh.config = to_json(trial.configuration).dump();
    fresh.environment = program_environment(request_.setup);
    return fresh;
  }
  const auto recipe = recipe_of(request_.setup, trial.configuration);
  fresh.config = (recipe ? to_json(*recipe) : to_json(trial.configuration)).dump();
  if (!recipe) return fresh;  // it will be recorded as failed
  if (const auto data = shelf_->get(*recipe)) fresh.environment = environment_of(*recipe, **data);
  return fresh;
}

/// Whether somebody has deleted the trial's record.
bool SweepLedger::is_gone(const Entry& entry) {
  const auto now = store_.run(entry.run);
  return !now && now.error().kind == Trouble::usage;
}

Result<void> SweepLedger::requeue(Entry& entry) {
  const auto queued = store_.requeue(entry.run, text_of(entry.plan));
  if (!queued && !is_gone(entry)) return pass_on(queued);
  entry.stale = !queued || *queued == Acceptance::refused;  // deleted, or somebody else was quicker: we look again
  if (!entry.stale) entry.state = RunState::queued;
  return {};
}

/// Ends a trial that nobody works at.
Result<void> SweepLedger::close(std::uint64_t trial, RunState state, const std::string& reason) {
  Entry& entry = entries_[trial];
  const auto closed = store_.close(entry.run, {state, reason});
  if (!closed && !is_gone(entry)) return pass_on(closed);
  entry.stale = !closed || *closed == Acceptance::refused;  // deleted, or somebody else was quicker: we look again
  if (entry.stale) return {};
  entry.state = state, entry.reason = reason;
  tell(trial, TrialNews::Kind::ended);
  return {};
}

// --- how it stands -----------------------------------------------------------------------------------------------------

void SweepLedger::tell(std::uint64_t trial, TrialNews::Kind kind, std::optional<EpochReport> report, Metrics metrics) {
  const Entry& entry = entries_.at(trial);
  TrialNews news{kind, trial, entry.run, entry.name, epochs_known(trial)};
  if (known(trial)) news.epochs = study_.trials()[trial].effort.epochs;
  if (news.epochs == kOpenEnd) news.epochs = 0;
  if (!entry.losses.empty()) news.value = request_.setup.objective.value(entry.losses.back());
  news.state = entry.state;
  news.reason = entry.reason;
  news.report = report;
  news.metrics = std::move(metrics);
  news_.push_back(std::move(news));
}

bool SweepLedger::over() const {
  if (!study_.over()) return false;
  for (const Trial& trial : study_.trials())
    if (trial.number >= entries_.size() || !ended(trial.number)) return false;
  return true;
}

}  // namespace atelier::detail
