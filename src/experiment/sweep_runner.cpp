// sweep_runner.cpp: workers that take what the study decides; the store is the truth between them.
#include "experiment/detail/sweep_runner.hpp"

#include <fmt/format.h>

#include <chrono>
#include <system_error>

#include "experiment/build.hpp"
#include "experiment/detail/sweep_study.hpp"
#include "experiment/program.hpp"

namespace atelier {
namespace detail {
namespace {

using Steady = std::chrono::steady_clock;

constexpr auto kTick = std::chrono::milliseconds(100);

}  // namespace

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
      if (ledger_.called_off()) halt_ = true;
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

}  // namespace detail

namespace {

/// The sweep's state once this process leaves it: over, or to be gone on with by whoever wants to.
Result<void> leave(Store& store, const std::string& sweep, const std::optional<std::string>& ending) {
  const auto now = store.sweep(sweep);
  if (!now) return pass_on(now);
  if (ending) {
    auto memo = nlohmann::ordered_json::parse(now->memo, nullptr, false);
    if (!memo.is_object()) memo = nlohmann::ordered_json::object();
    memo["ending"] = *ending;
    std::uint64_t trials = 0;
    for (const auto& [state, count] : now->trials) trials += static_cast<std::uint64_t>(count);
    memo["trials"] = trials;  // so that deleted ones are missed
    return store.update_sweep(sweep, {SweepState::finished, memo.dump()});
  }
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
  if (!options.data.empty()) request->setup.base.data = options.data;
  auto shelf = std::make_shared<detail::DataShelf>();
  auto study = detail::study_of(*request, shelf);
  if (!study) return pass_on(study);
  if (auto running = set_sweep_state(store, sweep.id, SweepState::running); !running) return pass_on(running);
  detail::SweepLedger ledger(store, sweep.id, *std::move(request), shelf, *std::move(study));
  const auto recalled = ledger.recall(watch.stop);
  Result<bool> over = recalled;
  std::optional<std::string> ending;
  if (recalled && *recalled) {
    detail::SweepRunner runner(workspace, sweep.id, std::move(ledger), std::move(shelf), options, watch);
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
