// folder.hpp: which files of a folder are the parts of a data set, and whether they fit together.
#pragma once
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "data/idx.hpp"
#include "data/known_sets.hpp"

namespace atelier {

/// The name that MNIST and its successors give a part: "train-images-idx3-ubyte".
std::string_view usual_name(Part part);
/// "training labels", "test images" and so on, for messages.
std::string_view words(Part part);

/// Finds the parts by name: train or t10k or test, then images or features, or labels or targets; joined by - or _
/// and followed by nothing, or by anything after - _ or a dot ("train-images-idx3-ubyte.gz", "test_targets.idx").
/// Where a file lies both plain and gzipped, the plain one counts; any other doubt is an Error, and so is a missing
/// training part or a test part without its partner, unless `partial`.
Result<PerPart<std::optional<std::filesystem::path>>> find_parts(const std::filesystem::path& folder,
                                                                 bool partial = false);

/// Features [n, width] or [n, height, width] and one target each: labels (bytes, [n]) or numbers (floats, [n] or [n, k]).
Result<void> check_pair(const IdxArray& features, const std::filesystem::path& features_file, const IdxArray& targets,
                        const std::filesystem::path& targets_file);

/// Labels of at least two classes; anything else than labels passes.
Result<void> check_classes(const IdxArray& targets, const std::filesystem::path& file);

/// A test part that has the type and the shape a sample of its training part.
Result<void> check_same_kind(const IdxArray& train, const std::filesystem::path& train_file, const IdxArray& test,
                             const std::filesystem::path& test_file);

/// Every label below `classes`.
Result<void> check_labels(const IdxArray& labels, const std::filesystem::path& file, std::size_t classes);

/// One more than the largest label.
std::size_t count_classes(const IdxArray& labels);

/// What is known about one part of a folder.
struct PartReport {
  Part part = Part::train_features;
  std::optional<std::filesystem::path> file;  ///< nothing: not found
  std::string type;                           ///< "unsigned bytes", "32-bit floats"; empty when it cannot be read
  std::vector<std::size_t> shape;
  std::string sha256;            ///< of the decompressed file
  std::string known_as;          ///< the known set that has this very part; empty: no known one
  std::optional<Error> trouble;  ///< why it cannot be read
};

/// What `atelier data check` tells of a folder.
struct FolderReport {
  std::filesystem::path folder;
  std::string set;                ///< the known set that the whole folder is; empty: none
  std::vector<PartReport> parts;  ///< always all four, in the order of `kParts`
  std::vector<Error> troubles;    ///< of the folder as a whole: parts that are missing or do not fit together
  std::size_t samples(Part part) const;
  /// Nothing is wrong: it can be trained on.
  bool sound() const;
};

/// Reads every part in full, whatever is wrong with the others; never fails as a whole.
FolderReport check_folder(const std::filesystem::path& folder);

}  // namespace atelier
