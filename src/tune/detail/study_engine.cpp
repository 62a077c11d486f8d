// study_engine.cpp: virtual workers take trials, their spans end, rules and samplers are asked.
#include "tune/detail/study_engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace atelier::detail {
namespace {

constexpr int kMostRefused = 100;          // in a row, of a sweep that has no other end
constexpr int kMostRefusedAtFirst = 1000;  // before any was accepted
constexpr std::uint64_t kCountable = 1 << 20;

Observation::State seen_as(Trial::State state) {
  switch (state) {
    case Trial::State::running: return Observation::State::pending;
    case Trial::State::finished: return Observation::State::finished;
    case Trial::State::failed: return Observation::State::failed;
    case Trial::State::paused:
    case Trial::State::stopped: break;
  }
  return Observation::State::stopped;
}

/// Why a configuration cannot be run; empty when it can.
std::string refusal(const Result<Effort>& effort) {
  if (!effort) {
    const Error& error = effort.error();
    return error.detail.empty() ? error.summary : fmt::format("{}: {}", error.summary, error.detail);
  }
  if (effort->epochs >= 1 && effort->work > 0 && std::isfinite(effort->work)) return {};
  return fmt::format("{} epochs of work {:g}: a trial needs some of both", effort->epochs, effort->work);
}

int epochs_behind(const Trial& trial) { return static_cast<int>(trial.losses.size()); }

}  // namespace

StudyEngine::StudyEngine(StudyPlan plan, Study::EffortOf effort)
    : plan_(std::move(plan)),
      effort_(std::move(effort)),
      proposals_(plan_),
      referee_(plan_.stopping, plan_.words),
      observations_(plan_.earlier) {
  ahead_ = !plan_.async && !plan_.stopping && !plan_.target && proposals_.blind();
  const auto all = cardinality(plan_.space);
  endless_ = plan_.budget == 0 && plan_.method != "grid" && (!all || *all > kCountable);
}

void StudyEngine::recall(Proposal proposal, int until, std::string stopped) {
  memos_.push_back({std::move(proposal), until, std::move(stopped)});
}

void StudyEngine::report(std::uint64_t trial, int epoch, double loss) {
  reports_.add_loss(trial, epoch, loss);
  note_arrival(trial);
}

void StudyEngine::report_end(std::uint64_t trial, Reports::End end) {
  reports_.add_end(trial, std::move(end));
  note_arrival(trial);
}

std::vector<Decision> StudyEngine::decide() {
  if (plan_.async) adopt();
  while (!over_) {
    settle();
    if (!over_) fill();
    if (busy_ == 0 && open_ == 0)
      close();
    else if (!advance())
      break;
  }
  return std::exchange(told_, {});
}

/// What an asynchronous study decided in an earlier life stands.
void StudyEngine::adopt() {
  if (std::exchange(adopted_, true)) return;
  for (const Memo& memo : memos_) {
    const std::uint64_t number = trials_.size();
    if (!create(memo.proposal)) continue;
    const int until = std::clamp(memo.until, 1, trials_[number].effort.epochs);
    if (memo.stopped.empty()) {
      grant(number, until);
      continue;
    }
    trials_[number].until = until;
    hear(number, reports_.first_losses(number, until));
    end(number, Decision::Kind::stop, memo.stopped);
  }
  for (const Trial& trial : trials_)
    if (const auto loss = on_target(trial.losses)) return reach_target(trial.number, *loss);
}

/// Takes in what has been reported, where that is not for the clock to do: all of it in an asynchronous study, and the
/// ends of trials that a study has run ahead of.
void StudyEngine::settle() {
  if (plan_.async)
    while (advance()) {
    }
  else if (ahead_)
    while (const auto number = next_arrived()) conclude(*number), open_--;
}

void StudyEngine::fill() {
  while (!over_ && busy_ < plan_.parallel && (promote() || begin())) {
  }
}

bool StudyEngine::promote() {
  const auto number = referee_.promoted(curves_);
  if (!number) return false;
  const Trial& trial = trials_[*number];
  grant(*number, referee_.next_look(epochs_behind(trial), trial.effort.epochs));
  return true;
}

/// Begins one more trial; false when none will come any more.
bool StudyEngine::begin() {
  if (!why_.empty()) return false;
  const std::uint64_t number = trials_.size();
  if (plan_.budget > 0 && number >= plan_.budget) {
    why_ = fmt::format("the budget of {} {} is spent", plan_.budget, plan_.budget == 1 ? "trial" : "trials");
    return false;
  }
  std::expected<Proposal, std::string> proposal;
  if (number < memos_.size())
    proposal = memos_[number].proposal;
  else
    proposal = proposals_.next(number, observations_);
  if (!proposal) {
    why_ = std::move(proposal.error());
    return false;
  }
  if (create(*std::move(proposal))) {
    grant(number, referee_.next_look(0, trials_[number].effort.epochs));
    if (ahead_) open_++;
  } else if ((endless_ && refused_ >= kMostRefused) ||
             (refused_ == kMostRefusedAtFirst && trials_.size() == kMostRefusedAtFirst)) {
    why_ = fmt::format("{} configurations in a row cannot be run; the last: {}", refused_, trials_[number].reason);
  }
  return true;
}

/// Lists a trial; false when it cannot be run, which is its end.
bool StudyEngine::create(Proposal proposal) {
  const std::uint64_t number = trials_.size();
  const auto effort = effort_(proposal.configuration);
  std::string trouble = refusal(effort);
  const auto audited = proposals_.take(number, proposal.configuration);
  observations_.push_back({proposal.configuration});
  curves_.push_back({.trial = number});
  trials_.push_back({.number = number,
                     .configuration = std::move(proposal.configuration),
                     .origin = proposal.origin,
                     .audit = proposal.origin == Origin::audit,
                     .sampler = std::move(proposal.sampler),
                     .begun = now_,
                     .ended = now_});
  if (audited && !std::exchange(trials_[*audited].audit, true)) told_.push_back({Decision::Kind::audit, *audited});
  refused_ = trouble.empty() ? 0 : refused_ + 1;
  if (!trouble.empty()) {
    end(number, Decision::Kind::fail, std::move(trouble));
    return false;
  }
  trials_.back().effort = *effort;
  observations_.back().steps_planned = effort->epochs;
  referee_.see(effort->epochs);
  return true;
}

/// Gives a trial to a virtual worker, to be trained on to `until`.
void StudyEngine::grant(std::uint64_t number, int until) {
  Trial& trial = trials_[number];
  trial.until = until;
  set(number, Trial::State::running);
  told_.push_back({Decision::Kind::train, number, until});
  busy_++;
  if (!plan_.async) events_.emplace(now_ + (until - epochs_behind(trial)) * trial.effort.work, number);
  note_arrival(number);
}

/// Lets the next span end; false when its reports are awaited, or none is under way.
bool StudyEngine::advance() {
  if (over_) return false;
  if (plan_.async) {
    const auto number = next_arrived();
    if (number) end_span(*number, now_ + 1);
    return number.has_value();
  }
  if (events_.empty() || open_ >= 16 + 4 * plan_.parallel) return false;
  const auto [time, number] = *events_.begin();
  if (!ahead_ && !ready(number)) return false;
  events_.erase(events_.begin());
  end_span(number, time);
  return true;
}

void StudyEngine::end_span(std::uint64_t number, double time) {
  trials_[number].ended = now_ = time;
  busy_--;
  if (!ahead_) conclude(number);
}

std::optional<std::uint64_t> StudyEngine::next_arrived() {
  while (!arrived_.empty()) {
    const std::uint64_t number = arrived_.front();
    arrived_.pop_front();
    if (trials_[number].state == Trial::State::running && ready(number)) return number;
  }
  return std::nullopt;
}

/// What becomes of a trial whose span has ended.
void StudyEngine::conclude(std::uint64_t number) {
  const Trial& trial = trials_[number];
  const auto span = span_of(trial);
  hear(number, span->losses);
  if (span->end && span->end->failed) return set(number, Trial::State::failed, span->end->reason);
  if (const auto loss = on_target(span->losses)) return reach_target(number, *loss);
  if (span->end) return set(number, Trial::State::finished, span->end->reason);
  if (epochs_behind(trial) >= trial.effort.epochs) return set(number, Trial::State::finished);
  Verdict verdict = referee_.judge(curves_, number);
  if (verdict.kind == Verdict::Kind::stop) return end(number, Decision::Kind::stop, std::move(verdict.reason));
  if (verdict.kind == Verdict::Kind::pause) return end(number, Decision::Kind::pause, std::move(verdict.reason));
  grant(number, referee_.next_look(epochs_behind(trial), trial.effort.epochs));
}

/// The first of the losses that is what the sweep looks for.
std::optional<double> StudyEngine::on_target(std::span<const double> losses) const {
  const auto at = std::ranges::find_if(losses, [&](double loss) { return plan_.target && loss <= *plan_.target; });
  return at == losses.end() ? std::nullopt : std::optional(*at);
}

/// One trial has what the sweep looks for: it is finished as it stands, and all others stop.
void StudyEngine::reach_target(std::uint64_t number, double loss) {
  const Trial& trial = trials_[number];
  const double target = plan_.words.value(*plan_.target);
  std::string reason;
  if (trial.losses.size() < static_cast<std::size_t>(trial.effort.epochs)) {
    reason = fmt::format("its {} reached the target {:g}", plan_.words.text(loss), target);
    told_.push_back({Decision::Kind::stop, number, trial.until, reason});
  }
  set(number, Trial::State::finished, std::move(reason));
  why_ = fmt::format("trial {} reached the target {:g}", number, target);
  for (const Trial& other : trials_)
    if (other.state == Trial::State::running || other.state == Trial::State::paused) {
      trials_[other.number].ended = now_;
      end(other.number, Decision::Kind::stop, why_);
    }
  events_.clear();
  busy_ = 0;
  close();
}

/// Nothing runs and nothing can be given: what is paused stays where it is.
void StudyEngine::close() {
  for (const Trial& trial : trials_)
    if (trial.state == Trial::State::paused)
      end(trial.number, Decision::Kind::stop, referee_.standing(curves_, trial.number));
  over_ = true;
  ending_ = why_;
}

std::optional<Reports::Span> StudyEngine::span_of(const Trial& trial) const {
  const bool ends = trial.effort.tells_end && trial.until >= trial.effort.epochs;
  return reports_.span(trial.number, epochs_behind(trial), trial.until, ends);
}

bool StudyEngine::ready(std::uint64_t number) const { return span_of(trials_[number]).has_value(); }

void StudyEngine::note_arrival(std::uint64_t number) {
  if ((!plan_.async && !ahead_) || number >= trials_.size()) return;
  if (trials_[number].state == Trial::State::running && ready(number)) arrived_.push_back(number);
}

void StudyEngine::hear(std::uint64_t number, std::span<const double> losses) {
  Trial& trial = trials_[number];
  for (auto* list : {&trial.losses, &curves_[number].losses}) list->insert(list->end(), losses.begin(), losses.end());
  if (losses.empty()) return;
  Observation& seen = observations_[plan_.earlier.size() + number];
  seen.loss = losses.back();
  seen.step = epochs_behind(trial);
}

void StudyEngine::set(std::uint64_t number, Trial::State state, std::string reason) {
  trials_[number].state = curves_[number].state = state;
  trials_[number].reason = std::move(reason);
  observations_[plan_.earlier.size() + number].state = seen_as(state);
}

/// Takes a trial from its worker, and says so.
void StudyEngine::end(std::uint64_t number, Decision::Kind kind, std::string reason) {
  told_.push_back({kind, number, trials_[number].until, reason});
  const auto state = kind == Decision::Kind::pause  ? Trial::State::paused
                     : kind == Decision::Kind::stop ? Trial::State::stopped
                                                    : Trial::State::failed;
  set(number, state, std::move(reason));
}

}  // namespace atelier::detail
