// sweep_view.cpp: the lines of a sweep.
#include "cli/sweep_view.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "analysis/proportion.hpp"
#include "cli/events.hpp"
#include "experiment/run_ending.hpp"
#include "figures/progress.hpp"
#include "figures/table.hpp"
#include "figures/text.hpp"

namespace atelier::cli {
namespace {

using json = nlohmann::ordered_json;

constexpr std::size_t kTop = 5, kMostRunning = 8;

bool is_accuracy(const Objective& objective) { return objective.metric.ends_with("accuracy"); }

std::string metric_text(const Objective& objective, std::optional<double> value) {
  if (!value) return "–";
  return is_accuracy(objective) ? fmt::format("{:.4f}", *value) : brief_number(*value);
}

std::string counted(std::uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", grouped(count), what, count == 1 ? "" : "s");
}

/// How many trials the file's space has; 0 where they have no end.
std::uint64_t all_of(const SweepFile& file) {
  return cardinality(file.method == "grid" ? grid_of(file.space) : file.space).value_or(0);
}

/// How many trials there can be at most; 0 where nothing limits them.
std::uint64_t budget_of(const SweepRequest& request) {
  const std::uint64_t all = all_of(request.setup.file);
  return request.budget > 0 && all > 0 ? std::min(request.budget, all) : std::max(request.budget, all);
}

/// "sweep t3k9   bayes · 4 parameters · 100 trials".
std::string opening(const Sweep& sweep, const SweepRequest& request, std::uint64_t budget) {
  if (request.confirms)
    return fmt::format("confirmation {}   the best {} of {} · {} fresh seeds each", sweep.id,
                       request.confirms->winners.size(), request.confirms->sweep, request.confirms->seeds.size());
  return fmt::format("sweep {}{}   {} · {} · {}", sweep.id, sweep.name.empty() ? "" : " " + printable(sweep.name),
                     request.setup.file.method, counted(request.setup.file.space.parameters.size(), "parameter"),
                     budget > 0 ? counted(budget, "trial") : std::string("no limit of trials"));
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
  if (news.value && std::isfinite(*news.value)) event["value"] = *news.value;
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
      budget_(budget_of(request)),
      confirms_(request.confirms.has_value()) {
  for (const TrialLine& line : before.trials) {
    rows_[line.number] = {line.run, line.name, line.reason, line.state, line.epochs, 0, line.value};
    ended_before_ += has_ended(line.state);
  }
  if (console.quiet || json) return;
  region_.emplace(stream_seams(STDERR_FILENO));
  const std::string before_now = rows_.empty() ? "" : fmt::format(" · {} of them ended before", ended_before_);
  region_->print(wrapped(opening(sweep, request, budget_) + before_now, region_->terminal()));
}

void SweepView::news(const TrialNews& news) {
  const std::scoped_lock guard(mutex_);
  Row& row = rows_[news.number];
  row.run = news.run, row.name = news.name, row.state = news.state, row.reason = news.reason;
  if (news.epochs > 0) row.epochs = news.epochs;
  row.epoch = news.epoch;
  row.value = news.value;
  if (has_failed(news.state) && !news.reason.empty()) last_failure_ = fmt::format("#{}: {}", news.number, news.reason);
  if (json_ && news.kind != TrialNews::Kind::seen && !(console_.out << trial_event(news).dump() << '\n' << std::flush))
    deaf_ = true;
  if (region_ && !region_->terminal().interactive && news.kind == TrialNews::Kind::ended)
    region_->print(plain_line(news, row));
}

/// "#12  finished  val_accuracy 0.8712  ac_relu_bs_32…".
std::string SweepView::plain_line(const TrialNews& news, const Row& row) const {
  std::string line = fmt::format("#{}  {}  {} {}  after {}  {}", news.number, name_of(row.state), objective_.metric,
                                 metric_text(objective_, row.value),
                                 counted(static_cast<std::uint64_t>(row.epoch), "epoch"), row.name);
  if (!row.reason.empty()) line += "  " + row.reason;
  return line;
}

std::vector<const SweepView::Row*> SweepView::ranked() const {
  std::vector<const Row*> rows;
  for (const auto& [number, row] : rows_)
    if (row.value && !std::isnan(*row.value) && !has_failed(row.state)) rows.push_back(&row);
  std::ranges::stable_sort(rows, [&](const Row* a, const Row* b) {
    return objective_.maximize ? *a->value > *b->value : *a->value < *b->value;
  });
  return rows;
}

std::string SweepView::status(const Terminal& terminal) const {
  std::size_t ended = 0, running = 0, held = 0, failed = 0;
  for (const auto& [number, row] : rows_) {
    ended += has_ended(row.state);
    running += row.state == RunState::running;
    held += row.state == RunState::paused;
    failed += has_failed(row.state);
  }
  const std::size_t behind = ended + held;  // a trial that waits has shown what it was asked for so far
  std::string line;
  const auto best = ranked();
  const double done = budget_ > 0 ? static_cast<double>(behind) / static_cast<double>(budget_) : 0;
  const int bar = terminal.width >= 100 ? 20 : terminal.width >= 72 ? 12 : 6;
  if (budget_ > 0)
    line = fmt::format("{}  {}/{} trials", progress_bar(done, bar), behind, grouped(budget_));
  else
    line = fmt::format("{} trials", behind);
  if (!best.empty() && !confirms_) line += fmt::format("   best {}", metric_text(objective_, best.front()->value));
  line += fmt::format("   {} running", running);
  if (held > 0) line += fmt::format(", {} paused", held);
  if (failed > 0) line += inked(fmt::format(", {} failed", failed), Ink::alarm, terminal.colour);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  line += "   " + clock_time(seconds);
  if (budget_ > behind && behind > ended_before_ + 2)
    line += fmt::format(
        ", {}{} left", held > 0 ? "about " : "",  // who goes on of those that wait, nobody knows
        clock_time(seconds * static_cast<double>(budget_ - behind) / static_cast<double>(behind - ended_before_)));
  return line;
}

std::vector<std::string> SweepView::screen() {
  const Terminal& terminal = region_->terminal();
  std::vector<std::string> lines{status(terminal)};
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
    lines.push_back(fmt::format("  {}  {:>7}  {:<10} {:<13} {}", i + 1, metric_text(objective_, row.value), row.run,
                                name_of(row.state), dim(row.name)));
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
    states += fmt::format("{}{} {}", states.empty() ? "" : ", ", count, name_of(state));
  if (outcome.best && !confirms_) {
    const TrialLine& best = outcome.trials[*outcome.best];
    console_.out << fmt::format("best {} {}   {}   {}\n", outcome.objective.metric,
                                metric_text(outcome.objective, best.value), best.run, best.name);
  }
  console_.out << fmt::format("{} in {}: {}\n", counted(outcome.trials.size(), "trial"), elapsed(seconds), states);
  if (!last_failure_.empty()) console_.say(wrapped("the last that failed, " + last_failure_, console_.err_terminal));
  if (!outcome.ending.empty()) console_.say(fmt::format("over: {}", outcome.ending));
  console_.out.flush();
}

}  // namespace atelier::cli
