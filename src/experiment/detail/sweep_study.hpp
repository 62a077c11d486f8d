// sweep_study.hpp: the study of a sweep whose trials are trainings.
#pragma once
#include <memory>

#include "experiment/detail/data_shelf.hpp"
#include "experiment/sweep.hpp"

namespace atelier::detail {

/// A study as the request plans it, with the epochs and the operations of each training as its effort; of a program,
/// with what it declares.
Result<Study> study_of(const SweepRequest& request, const std::shared_ptr<DataShelf>& shelf);

}  // namespace atelier::detail
