// sweep_view.cpp: the lines of a sweep.
#include "cli/sweep_view.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "analysis/proportion.hpp"
#include "cli/events.hpp"
#include "figures/progress.hpp"
#include "figures/table.hpp"

namespace atelier::cli {
namespace {

using json = nlohmann::ordered_json;

constexpr std::size_t kTop = 5, kMostRunning = 8;

bool is_accuracy(const Objective& objective) { return objective.metric.ends_with("accuracy"); }

std::string metric_text(const Objective& objective, std::optional<double> value) {
  if (!value) return "–";
  return is_accuracy(objective) ? fmt::format("{:.4f}", *value) : brief_number(*value);
}

bool has_ended(RunState state) {
  return state != RunState::queued && state != RunState::running && state != RunState::paused;
}

/// How a trial stands, in a word.
std::string_view word(RunState state) {
  switch (state) {
    case RunState::stopped_early: return "stopped";
    case RunState::paused: return "held";
    default: return name_of(state);
  }
}

/// How many trials the file's space has; 0 where they have no end.
std::uint64_t all_of(const SweepFile& file) {
  return cardinality(file.method == "grid" ? grid_of(file.space) : file.space).value_or(0);
}

/// "sweep t3k9   bayes · 4 parameters · 100 trials".
std::string opening(const Sweep& sweep, const SweepRequest& request, std::uint64_t budget) {
  if (request.confirms)
    return fmt::format("confirmation {}   the best {} of {} · {} fresh seeds each", sweep.id,
                       request.confirms->winners.size(), request.confirms->sweep, request.confirms->seeds.size());
  return fmt::format("sweep {}   {} · {} parameters · {}", sweep.id, request.setup.file.method,
                     request.setup.file.space.parameters.size(),
                     budget > 0 ? grouped(budget) + " trials" : std::string("no limit of trials"));
}

}  // namespace

json trial_event(const TrialNews& news) {
  if (news.kind == TrialNews::Kind::epoch) {
    json event = news.report ? epoch_event(*news.report) : json{{"event", "epoch"}, {"epoch", news.epoch}};
    for (const auto& [name, value] : news.metrics) event[name] = value;
    event["run"] = news.run;
    event["trial"] = news.number;
    return event;
  }
  json event{{"event", "trial"},  {"trial", news.number},         {"run", news.run},
             {"name", news.name}, {"state", name_of(news.state)}, {"epochs", news.epoch}};
  if (!news.reason.empty()) event["reason"] = news.reason;
  return event;
}

json sweep_end_event(const SweepOutcome& outcome) {
  json event{{"event", "end"}, {"sweep", outcome.id}, {"over", outcome.over}, {"trials", outcome.trials.size()}};
  if (!outcome.ending.empty()) event["ending"] = outcome.ending;
  if (outcome.best) {
    const TrialLine& best = outcome.trials[*outcome.best];
    event["best"] = {{"trial", best.number},
                     {"run", best.run},
                     {outcome.objective.metric, *best.value},
                     {"configuration", to_json(best.configuration)}};
  }
  return event;
}

SweepView::SweepView(const Sweep& sweep, const SweepRequest& request, const SweepOutcome& before, bool json,
                     const Console& console)
    : console_(console),
      json_(json),
      objective_(request.setup.objective),
      budget_(request.budget > 0 ? request.budget : all_of(request.setup.file)),
      confirms_(request.confirms.has_value()) {
  for (const TrialLine& line : before.trials) {
    rows_[line.number] = {line.run, line.name, line.reason, line.state, line.epochs, 0, line.value, {}};
    ended_before_ += has_ended(line.state);
  }
  if (console.quiet || json) return;
  region_.emplace(stream_seams(STDERR_FILENO));
  region_->print(opening(sweep, request, budget_) +
                 (rows_.empty() ? std::string() : fmt::format(" · going on after {}", ended_before_)));
}

void SweepView::news(const TrialNews& news) {
  const std::scoped_lock guard(mutex_);
  Row& row = rows_[news.number];
  row.run = news.run, row.name = news.name, row.state = news.state, row.reason = news.reason;
  if (news.epochs > 0) row.epochs = news.epochs;
  row.epoch = news.epoch;
  if (news.kind == TrialNews::Kind::epoch) {
    row.loss = objective_.loss(news.report ? metrics_of(*news.report) : news.metrics, row.loss);
    row.value = objective_.value(*row.loss);
  }
  if (!news.metrics.empty()) row.value = news.value;
  if (json_) console_.out << trial_event(news).dump() << '\n' << std::flush;
  if (region_ && !region_->terminal().interactive && news.kind == TrialNews::Kind::ended)
    region_->print(plain_line(news, row));
}

/// "#12  finished  val_accuracy 0.8712  ac_relu_bs_32…".
std::string SweepView::plain_line(const TrialNews& news, const Row& row) const {
  std::string line = fmt::format("#{}  {}  {} {}  after {} epochs  {}", news.number, word(row.state), objective_.metric,
                                 metric_text(objective_, row.value), row.epoch, row.name);
  if (!row.reason.empty()) line += "  " + row.reason;
  return line;
}

std::vector<const SweepView::Row*> SweepView::ranked() const {
  std::vector<const Row*> rows;
  for (const auto& [number, row] : rows_)
    if (row.value && !std::isnan(*row.value) && row.state != RunState::diverged && row.state != RunState::failed)
      rows.push_back(&row);
  std::ranges::stable_sort(rows, [&](const Row* a, const Row* b) {
    const bool a_done = a->state == RunState::finished, b_done = b->state == RunState::finished;
    if (a_done != b_done) return a_done;
    return objective_.maximize ? *a->value > *b->value : *a->value < *b->value;
  });
  return rows;
}

std::string SweepView::status(int width) const {
  std::size_t ended = 0, running = 0, held = 0;
  for (const auto& [number, row] : rows_) {
    ended += has_ended(row.state);
    running += row.state == RunState::running;
    held += row.state == RunState::paused;
  }
  const std::size_t behind = ended + held;  // a trial that is held has shown what it was asked for so far
  std::string line;
  const auto best = ranked();
  const double done = budget_ > 0 ? static_cast<double>(behind) / static_cast<double>(budget_) : 0;
  if (budget_ > 0)
    line = fmt::format("{}  {}/{} trials", progress_bar(done, width >= 100 ? 20 : 12), behind, grouped(budget_));
  else
    line = fmt::format("{} trials", behind);
  line += fmt::format("   {} running", running);
  if (held > 0) line += fmt::format(", {} held", held);
  if (!best.empty() && !confirms_) line += fmt::format("   best {}", metric_text(objective_, best.front()->value));
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  if (held == 0 && budget_ > behind && behind > ended_before_ + 2)  // who goes on of those that are held, nobody knows
    line += fmt::format("   {} left", clock_time(seconds * static_cast<double>(budget_ - behind) /
                                                 static_cast<double>(behind - ended_before_)));
  return line;
}

std::vector<std::string> SweepView::screen() {
  const Terminal& terminal = region_->terminal();
  std::vector<std::string> lines{status(terminal.width)};
  const auto dim = [&](const std::string& text) { return inked(text, Ink::dim, terminal.colour); };
  std::size_t shown = 0;
  for (const auto& [number, row] : rows_) {
    if (row.state != RunState::running || ++shown > kMostRunning) continue;
    const std::string of = row.epochs > 0 ? fmt::format("/{:<2}", row.epochs) : "   ";
    lines.push_back(fmt::format("  #{:<4} epoch {:>2}{}  {:>7}  {}", number, row.epoch, of,
                                metric_text(objective_, row.value), dim(row.name)));
  }
  const auto best = ranked();
  if (terminal.height < 16 || best.empty() || confirms_) return lines;
  lines.push_back(dim(fmt::format("  the best by {}", objective_.metric)));
  for (std::size_t i = 0; i < std::min(kTop, best.size()); i++) {
    const Row& row = *best[i];
    lines.push_back(fmt::format("  {}  {:>7}  {:<10} {:<8} {}", i + 1, metric_text(objective_, row.value), row.run,
                                word(row.state), dim(row.name)));
  }
  return lines;
}

void SweepView::tick() {
  const std::scoped_lock guard(mutex_);
  if (region_ && region_->due()) region_->draw(screen());
}

void SweepView::end() {
  const std::scoped_lock guard(mutex_);
  if (!region_) return;
  if (region_->terminal().interactive) region_->draw(screen());
  region_->release();
}

void SweepView::result(const SweepOutcome& outcome, double seconds) {
  if (json_) {
    json event = sweep_end_event(outcome);
    if (confirms_) event.erase("best");  // of single trainings: the confirmation tells of means
    console_.out << event.dump() << '\n';
    return;
  }
  std::map<RunState, int> counts;
  for (const TrialLine& trial : outcome.trials) counts[trial.state]++;
  std::string states;
  for (const auto& [state, count] : counts)
    states += fmt::format("{}{} {}", states.empty() ? "" : ", ", count, word(state));
  if (outcome.best && !confirms_) {
    const TrialLine& best = outcome.trials[*outcome.best];
    console_.out << fmt::format("best {} {}   {}   {}\n", outcome.objective.metric,
                                metric_text(outcome.objective, best.value), best.run, best.name);
  }
  console_.out << fmt::format("{} trials in {}: {}\n", outcome.trials.size(), elapsed(seconds), states);
  if (!outcome.ending.empty()) console_.say(fmt::format("over: {}", outcome.ending));
  console_.out.flush();
}

}  // namespace atelier::cli
