// run_writer.cpp: one thread, and a desk for each run where rows wait for the next transaction.
#include "track/run_writer.hpp"

#include <chrono>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <thread>

#include "track/detail/sqlite_store.hpp"

namespace atelier {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

struct RunWriter::Desk {
  Ticket ticket;
  std::vector<EpochRow> epochs;
  Series steps;
  std::vector<Series> rows;  // of any stream but that of steps, one each
  Metrics summary;
  std::int64_t last_step = std::numeric_limits<std::int64_t>::min();
  std::uint64_t handed = 0, written = 0;  // counts of hand-overs
  std::uint64_t failures = 0;
  std::size_t dropped = 0;
  bool refused = false;
  std::optional<Error> trouble;
  Steady::time_point heard = Steady::now();
};

struct StoreWriter::Room {
  /// One run's part of a transaction.
  struct Parcel {
    std::shared_ptr<RunWriter::Desk> desk;
    Progress news;
    std::uint64_t handed;
  };

  Room(Store& its_store, const Pace& its_pace) : store(its_store), pace(its_pace) {}

  Store& store;
  const Pace pace;
  std::mutex mutex;  // guards the desks and what follows
  std::condition_variable wake, done;
  std::vector<std::shared_ptr<RunWriter::Desk>> desks;
  std::size_t waiting = 0;  // rows on all desks
  bool urgent = false, closing = false;
  std::jthread thread;  // the last member: it ends before the others do

  void work();
  void work_guarded();
  std::vector<Parcel> collect();
  Result<void> send(std::span<Parcel> parcels);
  void settle(std::span<Parcel> parcels, std::span<const Acceptance> verdicts, Steady::time_point sent);
  void complain(std::span<Parcel> parcels, const Error& error, bool give_up);
};

/// Takes everything from the desks, and a heartbeat for those that have long been quiet. Under the mutex.
std::vector<StoreWriter::Room::Parcel> StoreWriter::Room::collect() {
  std::vector<Parcel> parcels;
  std::erase_if(desks, [](const auto& desk) {
    const bool forgotten = desk.use_count() == 1 && desk->handed == desk->written;  // no RunWriter holds it any more
    return desk->refused || forgotten;
  });
  for (const auto& desk : desks) {
    const bool news = desk->handed != desk->written;
    if (!news && Steady::now() - desk->heard < milliseconds(pace.heartbeat_ms)) continue;
    Parcel parcel{desk, {.ticket = desk->ticket}, desk->handed};
    parcel.news.epochs = std::exchange(desk->epochs, {});
    parcel.news.series = std::exchange(desk->rows, {});
    if (!desk->steps.at.empty()) {
      parcel.news.series.push_back(
          {"step", desk->steps.names, std::exchange(desk->steps.at, {}), std::exchange(desk->steps.values, {})});
    }
    parcel.news.summary = metrics_text(std::exchange(desk->summary, {}));
    parcels.push_back(std::move(parcel));
  }
  waiting = 0;
  urgent = false;
  return parcels;
}

/// `sent`: before the store renewed the leases. A fence that began later would outlast them after a slow commit.
void StoreWriter::Room::settle(std::span<Parcel> parcels, std::span<const Acceptance> verdicts,
                               Steady::time_point sent) {
  const std::scoped_lock guard(mutex);
  for (std::size_t i = 0; i < parcels.size(); ++i) {
    auto& desk = *parcels[i].desk;
    desk.written = parcels[i].handed;
    desk.heard = sent;
    desk.trouble.reset();
    if (verdicts[i] == Acceptance::refused) desk.refused = true;
  }
  done.notify_all();
}

void StoreWriter::Room::complain(std::span<Parcel> parcels, const Error& error, bool give_up) {
  const std::scoped_lock guard(mutex);
  for (auto& parcel : parcels) {
    parcel.desk->trouble = error;
    parcel.desk->failures++;
    if (give_up) parcel.desk->written = parcel.handed;
  }
  done.notify_all();
}

/// What is thrown on a thread of its own would end the process: as good as a disk that refuses.
Result<std::vector<Acceptance>> recorded(Store& store, std::span<const Progress> news) {
  try {
    return store.record(news);
  } catch (const std::exception& e) {
    return fail(Trouble::file, "the workspace cannot be written", e.what());
  }
}

// What the disk refuses is tried again, whole. What the store refuses is found, and only that is given up.
Result<void> StoreWriter::Room::send(std::span<Parcel> parcels) {
  std::vector<Progress> news;
  news.reserve(parcels.size());
  for (auto& parcel : parcels) news.push_back(std::move(parcel.news));
  const auto before = Steady::now();
  auto verdicts = recorded(store, news);
  for (std::size_t i = 0; i < parcels.size(); ++i) parcels[i].news = std::move(news[i]);
  if (verdicts) {
    settle(parcels, *verdicts, before);
    return {};
  }
  if (verdicts.error().kind == Trouble::file) {
    complain(parcels, verdicts.error(), false);
    return pass_on(verdicts);
  }
  if (parcels.size() == 1) {
    complain(parcels, verdicts.error(), true);
    return {};
  }
  for (std::size_t i = 0; i < parcels.size(); ++i)
    if (auto sent = send(parcels.subspan(i, 1)); !sent) return sent;
  return {};
}

void StoreWriter::Room::work() {
  std::vector<Parcel> parcels;
  for (;;) {
    {
      std::unique_lock guard(mutex);
      const bool failed = !parcels.empty();
      if (failed && closing) return;
      wake.wait_for(guard, milliseconds(pace.batch_ms),
                    [&] { return closing || urgent || (!failed && waiting >= pace.rows); });
      if (parcels.empty()) parcels = collect();
      if (failed) urgent = false;
      if (parcels.empty()) {
        if (closing) return;
        continue;
      }
    }
    if (send(parcels)) parcels.clear();
  }
}

/// Without memory for the news of the runs, they take themselves for lost.
void StoreWriter::Room::work_guarded() {
  for (;;) {
    try {
      return work();
    } catch (const std::exception&) {
      const std::scoped_lock guard(mutex);
      for (const auto& desk : desks) desk->refused = true;
      done.notify_all();
    }
  }
}

void RunWriter::epoch(EpochRow row, const Metrics& also) {
  const std::scoped_lock guard(writer_->room_->mutex);
  for (const auto& [name, value] : row.metrics) desk_->summary[name] = value;
  for (const auto& [name, value] : also) desk_->summary[name] = value;
  desk_->epochs.push_back(std::move(row));
  desk_->handed++;
  writer_->room_->waiting++;
}

void RunWriter::step(std::int64_t step, std::span<const double> values) {
  bool full = false;
  {
    const std::scoped_lock guard(writer_->room_->mutex);
    auto& steps = desk_->steps;
    if (step <= desk_->last_step || values.size() != steps.names.size() ||
        steps.at.size() >= writer_->room_->pace.most) {
      desk_->dropped++;
      return;
    }
    desk_->last_step = step;
    steps.at.push_back(step);
    steps.values.insert(steps.values.end(), values.begin(), values.end());
    desk_->handed++;
    full = ++writer_->room_->waiting == writer_->room_->pace.rows;
  }
  if (full) writer_->room_->wake.notify_one();
}

void RunWriter::machine(std::int64_t ms, const Metrics& metrics) {
  std::vector<std::string> names;
  std::vector<double> values;
  for (const auto& [name, value] : metrics) {
    names.push_back(name);
    values.push_back(value);
  }
  row("machine", ms, names, values);
}

void RunWriter::row(std::string stream, std::int64_t at, const std::vector<std::string>& names,
                    std::span<const double> values) {
  Series block{std::move(stream), names, {at}, {values.begin(), values.end()}};
  const std::scoped_lock guard(writer_->room_->mutex);
  desk_->rows.push_back(std::move(block));
  desk_->handed++;
  writer_->room_->waiting++;
}

bool RunWriter::ours() const {
  const std::scoped_lock guard(writer_->room_->mutex);
  return !desk_->refused && Steady::now() - desk_->heard < milliseconds(writer_->room_->pace.fence_ms);
}

std::optional<Error> RunWriter::trouble() const {
  const std::scoped_lock guard(writer_->room_->mutex);
  return desk_->trouble;
}

std::size_t RunWriter::dropped() const {
  const std::scoped_lock guard(writer_->room_->mutex);
  return desk_->dropped;
}

Result<Acceptance> RunWriter::flush() {
  auto& room = *writer_->room_;
  std::unique_lock guard(room.mutex);
  if (Steady::now() - desk_->heard >= milliseconds(room.pace.fence_ms))
    desk_->handed++;  // a heartbeat: are we still it?
  const auto wanted = desk_->handed, failures = desk_->failures;
  room.urgent = true;
  room.wake.notify_one();
  room.done.wait(guard, [&] { return desk_->refused || desk_->failures != failures || desk_->written >= wanted; });
  if (desk_->refused) return Acceptance::refused;
  if (desk_->failures != failures && desk_->trouble) return std::unexpected(*desk_->trouble);
  return Acceptance::accepted;
}

Result<Acceptance> RunWriter::end(const Ending& ending) {
  auto flushed = flush();
  if (!flushed || *flushed == Acceptance::refused) return flushed;
  auto verdict = writer_->room_->store.end(desk_->ticket, ending);
  if (!verdict) return verdict;
  const std::scoped_lock guard(writer_->room_->mutex);
  desk_->refused = true;  // nothing may follow
  return verdict;
}

StoreWriter::StoreWriter(Store& store, const Pace& pace) : room_(std::make_unique<Room>(store, pace)) {
  room_->thread = std::jthread([room = room_.get()] { room->work_guarded(); });
}

StoreWriter::~StoreWriter() {
  const std::scoped_lock guard(room_->mutex);
  room_->closing = true;
  room_->wake.notify_one();
}

RunWriter StoreWriter::open(const Ticket& ticket, std::vector<std::string> step_names) {
  auto desk = std::make_shared<RunWriter::Desk>();
  desk->ticket = ticket;
  desk->steps.names = std::move(step_names);
  const std::scoped_lock guard(room_->mutex);
  room_->desks.push_back(desk);
  return {std::move(desk), *this};
}

}  // namespace atelier
