// session.cpp: the loop of epochs, and what it leaves behind.
#include "experiment/session.hpp"

#include <fmt/format.h>

#include <chrono>
#include <random>

#include "base/files.hpp"
#include "data/split.hpp"
#include "experiment/build.hpp"
#include "experiment/checkpoint.hpp"
#include "experiment/settings.hpp"
#include "train/evaluate.hpp"

namespace atelier {
namespace {

namespace fs = std::filesystem;
using json = nlohmann::ordered_json;

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

std::unexpected<Error> no_folder(const fs::path& path, const std::error_code& why) {
  return fail(Trouble::file, "the run's folder cannot be made", path.string() + ": " + why.message(),
              "choose another place with --workspace");
}

Result<fs::path> make_folder(const fs::path& path) {
  std::error_code failed;
  fs::create_directories(path, failed);
  if (failed) return no_folder(path, failed);
  return path;
}

/// A new folder for a run, with a short name that is free; made on disk at once, so that two programs never share one.
Result<fs::path> make_run_folder(const fs::path& workspace) {
  constexpr std::string_view letters = "abcdefghjkmnpqrstuvwxyz23456789";  // none that look alike
  std::error_code failed;
  fs::create_directories(workspace, failed);
  std::random_device entropy;
  for (int attempt = 0; attempt < 100 && !failed; attempt++) {
    std::string id;
    for (int i = 0; i < (attempt < 50 ? 4 : 8); i++) id += letters[entropy() % letters.size()];
    if (fs::create_directory(workspace / id, failed)) return workspace / id;
  }
  return no_folder(workspace, failed);
}

json to_json(const EpochReport& e) {
  json line = {{"epoch", e.epoch},
               {"train_loss", e.train_loss},
               {"val_loss", e.val_loss},
               {"train_seconds", e.train_seconds},
               {"samples_per_second", e.samples_per_second},
               {"best", e.best}};
  if (e.train_accuracy) line["train_accuracy"] = *e.train_accuracy;
  if (e.val_accuracy) line["val_accuracy"] = *e.val_accuracy;
  return line;
}

EpochReport epoch_from(const json& j) {
  EpochReport e{.epoch = j.at("epoch"),
                .train_loss = j.at("train_loss"),
                .train_accuracy = {},
                .val_loss = j.at("val_loss"),
                .val_accuracy = {},
                .train_seconds = j.at("train_seconds"),
                .samples_per_second = j.at("samples_per_second"),
                .best = j.at("best")};
  if (j.contains("train_accuracy")) e.train_accuracy = j.at("train_accuracy").get<double>();
  if (j.contains("val_accuracy")) e.val_accuracy = j.at("val_accuracy").get<double>();
  return e;
}

/// A training with everything around it.
class Session {
 public:
  static Result<Session> open(const Recipe& recipe, const RunOptions& options);

  Result<Outcome> run(const RunOptions& options, const Watch& watch);
  const fs::path& folder() const { return outcome_.folder; }

 private:
  Session(Recipe recipe, DataPair data, Split sides, Trainer trainer, fs::path folder)
      : data_(std::move(data)), sides_(std::move(sides)), trainer_(std::move(trainer)) {
    outcome_.recipe = std::move(recipe);
    outcome_.folder = std::move(folder);
    outcome_.run = outcome_.folder.filename().string();
    outcome_.validation = sides_.validation.size();
  }
  Result<void> restore(const Checkpoint& checkpoint);
  Opening opening() const;
  Result<bool> train_epoch(const Watch& watch, EpochReport& report);
  Result<void> finish_epoch(EpochReport& report);
  bool out_of_patience() const;
  Result<void> save_checkpoint() const;
  Result<void> save_record(const std::string& state) const;
  std::unexpected<Error> ended_badly(Error error) const;
  Result<void> test();
  Model model(Network<float> network) const;

  DataPair data_;
  Split sides_;
  Trainer trainer_;
  Outcome outcome_;
  double seconds_before_ = 0;  // of the epoch in progress, before it was interrupted
};

Result<Session> Session::open(const Recipe& asked, const RunOptions& options) {
  Recipe recipe = asked;
  std::optional<Checkpoint> checkpoint;
  if (options.resume) {
    Result<Checkpoint> read = read_checkpoint(*options.resume / "checkpoint.safetensors");
    if (!read) return pass_on(read);
    Result<Recipe> its_own = recipe_from_json(nlohmann::json(read->memory.at("recipe")));
    if (!its_own) return pass_on(its_own);
    recipe = *std::move(its_own);
    recipe.threads = asked.threads;
    checkpoint = *std::move(read);
  }
  Result<DataPair> data = open_data_of(recipe);
  if (!data) return pass_on(data);
  if (checkpoint && checkpoint->memory.value("checksum", "") != data->checksum) {
    return fail(Trouble::data, "the data have changed since the run began", "their checksum is now " + data->checksum,
                "start a new training");
  }
  Result<Split> sides = split(data->train, recipe.validation, recipe.split_seed);
  if (!sides) return pass_on(sides);
  Result<Trainer> trainer = trainer_of(recipe, sides->train, std::make_shared<ThreadPool>(threads_of(recipe)));
  if (!trainer) return pass_on(trainer);
  Result<fs::path> folder = options.resume   ? Result<fs::path>(*options.resume)
                            : options.folder ? make_folder(*options.folder)
                                             : make_run_folder(options.workspace);
  if (!folder) return pass_on(folder);
  Session session(std::move(recipe), *std::move(data), *std::move(sides), *std::move(trainer), *std::move(folder));
  if (checkpoint) {
    if (auto restored = session.restore(*checkpoint); !restored) return pass_on(restored);
  }
  return session;
}

Result<void> Session::restore(const Checkpoint& checkpoint) {
  if (auto restored = trainer_.restore(checkpoint.snapshot); !restored) return restored;
  try {
    for (const json& line : checkpoint.memory.at("history")) outcome_.history.push_back(epoch_from(line));
    seconds_before_ = checkpoint.memory.at("seconds_in_epoch");
  } catch (const json::exception& e) {
    return fail(Trouble::model, "the checkpoint cannot be read", e.what());
  }
  outcome_.epochs = static_cast<int>(outcome_.history.size());
  for (const EpochReport& e : outcome_.history) {
    outcome_.seconds += e.train_seconds;
    if (!e.best) continue;
    outcome_.best_epoch = e.epoch, outcome_.best_val_accuracy = e.val_accuracy, outcome_.best_val_loss = e.val_loss;
    outcome_.model = outcome_.folder / "model.safetensors";
  }
  return {};
}

Opening Session::opening() const {
  const bool classes = sides_.train.is_classification();
  return {outcome_.run,
          sides_.train.name(),
          sides_.train.size(),
          sides_.validation.size(),
          network_text(outcome_.recipe, sides_.train.width(), sides_.train.outputs(), classes),
          trainer_.network().parameter_count(),
          sides_.train.image().width > 0,
          outcome_.epochs};
}

Model Session::model(Network<float> network) const {
  return {std::move(network),
          outcome_.recipe,
          sides_.train.name(),
          data_.checksum,
          sides_.train.is_classification(),
          sides_.train.class_names(),
          sides_.train.image()};
}

/// The steps that the epoch still lacks; false when it was interrupted.
Result<bool> Session::train_epoch(const Watch& watch, EpochReport& report) {
  report.epoch = trainer_.epochs_done() + 1;
  const double start = now() - seconds_before_;
  const std::int64_t end = report.epoch * trainer_.steps_per_epoch();
  while (trainer_.steps_taken() < end) {
    if (watch.stop && watch.stop->load()) {
      seconds_before_ = now() - start;
      return false;
    }
    const Result<StepReport> step = trainer_.step();
    if (!step) return pass_on(step);
    if (watch.progress) {
      const auto samples = static_cast<double>(trainer_.totals().samples);
      watch.progress(report.epoch, samples / static_cast<double>(sides_.train.size()), samples / (now() - start));
    }
  }
  seconds_before_ = 0;
  report.train_seconds = now() - start;
  report.samples_per_second = static_cast<double>(sides_.train.size()) / report.train_seconds;
  report.train_loss = trainer_.totals().loss();
  if (sides_.train.is_classification()) report.train_accuracy = trainer_.totals().accuracy();
  return true;
}

/// Evaluates, saves the model where it is the best so far, and the checkpoint.
Result<void> Session::finish_epoch(EpochReport& report) {
  Network<float> network = trainer_.result();
  const Result<Evaluation> validated = validate(network, trainer_.loss(), sides_.validation, trainer_.pool());
  if (!validated) {
    Error error = validated.error();
    error.summary += fmt::format(" by step {} (the end of epoch {})", trainer_.steps_taken(), report.epoch);
    return std::unexpected(std::move(error));
  }
  const Evaluation& seen = *validated;
  report.val_loss = seen.loss;
  report.val_accuracy = seen.accuracy;
  const bool first = outcome_.best_epoch == 0;
  report.best =
      first || (seen.accuracy ? *seen.accuracy > *outcome_.best_val_accuracy : seen.loss < outcome_.best_val_loss);
  if (report.best) {
    if (auto saved = save_model(outcome_.folder / "model.safetensors", model(std::move(network))); !saved) return saved;
    outcome_.best_epoch = report.epoch, outcome_.best_val_accuracy = seen.accuracy, outcome_.best_val_loss = seen.loss;
    outcome_.model = outcome_.folder / "model.safetensors";
  }
  outcome_.history.push_back(report);
  outcome_.epochs = report.epoch;
  outcome_.seconds += report.train_seconds;
  return save_checkpoint();
}

bool Session::out_of_patience() const {
  return outcome_.recipe.patience > 0 && outcome_.epochs - outcome_.best_epoch >= outcome_.recipe.patience;
}

Result<void> Session::save_checkpoint() const {
  json history = json::array();
  for (const EpochReport& e : outcome_.history) history.push_back(to_json(e));
  return write_checkpoint(outcome_.folder / "checkpoint.safetensors", {trainer_.snapshot(),
                                                                       {{"recipe", to_json(outcome_.recipe)},
                                                                        {"checksum", data_.checksum},
                                                                        {"seconds_in_epoch", seconds_before_},
                                                                        {"history", history}}});
}

Result<void> Session::save_record(const std::string& state) const {
  json record = {{"run", outcome_.run},
                 {"state", state},
                 {"recipe", to_json(outcome_.recipe)},
                 {"dataset", sides_.train.name()},
                 {"checksum", data_.checksum},
                 {"instruction_set", isa_name(isa())},
                 {"epochs", outcome_.epochs},
                 {"best_epoch", outcome_.best_epoch}};
  if (outcome_.best_epoch > 0) record["best_val_loss"] = outcome_.best_val_loss;
  if (outcome_.best_val_accuracy) record["best_val_accuracy"] = *outcome_.best_val_accuracy;
  if (outcome_.test_accuracy) record["test_accuracy"] = *outcome_.test_accuracy;
  record["history"] = json::array();
  for (const EpochReport& e : outcome_.history) record["history"].push_back(to_json(e));
  return write_file_atomically(outcome_.folder / "run.json", record.dump(2) + "\n");
}

Result<void> Session::test() {
  if (!data_.test)
    return fail(Trouble::data, "there is no test set", data_.where.string() + " has none", "leave out --test");
  const Result<Model> best = read_model(outcome_.model);
  if (!best) return pass_on(best);
  const Evaluation seen = evaluate(best->network, trainer_.loss(), *data_.test, trainer_.pool());
  outcome_.test_accuracy = seen.accuracy;
  outcome_.test_loss = seen.loss;
  outcome_.test = data_.test->size();
  return {};
}

/// The error with what is left of the run; nothing is saved over what was good.
std::unexpected<Error> Session::ended_badly(Error error) const {
  if (error.kind == Trouble::diverged) static_cast<void>(save_record("diverged"));
  if (outcome_.best_epoch > 0) {
    error.detail += fmt::format("\nthe model of epoch {} is kept in {}", outcome_.best_epoch, outcome_.model.string());
  }
  return std::unexpected(std::move(error));
}

Result<Outcome> Session::run(const RunOptions& options, const Watch& watch) {
  if (watch.start) watch.start(opening());
  while (trainer_.epochs_done() < outcome_.recipe.epochs && !out_of_patience()) {
    EpochReport report;
    const Result<bool> whole = train_epoch(watch, report);
    if (!whole) return ended_badly(whole.error());
    if (!*whole) {
      if (auto saved = save_checkpoint(); !saved) return pass_on(saved);
      outcome_.interrupted = true;
      break;
    }
    if (auto finished = finish_epoch(report); !finished) return ended_badly(finished.error());
    if (watch.epoch) watch.epoch(report);
  }
  outcome_.stopped_early = !outcome_.interrupted && outcome_.epochs < outcome_.recipe.epochs;
  if (options.test && !outcome_.interrupted) {
    if (auto tested = test(); !tested) return pass_on(tested);
  }
  const std::string state = outcome_.interrupted     ? "interrupted"
                            : outcome_.stopped_early ? "stopped early"
                                                     : "finished";
  if (auto saved = save_record(state); !saved) return pass_on(saved);
  return outcome_;
}

}  // namespace

Result<Outcome> train_run(const Recipe& recipe, const RunOptions& options, const Watch& watch) {
  Result<Session> session = Session::open(recipe, options);
  if (!session) return pass_on(session);
  Result<Outcome> outcome = session->run(options, watch);
  std::error_code ignored;
  if (!outcome) fs::remove(session->folder(), ignored);  // where nothing was saved; a folder that holds something stays
  return outcome;
}

namespace {

/// The run of the workspace that was written to last; "last" itself where there is none.
std::string newest_run(const fs::path& workspace) {
  std::string newest = "last";
  fs::file_time_type when = fs::file_time_type::min();
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(workspace, ignored)) {
    const fs::file_time_type written = fs::last_write_time(entry.path() / "checkpoint.safetensors", ignored);
    if (ignored || written < when) continue;
    newest = entry.path().filename().string();
    when = written;
  }
  return newest;
}

}  // namespace

Result<fs::path> find_run(const std::string& named, const fs::path& workspace) {
  const std::string what = named == "last" ? newest_run(workspace) : named;
  for (const fs::path& candidate : {fs::path(what), workspace / what}) {
    std::error_code ignored;
    if (fs::is_directory(candidate, ignored)) return candidate;
  }
  return fail(Trouble::file, "there is no run '" + what + "'", "looked for a folder there and in " + workspace.string(),
              "give the folder of a run, or --workspace");
}

Result<Model> load_model(const std::string& named, const fs::path& workspace) {
  const std::string what = named == "last" ? newest_run(workspace) : named;
  for (const fs::path& candidate :
       {fs::path(what), fs::path(what) / "model.safetensors", workspace / what / "model.safetensors"}) {
    std::error_code ignored;
    if (fs::is_regular_file(candidate, ignored)) return read_model(candidate);
  }
  return fail(Trouble::file, "there is no model '" + what + "'",
              "looked for a file there, for " + what + "/model.safetensors, and for a run of that name in " +
                  workspace.string(),
              "give the path of a model.safetensors, or the id of a run");
}

}  // namespace atelier
