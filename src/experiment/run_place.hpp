// run_place.hpp: the run, or the model, that a person means.
#pragma once
#include <filesystem>
#include <string>

#include "experiment/model.hpp"

namespace atelier {

/// The folder of a run: by its path, by its id or the beginning of that, or "last": the one begun last that is no trial of
/// a sweep.
Result<std::filesystem::path> find_run(const std::string& what,
                                       const std::filesystem::path& workspace = "atelier-runs");
/// A model by the path of its file, or by its run.
Result<Model> load_model(const std::string& what, const std::filesystem::path& workspace = "atelier-runs");

}  // namespace atelier
