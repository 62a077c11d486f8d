// check_folder.cpp: what `atelier data check` tells of a folder.
#include <fmt/format.h>

#include <algorithm>

#include "data/folder.hpp"

namespace atelier {
namespace fs = std::filesystem;
namespace {

std::string_view known_part(Part part, std::string_view sha256) {
  for (const KnownSet& set : known_sets())
    if (set.sha256[part] == sha256) return set.name;
  return "";
}

PartReport report_on(Part part, const std::optional<fs::path>& file, const std::optional<Result<IdxArray>>& array) {
  PartReport report{.part = part, .file = file, .type = {}, .shape = {}, .sha256 = {}, .known_as = {}, .trouble = {}};
  if (!array) return report;
  if (!*array) {
    report.trouble = array->error();
    return report;
  }
  report.type = words((*array)->type);
  report.shape = (*array)->shape;
  report.sha256 = to_hex((*array)->checksum);
  report.known_as = known_part(part, report.sha256);
  return report;
}

using Arrays = PerPart<std::optional<Result<IdxArray>>>;
using Files = PerPart<std::optional<fs::path>>;

/// Labels against their images, and the test set against the training set, as far as the parts can be read.
std::vector<Error> misfits(const Arrays& arrays, const Files& files) {
  std::vector<Error> troubles;
  const auto note = [&](Result<void> result) {
    if (!result) troubles.push_back(std::move(result.error()));
  };
  const auto readable = [&](Part part) { return arrays[part] && arrays[part]->has_value(); };
  const auto pair = [&](Part features, Part targets) {
    if (readable(features) && readable(targets))
      note(check_pair(**arrays[features], *files[features], **arrays[targets], *files[targets]));
  };
  pair(Part::train_features, Part::train_targets);
  pair(Part::test_features, Part::test_targets);
  if (readable(Part::train_features) && readable(Part::test_features))
    note(check_same_kind(**arrays[Part::train_features], *files[Part::train_features], **arrays[Part::test_features],
                         *files[Part::test_features]));
  if (readable(Part::train_targets)) {
    const IdxArray& train = **arrays[Part::train_targets];
    note(check_classes(train, *files[Part::train_targets]));
    if (readable(Part::test_targets)) {
      const IdxArray& test = **arrays[Part::test_targets];
      note(check_same_kind(train, *files[Part::train_targets], test, *files[Part::test_targets]));
      if (train.type == IdxType::bytes && test.type == IdxType::bytes)
        note(check_labels(test, *files[Part::test_targets], count_classes(train)));
    }
  }
  return troubles;
}

}  // namespace

std::size_t FolderReport::samples(Part part) const {
  const auto& shape = parts[static_cast<std::size_t>(part)].shape;
  return shape.empty() ? 0 : shape[0];
}

bool FolderReport::sound() const {
  return troubles.empty() && std::ranges::none_of(parts, [](const PartReport& p) { return p.trouble.has_value(); });
}

FolderReport check_folder(const fs::path& folder) {
  FolderReport report{.folder = folder, .set = {}, .parts = {}, .troubles = {}};
  Files files;
  if (auto found = find_parts(folder, true)) files = *std::move(found);
  if (auto complete = find_parts(folder); !complete) report.troubles.push_back(std::move(complete.error()));

  Arrays arrays;
  PerPart<std::optional<Sha256Digest>> checksums;
  for (const Part part : kParts) {
    if (files[part]) arrays[part] = read_idx(*files[part]);
    if (arrays[part] && *arrays[part]) checksums[part] = (*arrays[part])->checksum;
    report.parts.push_back(report_on(part, files[part], arrays[part]));
  }
  std::ranges::move(misfits(arrays, files), std::back_inserter(report.troubles));
  const bool readable = std::ranges::none_of(report.parts, [](const PartReport& p) { return p.trouble.has_value(); });
  if (const KnownSet* set = recognise(checksums); set && readable) report.set = set->name;
  return report;
}

}  // namespace atelier
