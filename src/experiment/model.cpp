// model.cpp: networks as safetensors files.
#include "experiment/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "experiment/build.hpp"
#include "experiment/settings.hpp"
#include "tensor/safetensors.hpp"

namespace atelier {
namespace {

using json = nlohmann::ordered_json;

constexpr std::string_view kFormat = "atelier-model-1";

/// "layers.2.weight"; running statistics of layer 3 are "layers.3.running_mean" and "..._variance".
std::string tensor_name(const Block& block) { return fmt::format("layers.{}.{}", block.layer, block.spec.name); }

std::vector<std::size_t> tensor_shape(const Block& block) {
  if (block.spec.matrix) return {block.spec.rows, block.spec.cols};
  return {block.spec.cols};
}

/// The layers with running statistics, and how wide they are.
std::vector<std::size_t> running_layers(const Architecture& architecture) {
  std::vector<std::size_t> list;
  for (std::size_t l = 0; l < architecture.layers.size(); l++) {
    if (std::holds_alternative<BatchNorm>(architecture.layers[l])) list.push_back(l);
  }
  return list;
}

std::string shape_text(const std::vector<std::size_t>& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

std::unexpected<Error> unfit(const std::filesystem::path& path, const std::string& detail) {
  return fail(Trouble::model, "not a model that Atelier can use", path.string() + ": " + detail,
              "give a model.safetensors that `atelier train` wrote");
}

/// What the metadata says, before any weight is looked at.
struct Head {
  Recipe recipe;
  Architecture architecture;
  std::string dataset, checksum;
  bool classification = true;
  std::vector<std::string> class_names;
  ImageShape image;
};

Result<Head> read_head(const std::filesystem::path& path, const TensorFile& file) {
  const auto text = file.metadata.find("atelier");
  if (text == file.metadata.end()) return unfit(path, "it has no `atelier` entry in its metadata");
  const json meta = json::parse(text->second, nullptr, false);
  Head head;
  try {
    if (meta.at("format").get<std::string>() != kFormat)
      return unfit(path, "it has a format this version does not know");
    Result<Recipe> recipe = recipe_from_json(nlohmann::json(meta.at("recipe")));
    if (!recipe) return unfit(path, recipe.error().summary + "; " + recipe.error().detail);
    head.recipe = *std::move(recipe);
    head.dataset = meta.at("dataset").get<std::string>();
    head.checksum = meta.at("checksum").get<std::string>();
    head.classification = meta.at("task").get<std::string>() == "classification";
    head.class_names = meta.at("class_names").get<std::vector<std::string>>();
    const auto shape = meta.at("image").get<std::array<int, 3>>();
    head.image = {shape[0], shape[1], shape[2]};
    const auto inputs = meta.at("inputs").get<std::size_t>(), outputs = meta.at("outputs").get<std::size_t>();
    if (head.classification && head.class_names.size() != outputs) {
      return unfit(path, fmt::format("it names {} classes for {} outputs", head.class_names.size(), outputs));
    }
    Result<Architecture> a = architecture_of(head.recipe, inputs, outputs);
    if (!a) return unfit(path, a.error().summary);
    head.architecture = *std::move(a);
  } catch (const json::exception& e) {
    return unfit(path, std::string("its metadata are not as they should be: ") + e.what());
  }
  return head;
}

Result<void> check_shapes(const std::filesystem::path& path, const TensorFile& file, const Layout& layout) {
  for (const Block& block : layout.blocks) {
    const Tensor* tensor = file.find(tensor_name(block));
    if (!tensor) return unfit(path, "it lacks the tensor " + tensor_name(block));
    if (tensor->dtype != "F32" || tensor->shape != tensor_shape(block)) {
      return unfit(path, fmt::format("{} is {} {}, its configuration asks for F32 {}", tensor_name(block),
                                     tensor->dtype, shape_text(tensor->shape), shape_text(tensor_shape(block))));
    }
  }
  return {};
}

/// Reads mean and variance of each normalised layer into the network.
Result<void> read_running(const std::filesystem::path& path, const TensorFile& file, Network<float>& network) {
  for (const std::size_t l : running_layers(network.architecture())) {
    const Placement& place = network.placements()[l];
    for (const auto& [name, offset] :
         {std::pair{"running_mean", std::size_t{0}}, std::pair{"running_variance", round_up(place.inputs, kLanes)}}) {
      const std::string full = fmt::format("layers.{}.{}", l, name);
      const Tensor* tensor = file.find(full);
      if (!tensor || tensor->shape != std::vector{place.inputs})
        return unfit(path, full + " is missing or has a wrong shape");
      const auto values = doubles(*tensor);
      if (!values) return unfit(path, full + " is not F64");
      const double least = offset == 0 ? -1e300 : 0;
      if (!std::all_of(values->begin(), values->end(), [&](double v) { return v >= least && v < 1e300; })) {
        return unfit(path, full + " holds values that cannot be");
      }
      std::copy(values->begin(), values->end(),
                network.running().begin() + static_cast<std::ptrdiff_t>(place.running + offset));
    }
  }
  return {};
}

json metadata(const Model& model) {
  return {{"format", kFormat},
          {"recipe", to_json(model.recipe)},
          {"dataset", model.dataset},
          {"checksum", model.checksum},
          {"task", model.classification ? "classification" : "regression"},
          {"class_names", model.class_names},
          {"image", {model.image.height, model.image.width, model.image.channels}},
          {"inputs", model.network.inputs()},
          {"outputs", model.network.outputs()}};
}

}  // namespace

Result<void> save_model(const std::filesystem::path& path, const Model& model) {
  const Network<float>& network = model.network;
  std::vector<Tensor> tensors;
  for (const std::size_t l : running_layers(network.architecture())) {  // the wider type first
    const Placement& place = network.placements()[l];
    const auto at = [&](std::size_t offset) { return network.running().subspan(place.running + offset, place.inputs); };
    tensors.push_back(tensor_of(fmt::format("layers.{}.running_mean", l), at(0), {place.inputs}));
    tensors.push_back(
        tensor_of(fmt::format("layers.{}.running_variance", l), at(round_up(place.inputs, kLanes)), {place.inputs}));
  }
  std::vector<std::vector<float>> values;
  for (std::size_t b = 0; b < network.blocks().size(); b++) values.push_back(network.block_values(b));
  for (std::size_t b = 0; b < network.blocks().size(); b++) {
    const Block& block = network.blocks()[b];
    tensors.push_back(tensor_of(tensor_name(block), std::span<const float>(values[b]), tensor_shape(block)));
  }
  return write_safetensors(path, tensors, {{"atelier", metadata(model).dump()}});
}

Result<Model> read_model(const std::filesystem::path& path) {
  const Result<TensorFile> file = read_safetensors(path);
  if (!file) return pass_on(file);
  Result<Head> head = read_head(path, *file);
  if (!head) return pass_on(head);
  const Result<Layout> layout = lay_out(head->architecture);
  if (!layout) return unfit(path, layout.error().summary + "; " + layout.error().detail);
  if (auto fits = check_shapes(path, *file, *layout); !fits) return pass_on(fits);
  Result<Network<float>> network = Network<float>::build(head->architecture, *initialiser("zeros"), 0);
  if (!network) return pass_on(network);
  for (std::size_t b = 0; b < network->blocks().size(); b++) {
    const auto values = floats(*file->find(tensor_name(network->blocks()[b])));
    if (!values) return pass_on(values);
    if (!std::all_of(values->begin(), values->end(), [](float w) { return std::isfinite(w); })) {
      return unfit(path, tensor_name(network->blocks()[b]) + " holds values that are no numbers");
    }
    network->set_block(b, *values);
  }
  if (auto read = read_running(path, *file, *network); !read) return pass_on(read);
  return Model{*std::move(network),
               std::move(head->recipe),
               std::move(head->dataset),
               std::move(head->checksum),
               head->classification,
               std::move(head->class_names),
               head->image};
}

}  // namespace atelier
