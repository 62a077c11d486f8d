// sqlite_store.hpp: the Store in one SQLite file beside the folders of its runs.
#pragma once
#include <mutex>
#include <optional>

#include "base/function_ref.hpp"
#include "track/detail/field_names.hpp"
#include "track/detail/sqlite.hpp"
#include "track/detail/where.hpp"
#include "track/detail/workspace_lock.hpp"
#include "track/store.hpp"

namespace atelier {

/// Writes go through one connection under the workspace's lock, reads through another that cannot write.
class SqliteStore final : public Store {
 public:
  static Result<std::unique_ptr<Store>> open(const std::filesystem::path& folder, const StoreOptions& options);
  ~SqliteStore() override;

  Result<Claim> begin_run(const NewRun& run, const std::string& worker) override;
  Result<Claim> take_over(const std::string& run, const std::string& worker) override;
  Result<Acceptance> rewind(const Ticket& ticket, int epoch, std::int64_t step) override;
  Result<std::vector<Acceptance>> record(std::span<const Progress> news) override;
  Result<Acceptance> end(const Ticket& ticket, const Ending& ending) override;
  Result<Acceptance> add_artifact(const Ticket& ticket, const Artifact& artifact) override;
  Result<Acceptance> while_ours(const Ticket& ticket, FunctionRef<Result<void>()> deed) override;
  Result<void> annotate(const std::string& run, const Notes& notes) override;

  Result<Run> run(const std::string& id) override;
  Result<std::vector<Run>> runs(const RunQuery& query) override;
  Result<std::vector<std::vector<Cell>>> table(const RunQuery& query, std::span<const std::string> columns) override;
  Result<std::int64_t> count(const std::string& where) override;
  Result<std::vector<std::string>> columns() override;
  Result<std::vector<EpochRow>> history(const std::string& run, int after) override;
  Result<std::vector<Series>> series(const std::string& run, const std::string& stream) override;
  Result<Bucketed> buckets(const std::string& run, const BucketQuery& query) override;
  Result<Pulse> pulse() override;
  Result<std::vector<Artifact>> artifacts(const std::string& run) override;
  Result<Removal> remove(std::span<const std::string> runs, bool dry_run) override;

  Result<Sweep> create_sweep(const NewSweep& sweep) override;
  Result<Sweep> sweep(const std::string& id) override;
  Result<std::vector<Sweep>> sweeps() override;
  Result<void> update_sweep(const std::string& id, const SweepChange& change) override;
  Result<void> remove_sweep(const std::string& id) override;
  Result<int> add_trials(const std::string& sweep, std::span<const NewTrial> trials) override;
  Result<std::optional<Claim>> claim(const std::string& sweep, const std::string& worker) override;
  Result<Acceptance> requeue(const std::string& run, const JsonText& plan) override;
  Result<Acceptance> close(const std::string& run, const Ending& ending) override;
  Result<std::vector<std::string>> reap() override;

  Result<std::vector<std::string>> check() override;

 private:
  SqliteStore(std::filesystem::path folder, StoreOptions options)
      : folder_(std::move(folder)), options_(std::move(options)) {}

  Result<void> open_to_write();
  Result<void> open_to_read();
  Result<void> prepare_file();
  Result<void> finish_removals();
  void checkpoint_when_due();
  /// Runs the body in one transaction under the workspace's lock; an Error of the body undoes everything.
  Result<void> write(FunctionRef<Result<void>()> body);
  /// As `write`, but what the body did is undone in any case.
  Result<void> rehearse(FunctionRef<Result<void>()> body);
  Result<void> transaction(FunctionRef<Result<void>()> body, const char* ending);

  std::int64_t now_ms() const { return options_.clock->wall().time_since_epoch().count(); }
  std::int64_t lease_end() const { return options_.clock->steady_ms() + options_.lease_ms; }
  enum class Naming { run, sweep };
  Result<bool> is_taken(const std::string& id, Naming what);
  Result<std::string> free_id(const std::string& wish, Naming what);
  Result<void> insert_tags(std::int64_t seq, std::span<const std::string> tags);
  Result<std::vector<Run>> sorted_runs(const RunQuery& query);
  Result<Claim> claim_of(sqlite::Connection& connection, std::int64_t seq);
  /// The run's row when the ticket is valid; none when it is refused.
  Result<std::optional<std::int64_t>> row_of(const Ticket& ticket);
  /// Does something to the ticket's run, by its row, within one transaction; refused when the ticket is not valid any more.
  Result<Acceptance> if_ours(const Ticket& ticket, FunctionRef<Result<void>(std::int64_t)> deed);
  Result<std::int64_t> seq_of(sqlite::Connection& connection, const std::string& run);
  Result<std::optional<std::int64_t>> removable(sqlite::Connection& connection, const std::string& id);
  Result<Removal> foresee_removal(std::span<const std::string> runs);
  Result<void> remove_row(const std::string& id, std::int64_t seq);
  Result<void> record_one(std::int64_t seq, const Progress& progress);
  Result<void> cut_series(std::int64_t seq, std::int64_t step);
  Result<void> keep_names(std::string_view place, std::string_view json) { return names_.keep(*writer_, place, json); }

  std::filesystem::path folder_;
  StoreOptions options_;
  std::optional<WorkspaceLock> lock_;
  std::mutex writing_, reading_;  // each guards the connection of its name; never both are taken
  std::optional<sqlite::Connection> writer_, reader_;
  FieldNames names_;  // the writer's
  int wal_pages_ = 0;
};

/// Whether a text may name a run, a sweep and a folder.
bool is_id(std::string_view id);

/// The columns that `read_run` reads, from the table `run`.
std::string run_columns();
Run read_run(const sqlite::Statement& row);

/// Metrics as a JSON object; what is not finite becomes "nan", "inf" or "-inf".
JsonText metrics_text(const Metrics& metrics);
Metrics metrics_of(std::string_view text);

}  // namespace atelier
