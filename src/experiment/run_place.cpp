// run_place.cpp: runs by path, by id, by the beginning of one, by "last".
#include "experiment/run_place.hpp"

#include "track/named_run.hpp"

namespace atelier {
namespace {

namespace fs = std::filesystem;

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

/// Whether a word is meant as a path, whatever runs there are: "." and "a/b/", not "r7k2".
bool is_path(const std::string& word) { return word == "." || word == ".." || word.find('/') != std::string::npos; }

/// With its own name at the end: "." and "a/b/" have none.
fs::path whole(const fs::path& folder) {
  std::error_code failed;
  const fs::path found = fs::canonical(folder, failed);
  const fs::path plain = folder.lexically_normal();
  return failed || (!plain.filename().empty() && plain.filename() != "." && plain.filename() != "..") ? plain : found;
}

Result<std::string> id_of(const std::string& word, const fs::path& workspace) {
  const auto store = open_store(workspace, {.read_only = true});
  if (!store) return pass_on(store);
  if (word == "last") {
    const auto runs = (*store)->runs({.where = "sweep is null", .sort = "started", .descending = true, .limit = 1});
    if (!runs) return pass_on(runs);
    if (!runs->empty()) return runs->front().id;
    return fail(Trouble::usage, "there is no run yet", "a sweep's trials are named by their ids",
                "`atelier train` makes the first one");
  }
  const auto run = named_run(**store, word);
  return run ? Result<std::string>(run->id) : pass_on(run);
}

}  // namespace

Result<fs::path> find_run(const std::string& what, const fs::path& workspace) {
  if (is_path(what) && is_folder(what)) return whole(what);
  const auto id = is_path(what) ? fail(Trouble::usage, "") : id_of(what, workspace);
  if (id) return workspace / *id;
  for (const fs::path& folder : {workspace / what, fs::path(what)})  // copied from elsewhere, in no store
    if (!what.empty() && is_folder(folder)) return whole(folder);
  if (id.error().kind == Trouble::usage && !id.error().summary.empty()) return pass_on(id);
  return fail(Trouble::file, "there is no run '" + what + "'", "looked for a folder there and in " + workspace.string(),
              "give the id of a run, its folder, or --workspace");
}

Result<Model> load_model(const std::string& what, const fs::path& workspace) {
  std::error_code ignored;
  if (fs::is_regular_file(what, ignored)) return read_model(what);
  const auto folder = find_run(what, workspace);
  if (folder) return read_model(*folder / "model.safetensors");
  if (folder.error().kind == Trouble::usage) return pass_on(folder);
  return fail(Trouble::file, "there is no model '" + what + "'",
              "looked for a file there, for a run's folder, and for a run of that name in " + workspace.string(),
              "give the path of a model.safetensors, or the id of a run");
}

}  // namespace atelier
