// checkpoint.cpp: flat buffers out and in.
#include "experiment/checkpoint.hpp"

#include "tensor/safetensors.hpp"

namespace atelier {
namespace {

using json = nlohmann::ordered_json;

constexpr std::string_view kFormat = "atelier-checkpoint-1";

std::unexpected<Error> unfit(const std::filesystem::path& path, const std::string& detail) {
  return fail(Trouble::model, "not a checkpoint that Atelier can use", path.string() + ": " + detail,
              "start the training anew, or resume another run");
}

}  // namespace

Result<void> write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  const Snapshot& s = checkpoint.snapshot;
  const auto flat = [](const char* name, const auto& values) {
    return tensor_of(name, std::span(values.data(), values.size()), {values.size()});
  };
  const Tensor tensors[] = {flat("running", s.running), flat("scalars", s.scalars), flat("parameters", s.parameters),
                            flat("state", s.state), flat("average", s.average)};
  const json head = {{"format", kFormat},
                     {"step", s.step},
                     {"loss_sum", s.totals.loss_sum},
                     {"samples", s.totals.samples},
                     {"correct", s.totals.correct},
                     {"memory", checkpoint.memory}};
  return write_safetensors(path, tensors, {{"atelier", head.dump()}});
}

Result<Checkpoint> read_checkpoint(const std::filesystem::path& path) {
  const Result<TensorFile> file = read_safetensors(path);
  if (!file) return pass_on(file);
  const auto text = file->metadata.find("atelier");
  if (text == file->metadata.end()) return unfit(path, "it has no `atelier` entry in its metadata");
  const json head = json::parse(text->second, nullptr, false);
  Checkpoint checkpoint;
  Snapshot& s = checkpoint.snapshot;
  try {
    if (head.at("format").get<std::string>() != kFormat)
      return unfit(path, "it has a format this version does not know");
    s.step = head.at("step").get<std::int64_t>();
    s.totals = {head.at("loss_sum").get<double>(), head.at("samples").get<std::size_t>(),
                head.at("correct").get<std::size_t>()};
    checkpoint.memory = head.at("memory");
    if (!checkpoint.memory.at("recipe").is_object() || !checkpoint.memory.at("checksum").is_string() ||
        !checkpoint.memory.at("history").is_array()) {
      return unfit(path, "what it remembers of the run is not as it should be");
    }
  } catch (const json::exception& e) {
    return unfit(path, std::string("its metadata are not as they should be: ") + e.what());
  }
  const auto take = [&](const char* name, auto& into, auto read) -> Result<void> {
    const Tensor* tensor = file->find(name);
    if (!tensor) return unfit(path, std::string("it lacks ") + name);
    const auto values = read(*tensor);
    if (!values) return pass_on(values);
    into.assign(values->begin(), values->end());
    return {};
  };
  for (const auto& [name, into] :
       {std::pair{"parameters", &s.parameters}, std::pair{"state", &s.state}, std::pair{"average", &s.average}}) {
    if (auto taken = take(name, *into, floats); !taken) return pass_on(taken);
  }
  for (const auto& [name, into] : {std::pair{"running", &s.running}, std::pair{"scalars", &s.scalars}}) {
    if (auto taken = take(name, *into, doubles); !taken) return pass_on(taken);
  }
  return checkpoint;
}

}  // namespace atelier
