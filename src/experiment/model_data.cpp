// model_data.cpp: parts of data, held against a network.
#include "experiment/model_data.hpp"

#include <fmt/format.h>

#include "data/split.hpp"

namespace atelier {

Result<Dataset> part_of(const DataPair& data, const Recipe& recipe, std::string_view part) {
  if (part == "test") {
    if (data.test) return *data.test;
    return fail(Trouble::data, "there is no test set", data.where.string() + " has none", "take the validation split");
  }
  auto sides = split(data.train, recipe.validation, recipe.split_seed);
  if (!sides) return pass_on(sides);
  return part == "train" ? sides->train : sides->validation;
}

Result<void> check_fit(const Model& model, const Dataset& set) {
  if (set.is_classification() == model.classification && set.width() == model.network.inputs() &&
      set.outputs() == model.network.outputs())
    return {};
  return fail(Trouble::data, "the data do not fit the network",
              fmt::format("the network takes {} values and gives {} {}; {} has {} values and {} {}",
                          model.network.inputs(), model.network.outputs(), model.classification ? "classes" : "numbers",
                          set.name(), set.width(), set.outputs(), set.is_classification() ? "classes" : "numbers"),
              fmt::format("it was trained on {}", model.dataset));
}

}  // namespace atelier
