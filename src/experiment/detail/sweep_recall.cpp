// sweep_recall.cpp: the ledger reads the store: what other processes, or the sweep's earlier life, have done.
#include <fmt/format.h>

#include <algorithm>

#include "experiment/detail/sweep_ledger.hpp"
#include "experiment/detail/sweep_study.hpp"

namespace atelier::detail {
namespace {

using Steady = std::chrono::steady_clock;

constexpr auto kLookEvery = std::chrono::milliseconds(250);
constexpr int kRestPerLook = 10;  // times as long as a look takes

}  // namespace

std::string SweepLedger::of_sweep() const { return fmt::format("sweep = \"{}\"", sweep_); }

/// Those that may have changed: from the first that has not ended.
std::string SweepLedger::open_trials() const {
  const auto open = std::ranges::find_if(entries_, [](const Entry& e) { return e.run.empty() || !has_ended(e.state); });
  return fmt::format("{} and trial >= {}", of_sweep(), open - entries_.begin());
}

Result<bool> SweepLedger::recall(const std::atomic<bool>* stop) {
  if (auto looked = look_around(stop); !looked) return pass_on(looked);
  if (stop != nullptr && stop->load()) return false;
  changed_.clear();
  if (auto renewed = renew(); !renewed) return pass_on(renewed);
  recalled_ = true;
  failed_before_ = hopeless().size();
  return true;
}

Result<void> SweepLedger::look_around(const std::atomic<bool>* stop) {
  const auto start = Steady::now();
  if (auto heeded = heed_state(); !heeded) return heeded;
  if (auto reaped = store_.reap(); !reaped) return pass_on(reaped);
  static const std::vector<std::string> columns{"trial", "id", "state", "attempt"};
  const auto rows = store_.table({.where = open_trials(), .sort = "trial"}, columns);
  if (!rows) return pass_on(rows);
  for (const std::vector<Cell>& row : *rows) {
    if (stop != nullptr && stop->load()) return {};
    const auto number = static_cast<std::uint64_t>(std::get<std::int64_t>(row[0]));
    const auto& run = std::get<std::string>(row[1]);
    const Entry& entry = entry_of(number);
    if (entry.ours) continue;
    const bool same = !entry.stale && entry.run == run && name_of(entry.state) == std::get<std::string>(row[2]) &&
                      entry.attempt == std::get<std::int64_t>(row[3]);
    if (same && entry.state != RunState::running) continue;
    if (auto done = read(number, run); !done) return done;
    if (!same) changed_.push_back(number);
  }
  if (auto renewed = renew_deleted(*rows); !renewed) return renewed;
  const auto end = Steady::now();
  next_look_ = end + std::max<Steady::duration>(kLookEvery, kRestPerLook * (end - start));
  return {};
}

/// A trial whose record somebody has deleted before its end is queued anew. What had ended before stays as it was.
Result<void> SweepLedger::renew_deleted(std::span<const std::vector<Cell>> rows) {
  std::vector<NewTrial> fresh;
  std::vector<bool> there(entries_.size());
  for (const std::vector<Cell>& row : rows) there[static_cast<std::size_t>(std::get<std::int64_t>(row[0]))] = true;
  for (std::uint64_t trial = 0; trial < entries_.size(); trial++) {
    Entry& entry = entries_[trial];
    if (there[trial] || entry.ours || entry.run.empty() || has_ended(entry.state)) continue;
    entry = {};
    if (known(trial)) fresh.push_back(new_trial(study_.trials()[trial]));
  }
  return add(fresh);
}

/// As long as anybody works at a sweep it is running, also if another who did has left; unless a person paused or stopped
/// it, which ends the work.
Result<void> SweepLedger::heed_state() {
  const auto now = store_.sweep(sweep_);
  if (!now) return pass_on(now);
  called_off_ = now->state == SweepState::stopped || is_held(*now);
  if (now->state != SweepState::paused || called_off_) return {};
  return store_.update_sweep(sweep_, {SweepState::running, {}});
}

Result<void> SweepLedger::read(std::uint64_t trial, const std::string& id) {
  const auto run = store_.run(id);
  if (!run) return pass_on(run);
  auto plan = plan_of(*run);
  if (!plan) return pass_on(plan);
  Entry& entry = entries_[trial];
  const bool unknown = entry.run.empty();
  const bool fresh = entry.state != run->state || entry.attempt != run->attempt;
  entry.run = run->id, entry.name = run->name, entry.reason = run->reason;
  entry.state = run->state, entry.attempt = run->attempt;
  entry.plan = *std::move(plan);
  entry.stale = false;
  if (fresh || unknown) expect_data_of(trial, *run);
  const int epochs = epochs_known(trial);
  if (auto seen = read_history(trial); !seen) return seen;
  if (auto settled = settle(trial); !settled) return settled;
  if (recalled_ && strays(trial)) strayed_ = true;
  if (recalled_ && fresh && has_ended(entry.state))
    tell(trial, TrialNews::Kind::ended);
  else if (recalled_ && (fresh || epochs_known(trial) > epochs))
    tell(trial, TrialNews::Kind::seen);
  return {};
}

/// Remembers which data a trial was trained on.
void SweepLedger::expect_data_of(std::uint64_t trial, const Run& run) {
  const auto environment = nlohmann::json::parse(run.environment, nullptr, false);
  if (!environment.is_object() || !environment.contains("checksum")) return;
  if (const auto recipe = recipe_of(request_.setup, entries_[trial].plan.configuration))
    shelf_->expect(*recipe, environment.value("checksum", ""));
}

Result<void> SweepLedger::read_history(std::uint64_t trial) {
  const auto rows = store_.history(entries_[trial].run);
  if (!rows) return pass_on(rows);
  for (const EpochRow& row : *rows) report(trial, row.epoch, row.metrics);
  return {};
}

/// Whether the store has what our study would not have decided: the store is right. Decisions in virtual time are the
/// same for all; those of an asynchronous sweep are known only from its records.
bool SweepLedger::strays(std::uint64_t trial) const {
  const Entry& entry = entries_[trial];
  if (!known(trial)) return request_.async;
  const Trial& decided = study_.trials()[trial];
  if (fingerprint(decided.configuration) != fingerprint(entry.plan.configuration)) return true;
  if (!request_.async) return false;
  const bool going_on = decided.state == Trial::State::running || decided.state == Trial::State::paused;
  return entry.plan.until > decided.until || (going_on && entry.state == RunState::stopped_early);
}

/// Builds the study anew from what the records say.
Result<void> SweepLedger::renew() {
  auto study = study_of(request_, shelf_);
  if (!study) return pass_on(study);
  study_ = *std::move(study);
  const auto gap = std::ranges::find_if(entries_, [](const Entry& e) { return e.run.empty(); });
  if (gap != entries_.end() && request_.async)
    return fail(Trouble::usage, "an asynchronous sweep cannot go on without a trial of its own",
                fmt::format("trial {} of sweep {} is not there any more", gap - entries_.begin(), sweep_),
                fmt::format("start a new sweep with --after {}", sweep_));
  for (auto entry = entries_.begin(); entry != gap; ++entry) {
    const bool stopped = entry->state == RunState::stopped_early && !ended_itself(entry->state, entry->reason);
    study_.recall(entry->plan.configuration, entry->plan.origin, entry->plan.sampler,
                  std::max(entry->plan.until, static_cast<int>(entry->losses.size())), stopped ? entry->reason : "");
  }
  for (std::uint64_t trial = 0; trial < entries_.size(); trial++) {
    const std::vector<double>& losses = entries_[trial].losses;
    for (std::size_t i = 0; i < losses.size(); i++) study_.report(trial, static_cast<int>(i) + 1, losses[i]);
    report_end(trial);
  }
  return {};
}

}  // namespace atelier::detail
