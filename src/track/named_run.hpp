// named_run.hpp: the run that a person means.
#pragma once
#include <string>

#include "track/store.hpp"

namespace atelier {

/// The run of this id, or the only one whose id begins so; `last` is the newest that has begun. An Error names the
/// nearest id, or those that it could be.
Result<Run> named_run(Store& store, const std::string& word);

}  // namespace atelier
