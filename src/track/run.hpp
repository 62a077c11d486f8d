// run.hpp: runs, their history and the sweeps that ask for them, as plain values.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.hpp"

namespace atelier {

/// A JSON object as text, exactly as it is stored: listings hand it on without reading it.
using JsonText = std::string;
/// What was measured, by name. Not a number and the infinities are kept too.
using Metrics = std::map<std::string, double>;
/// A time of the calendar, UTC.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

enum class RunState { queued, running, paused, stopped_early, finished, diverged, failed, killed };
std::string_view name_of(RunState state);
std::optional<RunState> run_state(std::string_view name);

/// Who may write: a run and the number of its attempt. Taking a run over counts the attempt up, and whatever an
/// older attempt still sends is refused.
struct Ticket {
  std::string run = {};
  int attempt = 0;
  bool operator==(const Ticket&) const = default;
};
enum class Acceptance { accepted, refused };

/// A run is a trial when a sweep has asked for it.
struct TrialOf {
  std::string sweep = {};
  int number = 0;  ///< from 0, within the sweep
  bool operator==(const TrialOf&) const = default;
};

/// What is known of a run before its first step.
struct NewRun {
  std::string id = {};  ///< of a-z, 0-9, - and _, also the name of its folder; empty: the store finds a short one
  std::string name = {}, group = {}, notes = {};
  std::vector<std::string> tags = {};
  JsonText config = "{}", environment = "{}";
};

struct Run {
  std::string id = {}, name = {}, group = {}, notes = {};
  std::vector<std::string> tags = {};
  RunState state = RunState::queued;
  std::string reason = {};  ///< why it stopped early, failed or was killed; in words
  WallTime created = {};
  std::optional<WallTime> started = {}, ended = {};  ///< of the last attempt
  std::optional<double> seconds =
      {};  ///< trained in all attempts; where the summary does not say, the last one's length
  std::optional<TrialOf> trial = {};
  int attempt = 0;  ///< 0: nobody has begun it
  std::string worker = {};
  JsonText config = "{}", environment = "{}", summary = "{}";
  JsonText plan = "{}";  ///< what the sweep decided about the trial: where it came from, how far to train
};

struct EpochRow {
  int epoch = 0;  ///< from 1
  Metrics metrics = {};
  bool operator==(const EpochRow&) const = default;
};

/// A block of rows that share their columns: metrics per step, of the machine per millisecond, of layers per epoch.
struct Series {
  std::string stream = "step";  ///< or "machine", "layers", "weights"
  std::vector<std::string> names = {};
  std::vector<std::int64_t> at = {};  ///< rising: steps, epochs, or milliseconds since the run's start
  std::vector<double> values = {};    ///< [at, names], row by row
  bool operator==(const Series&) const = default;
};

/// News of a running run. Empty, it is a heartbeat.
struct Progress {
  Ticket ticket = {};
  std::vector<EpochRow> epochs = {};
  std::vector<Series> series = {};
  JsonText summary = "{}";  ///< laid over the run's summary (RFC 7396)
};

/// How an attempt ends: any state but running. Paused and queued trials can be claimed again.
struct Ending {
  RunState state = RunState::finished;
  std::string reason = {};
  JsonText summary = "{}";  ///< laid over the run's summary
};

/// What a person changes on a run; absent values stay.
struct Notes {
  std::optional<std::string> name = {}, group = {}, notes = {};
  std::vector<std::string> add_tags = {}, remove_tags = {};
};

/// A file of a run.
struct Artifact {
  std::string name = {};  ///< "model"; unique within the run
  std::string path = {};  ///< relative to the workspace
  std::string kind = {};  ///< "model", "checkpoint", "media"
  std::int64_t bytes = 0;
  std::string sha256 = {};
  bool operator==(const Artifact&) const = default;
};

enum class SweepState { running, paused, finished, stopped };
std::string_view name_of(SweepState state);
std::optional<SweepState> sweep_state(std::string_view name);

struct NewSweep {
  std::string id = {};  ///< as of a run
  std::string name = {};
  JsonText config = "{}";   ///< all that decides it: space, method, seed, workers
  std::string source = {};  ///< the file that it was read from, as it stood
};

struct Sweep {
  std::string id = {}, name = {};
  SweepState state = SweepState::running;
  WallTime created = {};
  std::optional<WallTime> ended = {};
  JsonText config = "{}";
  std::string source = {};
  JsonText memo = "{}";                 ///< whatever the search wants to remember
  std::map<RunState, int> trials = {};  ///< how many are in each state
};

struct SweepChange {
  std::optional<SweepState> state = {};
  std::optional<JsonText> memo = {};
};

/// A trial that a sweep asks for.
struct NewTrial {
  int number = 0;
  std::string name = {};
  JsonText config = "{}", plan = "{}", environment = "{}";
  std::vector<std::string> tags = {};
};

/// A run with the right to write to it.
struct Claim {
  Run run = {};
  Ticket ticket = {};
};

/// What deleting took or, in a dry run, would take.
struct Removal {
  std::vector<std::string> runs = {};
  std::vector<std::string> refused = {};  ///< still running
  std::uint64_t bytes = 0;                ///< given back to the disk, files of the runs included
};

/// What tells a watcher that something has happened; cheap however many runs there are.
struct Pulse {
  struct Beat {
    std::string run = {};
    int attempt = 0;
    int epochs = 0;  ///< the last one
    bool operator==(const Beat&) const = default;
  };
  std::int64_t version = 0;  ///< another one as soon as another connection has written
  std::int64_t runs = 0;     ///< how many there are
  std::int64_t newest = 0;   ///< rises with every run that is created
  std::vector<Beat> running = {};
};

/// One value of a listing.
using Cell = std::variant<std::monostate, std::int64_t, double, std::string>;

/// Which runs, in which order. `where` is the grammar of docs/formats/workspace.md:
/// `optimizer = "adam" and val_accuracy > 0.88`.
struct RunQuery {
  std::string where = {};
  std::string sort = {};  ///< a name as in `where`; empty: the order of creation. Missing values come last.
  bool descending = false;
  std::int64_t limit = -1;  ///< below 0: all
  std::int64_t offset = 0;
  std::map<std::string, std::string> aliases = {};  ///< other names of values, for where no run has one of that name
};

}  // namespace atelier
