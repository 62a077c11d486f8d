// model.hpp: a trained network with what is needed to use it.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "data/dataset.hpp"
#include "experiment/recipe.hpp"
#include "nn/network.hpp"

namespace atelier {

/// A network, the recipe that made it, and what its inputs and outputs mean. Saved as safetensors with everything
/// but the weights in the metadata; the format is written down in docs/formats/model.md.
struct Model {
  Network<float> network;
  Recipe recipe;
  std::string dataset;   ///< the name of the set
  std::string checksum;  ///< of the data it was trained on
  bool classification = true;
  std::vector<std::string> class_names;
  ImageShape image;
};

/// Writes the model, whole or not at all.
Result<void> save_model(const std::filesystem::path& path, const Model& model);

/// Reads a model. The shapes that its configuration asks for are held against the file's before anything is
/// allocated; a file that does not fit is an error of kind Trouble::model.
Result<Model> read_model(const std::filesystem::path& path);

}  // namespace atelier
