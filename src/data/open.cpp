// open.cpp: data sets by name, or from a folder of IDX files.
#include "data/open.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <system_error>
#include <vector>

#include "base/catalog.hpp"
#include "data/folder.hpp"
#include "data/idx_cache.hpp"
#include "data/known_sets.hpp"

namespace atelier {
namespace fs = std::filesystem;
namespace {

using Files = PerPart<std::optional<fs::path>>;
using Arrays = PerPart<std::optional<IdxArray>>;

Result<Arrays> read_parts(const Files& files, const OpenOptions& options) {
  Arrays arrays;
  for (const Part part : kParts) {
    if (!files[part]) continue;
    auto array = open_idx(*files[part], options.cache);
    if (!array) return pass_on(array);
    arrays[part] = *std::move(array);
  }
  return arrays;
}

Result<void> check_parts(const Files& files, const Arrays& arrays, std::size_t classes) {
  const auto& train = arrays[Part::train_features];
  const auto& targets = arrays[Part::train_targets];
  const auto& targets_file = files[Part::train_targets];
  if (auto ok = check_pair(*train, *files[Part::train_features], *targets, *targets_file); !ok) return ok;
  if (auto ok = check_classes(*targets, *targets_file); !ok) return ok;
  const bool labels = targets->type == IdxType::bytes;
  if (labels)
    if (auto ok = check_labels(*targets, *targets_file, classes); !ok) return ok;

  const auto& test = arrays[Part::test_features];
  if (!test) return {};
  const auto& test_targets = arrays[Part::test_targets];
  const auto& test_targets_file = files[Part::test_targets];
  if (auto ok = check_pair(*test, *files[Part::test_features], *test_targets, *test_targets_file); !ok) return ok;
  if (auto ok = check_same_kind(*train, *files[Part::train_features], *test, *files[Part::test_features]); !ok)
    return ok;
  if (auto ok = check_same_kind(*targets, *targets_file, *test_targets, *test_targets_file); !ok) return ok;
  return labels ? check_labels(*test_targets, *test_targets_file, classes) : Result<void>{};
}

Dataset assemble(const std::string& name, const IdxArray& features, const IdxArray& targets,
                 const std::vector<std::string>& class_names) {
  const std::size_t samples = features.shape[0];
  ImageShape image;
  std::size_t width = features.shape[1];
  if (features.shape.size() == 3) {
    image = {.height = static_cast<int>(features.shape[1]), .width = static_cast<int>(features.shape[2])};
    width *= features.shape[2];
  }
  Features rows{.values = features.payload, .width = width, .keeper = features.keeper};
  if (features.type == IdxType::floats) rows.values = floats(features);
  if (targets.type == IdxType::bytes) {
    auto labels = std::make_shared<std::vector<std::int32_t>>(targets.payload.begin(), targets.payload.end());
    return Dataset::classification(name, std::move(rows), std::move(labels), image, class_names);
  }
  const std::size_t outputs = targets.shape.size() == 2 ? targets.shape[1] : 1;
  auto matrix = std::make_shared<Matrix<float>>(samples, outputs);
  for (std::size_t i = 0; i < samples; ++i)
    std::ranges::copy(floats(targets).subspan(i * outputs, outputs), matrix->row(i).begin());
  return Dataset::regression(name, std::move(rows), std::move(matrix), image);
}

std::string folder_name(const fs::path& folder) {
  std::error_code trouble;
  const fs::path canonical = fs::canonical(folder, trouble);
  const std::string name = canonical.filename().string();
  return name.empty() ? "data" : name;
}

std::string joint_checksum(const Arrays& arrays) {
  Sha256 sum;
  for (const Part part : kParts) {
    if (!arrays[part]) continue;
    const std::uint8_t which = static_cast<std::uint8_t>(part);
    sum.update({&which, 1});
    sum.update(arrays[part]->checksum);
  }
  return to_hex(sum.finish());
}

Result<DataPair> open_parts(const fs::path& folder, const OpenOptions& options) {
  const auto files = find_parts(folder);
  if (!files) return std::unexpected(files.error());
  const auto arrays = read_parts(*files, options);
  if (!arrays) return std::unexpected(arrays.error());
  PerPart<std::optional<Sha256Digest>> checksums;
  for (const Part part : kParts)
    if ((*arrays)[part]) checksums[part] = (*arrays)[part]->checksum;

  const KnownSet* known = recognise(checksums);
  const IdxArray& targets = *(*arrays)[Part::train_targets];
  std::vector<std::string> class_names;
  if (known) class_names.assign(known->class_names.begin(), known->class_names.end());
  if (!known && targets.type == IdxType::bytes)
    for (std::size_t c = 0; c < count_classes(targets); ++c) class_names.push_back(std::to_string(c));
  if (auto fits = check_parts(*files, *arrays, class_names.size()); !fits) return pass_on(fits);

  const std::string name = known ? std::string(known->name) : folder_name(folder);
  DataPair pair{.train = assemble(name, *(*arrays)[Part::train_features], targets, class_names),
                .test = {},
                .checksum = joint_checksum(*arrays),
                .where = folder,
                .verified = known != nullptr};
  if ((*arrays)[Part::test_features])
    pair.test = assemble(name, *(*arrays)[Part::test_features], *(*arrays)[Part::test_targets], class_names);
  return pair;
}

std::unexpected<Error> unknown_set(std::string_view name) {
  std::vector<std::string_view> names;
  for (const KnownSet& set : known_sets()) names.push_back(set.name);
  const std::string near = nearest(name, names);
  return fail(Trouble::usage, fmt::format("no data set is called \"{}\"", name),
              fmt::format("known are {}; a folder of IDX files is given by --data", fmt::join(names, ", ")),
              near.empty() ? "`atelier data` lists them" : fmt::format("did you mean {}?", near));
}

std::unexpected<Error> not_here(const KnownSet& set) {
  std::string looked;
  for (const fs::path& folder : folders_of(set))
    looked += (looked.empty() ? "looked in " : "\nlooked in ") + folder.string();
  return fail(Trouble::data, fmt::format("{} is not on this machine", set.name), looked, std::string(set.how_to_get));
}

}  // namespace

Result<DataPair> open_folder(const fs::path& folder, const OpenOptions& options) {
  try {
    return open_parts(folder, options);
  } catch (const std::bad_alloc&) {
    return fail(Trouble::data, "not enough memory", folder.string() + " does not fit",
                "use a smaller set or a machine with more memory");
  }
}

Result<DataPair> open_dataset(std::string_view name, const OpenOptions& options) {
  const KnownSet* set = find_known_set(name);
  if (!set) return unknown_set(name);
  std::optional<Error> first_trouble;
  for (const fs::path& folder : folders_of(*set)) {
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored)) continue;
    auto pair = open_folder(folder, options);
    if (pair && pair->verified && pair->train.name() == set->name && pair->test) return pair;
    if (first_trouble) continue;
    first_trouble = pair ? Error{Trouble::data, fmt::format("{} is damaged", set->name),
                                 folder.string() + " holds files with other checksums than the published ones",
                                 fmt::format("remove them and get the set again: {}", set->how_to_get)}
                         : pair.error();
  }
  if (first_trouble) return std::unexpected(*first_trouble);
  return not_here(*set);
}

}  // namespace atelier
