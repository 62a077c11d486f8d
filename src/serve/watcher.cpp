// watcher.cpp: what is different in the store since the last look.
#include "serve/watcher.hpp"

#include <fmt/format.h>

#include <chrono>

#include "track/run_json.hpp"

namespace atelier {
namespace {

using Json = nlohmann::ordered_json;
using Steady = std::chrono::steady_clock;

Json sweep_json(const Sweep& sweep) {
  Json counts = Json::object();
  for (const auto& [state, count] : sweep.trials) counts[std::string(name_of(state))] = count;
  return {{"id", sweep.id}, {"name", sweep.name}, {"state", name_of(sweep.state)}, {"counts", counts}};
}

/// What of a run changes without its training.
const std::vector<std::string> kSurveyed{"id", "state", "name", "group", "notes", "tags", "attempt"};

std::string line_of(const std::vector<Cell>& row) {
  std::string line;
  for (const Cell& cell : row) {
    if (const auto* text = std::get_if<std::string>(&cell)) line += *text;
    if (const auto* whole = std::get_if<std::int64_t>(&cell)) line += fmt::format("{}", *whole);
    line += '\x1f';
  }
  return line;
}

}  // namespace

Watcher::Watcher(Store& store, Feed& feed, const WatchPace& pace)
    : store_(store), feed_(feed), pace_(pace), thread_([this] { work(); }) {}

Watcher::~Watcher() {
  const std::scoped_lock guard(mutex_);
  closing_ = true;
  wake_.notify_one();
}

void Watcher::wake() {
  const std::scoped_lock guard(mutex_);
  woken_ = true;
  wake_.notify_one();
}

void Watcher::prepare() {
  const std::scoped_lock guard(looking_);
  if (!known_) look(true);
}

void Watcher::work() {
  const auto ms = [](int count) { return std::chrono::milliseconds(count); };
  auto next_survey = Steady::now() + ms(pace_.survey_ms), next_beat = Steady::now() + ms(pace_.beat_ms);
  for (;;) {
    bool woken = false;
    {
      std::unique_lock guard(mutex_);
      wake_.wait_for(guard, ms(pace_.look_ms), [&] { return closing_ || woken_; });
      if (closing_) return;
      woken = std::exchange(woken_, false);
    }
    const std::scoped_lock guard(looking_);
    const auto now = Steady::now();
    if (feed_.listeners() == 0) {
      known_ = false;  // whoever comes next reads everything anew
      continue;
    }
    const bool fresh = !known_, survey = woken || now >= next_survey;
    if (survey) next_survey = now + ms(pace_.survey_ms);
    look(survey);
    if (fresh && known_) feed_.tell("hello", Json::object());  // it listened before there was anything to compare with
    if (now < next_beat) continue;
    next_beat = now + ms(pace_.beat_ms);
    feed_.beat();
  }
}

// What cannot be read now is looked at again the next time.
void Watcher::look(bool every_run) {
  const auto pulse = store_.pulse();
  if (!pulse) return;
  if (!known_) {
    runs_.clear(), sweeps_.clear();
    known_ = survey(false);
    for (const auto& beat : pulse->running) runs_[beat.run].epochs = beat.epochs, runs_[beat.run].running = true;
    tell_sweeps(false);
  } else if (pulse->version != before_.version || every_run) {
    if (every_run) survey(true);
    compare(*pulse);
    tell_sweeps(true);
  }
  before_ = *pulse;
}

void Watcher::compare(const Pulse& pulse) {
  std::map<std::string, const Pulse::Beat*> running;
  for (const auto& beat : pulse.running) running[beat.run] = &beat;
  for (auto& [id, seen] : runs_)
    if (seen.running && !running.contains(id)) seen.running = false, tell_epochs(id, seen.epochs), tell_run(id);
  for (const auto& [id, beat] : running) {
    Seen& seen = runs_[id];
    if (beat->attempt != seen.attempt || !seen.running) seen.epochs = std::min(seen.epochs, beat->epochs), tell_run(id);
    if (beat->epochs > seen.epochs) tell_epochs(id, seen.epochs);
    seen.attempt = beat->attempt, seen.epochs = beat->epochs, seen.running = true;
  }
  constexpr std::int64_t kMost = 1000;
  if (pulse.newest <= before_.newest) return;
  const auto fresh = store_.table({.descending = true, .limit = std::min(pulse.newest - before_.newest, kMost)}, {});
  if (!fresh) return;
  for (const auto& row : *fresh)
    if (const auto& id = std::get<std::string>(row.front()); !runs_.contains(id)) runs_[id] = {}, tell_run(id);
}

bool Watcher::survey(bool tell) {
  const auto rows = store_.table({}, kSurveyed);
  if (!rows) return false;
  std::map<std::string, Seen> now;
  for (const auto& row : *rows) {
    const auto& id = std::get<std::string>(row.front());
    Seen& seen = now[id];
    if (const auto old = runs_.find(id); old != runs_.end()) seen = old->second;
    const std::string line = line_of(row);
    const bool other = seen.line != line;
    seen.line = line;
    if (const auto* attempt = std::get_if<std::int64_t>(&row.back())) seen.attempt = static_cast<int>(*attempt);
    if (other && tell) tell_run(id);
  }
  if (tell)
    for (const auto& [id, seen] : runs_)
      if (!now.contains(id)) feed_.tell("gone", {{"id", id}});
  runs_ = std::move(now);
  return true;
}

void Watcher::tell_run(const std::string& id) {
  const auto run = store_.run(id);
  if (!run) return;
  Json json = head_json(*run);
  json["reason"] = run->reason;
  json["summary"] = read_json(run->summary);
  feed_.tell("run", json);
}

void Watcher::tell_epochs(const std::string& id, int after) {
  const auto rows = store_.history(id, after);
  if (!rows) return;
  for (const EpochRow& row : *rows) {
    Json metrics = Json::object();
    for (const auto& [name, value] : row.metrics) metrics[name] = value;  // what is not finite is null
    feed_.tell("epoch", {{"run", id}, {"epoch", row.epoch}, {"metrics", metrics}});
  }
}

void Watcher::tell_sweeps(bool tell) {
  const auto sweeps = store_.sweeps();
  if (!sweeps) return;
  for (const Sweep& sweep : *sweeps) {
    const Json json = sweep_json(sweep);
    std::string text = one_line(json);
    std::string& seen = sweeps_[sweep.id];
    if (seen == text) continue;
    seen = std::move(text);
    if (tell) feed_.tell("sweep", json);
  }
}

}  // namespace atelier
