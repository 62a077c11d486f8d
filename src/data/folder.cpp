// folder.cpp: which files of a folder are the parts of a data set, and whether they fit together.
#include "data/folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <ranges>
#include <system_error>

#include "data/detail/words.hpp"

namespace atelier {
namespace fs = std::filesystem;
using detail::grouped;
using detail::shape_words;
namespace {

bool is_test(Part part) { return part == Part::test_features || part == Part::test_targets; }
bool is_target(Part part) { return part == Part::train_targets || part == Part::test_targets; }

/// Takes one of the words off the front of `text`.
bool take(std::string_view& text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words)
    if (text.starts_with(word)) {
      text.remove_prefix(word.size());
      return true;
    }
  return false;
}

bool names_part(std::string_view name, Part part) {
  const bool split = is_test(part) ? take(name, {"t10k", "test"}) : take(name, {"train"});
  if (!split || !take(name, {"-", "_"})) return false;
  if (!(is_target(part) ? take(name, {"labels", "targets"}) : take(name, {"images", "features"}))) return false;
  return name.empty() || name.front() == '-' || name.front() == '_' || name.front() == '.';
}

/// All names of the folder, sorted, so that the outcome does not depend on the file system.
Result<std::vector<std::string>> list_names(const fs::path& folder) {
  std::error_code trouble;
  std::vector<std::string> names;
  for (fs::directory_iterator entry(folder, trouble), end; !trouble && entry != end; entry.increment(trouble))
    names.push_back(entry->path().filename().string());
  if (trouble)
    return fail(Trouble::file, "cannot read a folder", folder.string() + ": " + trouble.message(),
                "name a folder that holds IDX files");
  std::ranges::sort(names);
  return names;
}

std::unexpected<Error> incomplete(const fs::path& folder, Part part) {
  return fail(Trouble::data, fmt::format("the {} are missing", words(part)),
              fmt::format("{} has no {}, gzipped or not", folder.string(), usual_name(part)),
              "`atelier data check DIR` tells what it has");
}

/// Picks one file for the part: the only one, or the plain one beside its gzipped form.
Result<std::optional<fs::path>> pick(const fs::path& folder, std::span<const std::string> names, Part part) {
  std::vector<std::string> found;
  std::ranges::copy_if(names, std::back_inserter(found), [&](const std::string& n) { return names_part(n, part); });
  if (found.empty()) return std::nullopt;
  if (found.size() == 1 || (found.size() == 2 && found[1] == found[0] + ".gz")) return folder / found[0];
  return fail(Trouble::data, fmt::format("more than one file for the {}", words(part)),
              fmt::format("{} has {} and {}", folder.string(), found[0], found[1]), "leave one of them in the folder");
}

}  // namespace

std::string_view usual_name(Part part) {
  constexpr PerPart<std::string_view> names{
      {"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}};
  return names[part];
}

std::string_view words(Part part) {
  constexpr PerPart<std::string_view> names{{"training images", "training labels", "test images", "test labels"}};
  return names[part];
}

Result<PerPart<std::optional<fs::path>>> find_parts(const fs::path& folder, bool partial) {
  const auto names = list_names(folder);
  if (!names) return std::unexpected(names.error());
  PerPart<std::optional<fs::path>> parts;
  for (const Part part : kParts) {
    auto file = pick(folder, *names, part);
    if (!file) return pass_on(file);
    parts[part] = *std::move(file);
  }
  if (partial) return parts;
  if (std::ranges::none_of(parts.values, [](const auto& file) { return file.has_value(); }))
    return fail(Trouble::data, "no IDX files here",
                fmt::format("{} has no {}, gzipped or not", folder.string(), usual_name(Part::train_features)),
                "name a folder with the images and labels of a training set, and of a test set if there is one");
  for (const Part part : {Part::train_features, Part::train_targets})
    if (!parts[part]) return incomplete(folder, part);
  if (parts[Part::test_features].has_value() != parts[Part::test_targets].has_value())
    return incomplete(folder, parts[Part::test_features] ? Part::test_targets : Part::test_features);
  return parts;
}

Result<void> check_pair(const IdxArray& features, const fs::path& features_file, const IdxArray& targets,
                        const fs::path& targets_file) {
  const bool labels = targets.type == IdxType::bytes;
  const std::size_t rank = features.shape.size(), target_rank = targets.shape.size();
  if (rank != 2 && rank != 3)
    return fail(Trouble::data, "features of a shape that is not read",
                fmt::format("{} is {}; samples x width or samples x height x width is read", features_file.string(),
                            shape_words(features.shape)));
  if (rank == 3 && std::max(features.shape[1], features.shape[2]) > std::size_t{std::numeric_limits<int>::max()})
    return fail(Trouble::data, "pictures of an impossible size",
                fmt::format("{} is {}", features_file.string(), shape_words(features.shape)));
  if (labels ? target_rank != 1 : target_rank > 2)
    return fail(
        Trouble::data, "labels of a shape that is not read",
        fmt::format("{} is {} {}; one byte a sample (classes), or one or more floats a sample (regression), is read",
                    targets_file.string(), shape_words(targets.shape), words(targets.type)));
  if (features.shape[0] != targets.shape[0])
    return fail(Trouble::data, "labels do not fit the images",
                fmt::format("{} has {} labels, {} has {} images", targets_file.filename().string(),
                            grouped(targets.shape[0]), features_file.filename().string(), grouped(features.shape[0])),
                "one of the files is cut short or comes from another set; `atelier data check DIR` compares them");
  return {};
}

Result<void> check_classes(const IdxArray& targets, const fs::path& file) {
  if (targets.type != IdxType::bytes || count_classes(targets) > 1) return {};
  return fail(Trouble::data, "labels of one class only", file.string() + " has no other label than 0",
              "there is nothing to tell apart; the file may be damaged or not a file of labels");
}

Result<void> check_same_kind(const IdxArray& train, const fs::path& train_file, const IdxArray& test,
                             const fs::path& test_file) {
  if (train.type == test.type &&
      std::ranges::equal(train.shape | std::views::drop(1), test.shape | std::views::drop(1)))
    return {};
  const auto described = [](const fs::path& file, const IdxArray& array) {
    return fmt::format("{} is {} {}", file.filename().string(), shape_words(array.shape), words(array.type));
  };
  return fail(Trouble::data, "the test set does not fit the training set",
              described(train_file, train) + ", " + described(test_file, test),
              "the files come from different sets; name a folder that holds one");
}

Result<void> check_labels(const IdxArray& labels, const fs::path& file, std::size_t classes) {
  const auto outside = std::ranges::find_if(labels.payload, [&](std::uint8_t label) { return label >= classes; });
  if (outside == labels.payload.end()) return {};
  return fail(Trouble::data, "a label outside the classes",
              fmt::format("{} has the label {} at sample {}; there are {} classes, 0 to {}", file.string(), *outside,
                          grouped(static_cast<std::size_t>(outside - labels.payload.begin())), classes, classes - 1),
              "the file is damaged, or the training and test files come from different sets");
}

std::size_t count_classes(const IdxArray& labels) { return std::size_t{*std::ranges::max_element(labels.payload)} + 1; }

}  // namespace atelier
