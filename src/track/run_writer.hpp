// run_writer.hpp: metrics are written behind the training, never in its way.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "track/store.hpp"

namespace atelier {

/// How often a StoreWriter writes.
struct Pace {
  int batch_ms = 200;            ///< a transaction takes what has come together in this time,
  std::size_t rows = 1000;       ///< or this many rows
  int heartbeat_ms = 10'000;     ///< a run without news says that it lives
  int fence_ms = 45'000;         ///< unheard for so long, a run takes itself for lost: before its lease ends
  std::size_t most = 1'000'000;  ///< rows of steps that wait at most when the disk does not take them
};

class StoreWriter;

/// The pen of one running run. Handing rows over takes microseconds and cannot fail; they are on the disk after the
/// writer's next transaction. For one thread.
class RunWriter {
 public:
  /// One finished epoch. Its metrics, and `also`, become the run's summary.
  void epoch(EpochRow row, const Metrics& also = {});
  /// One step; `values` in the order of the names given to `open`. Steps rise; one that does not is left out.
  void step(std::int64_t step, std::span<const double> values);
  /// One row of any other stream; a row that the stream has at `at` is replaced.
  void row(std::string stream, std::int64_t at, const std::vector<std::string>& names, std::span<const double> values);
  /// What the machine does, `ms` after the run's start.
  void machine(std::int64_t ms, const Metrics& metrics);

  /// False as soon as another attempt has taken the run over, or may have: stop working on it.
  bool ours() const;
  /// What the last transaction complained of; none while all is well. The rows are kept and tried again.
  std::optional<Error> trouble() const;
  /// Rows of steps that were left out: not rising, or more than could wait.
  std::size_t dropped() const;

  /// Waits until everything handed over so far is on the disk. An Error when it cannot be written now. After a silence
  /// that makes `ours` doubt, it asks the store.
  Result<Acceptance> flush();
  /// Writes what is left, and ends the attempt.
  Result<Acceptance> end(const Ending& ending);

 private:
  friend class StoreWriter;
  struct Desk;  // what a run and the writer's thread share
  RunWriter(std::shared_ptr<Desk> desk, StoreWriter& writer) : desk_(std::move(desk)), writer_(&writer) {}
  std::shared_ptr<Desk> desk_;
  StoreWriter* writer_;
};

/// The one thread of a process that writes to a store, for any number of runs. Outlives its RunWriters; at its own end
/// it writes what is left.
class StoreWriter {
 public:
  explicit StoreWriter(Store& store, const Pace& pace = {});
  StoreWriter(const StoreWriter&) = delete;
  StoreWriter& operator=(const StoreWriter&) = delete;
  ~StoreWriter();

  RunWriter open(const Ticket& ticket, std::vector<std::string> step_names = {});

 private:
  friend class RunWriter;
  struct Room;
  std::unique_ptr<Room> room_;
};

}  // namespace atelier
