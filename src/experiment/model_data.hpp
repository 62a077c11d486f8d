// model_data.hpp: the data that a trained network is looked at with.
#pragma once
#include <string_view>

#include "data/open.hpp"
#include "experiment/model.hpp"

namespace atelier {

/// The part of a recipe's data by name: test, validation or train. An error where there is no test set.
Result<Dataset> part_of(const DataPair& data, const Recipe& recipe, std::string_view part);

/// An error that names both shapes unless the set fits the network.
Result<void> check_fit(const Model& model, const Dataset& set);

}  // namespace atelier
