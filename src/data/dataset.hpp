// dataset.hpp: a set of samples with their targets, as a value.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "tensor/matrix.hpp"

namespace atelier {

/// The picture behind a row of features; width 0 when rows are no pictures.
struct ImageShape {
  int height = 0, width = 0, channels = 1;
  bool operator==(const ImageShape&) const = default;
};

/// Rows of features in the type they were stored in, shared and read-only: bytes stay bytes until a batch is
/// formed. `keeper` owns the memory (a file mapping or a vector); copying shares it. Safe to read from any thread.
struct Features {
  std::variant<std::span<const std::uint8_t>, std::span<const float>> values;  ///< row-major [samples, width]
  std::size_t width = 0;
  std::shared_ptr<const void> keeper;
};

/// Samples and targets; a split or subset shares the features and lists its own rows. Cheap to copy.
class Dataset {
 public:
  /// Classes: one label a stored row, each in [0, class_names.size()). The caller has checked that sizes fit.
  static Dataset classification(std::string name, Features features,
                                std::shared_ptr<const std::vector<std::int32_t>> labels, ImageShape image,
                                std::vector<std::string> class_names);
  /// Regression: targets [stored rows, outputs].
  static Dataset regression(std::string name, Features features, std::shared_ptr<const Matrix<float>> targets,
                            ImageShape image);

  const std::string& name() const { return name_; }
  std::size_t size() const { return rows_.size(); }      ///< samples
  std::size_t width() const { return features_.width; }  ///< features a sample
  bool is_classification() const { return labels_ != nullptr; }
  /// Classes, or outputs of a regression.
  std::size_t outputs() const { return labels_ ? class_names_.size() : targets_->cols(); }
  const std::vector<std::string>& class_names() const { return class_names_; }
  const ImageShape& image() const { return image_; }

  int label(std::size_t i) const { return (*labels_)[rows_[i]]; }                         ///< classification only
  std::span<const float> target(std::size_t i) const { return targets_->row(rows_[i]); }  ///< regression only

  /// Writes sample i's features to out [width]; bytes are divided by 255.
  void features(std::size_t i, std::span<float> out) const;
  /// Asks the memory system for sample i's features ahead of use; no other effect.
  void prefetch(std::size_t i) const;

  /// The samples at these positions, in this order. Shares all memory.
  Dataset subset(std::span<const std::uint32_t> positions) const;

 private:
  std::string name_;
  Features features_;
  std::shared_ptr<const std::vector<std::int32_t>> labels_;
  std::shared_ptr<const Matrix<float>> targets_;
  ImageShape image_;
  std::vector<std::string> class_names_;
  std::vector<std::uint32_t> rows_;
};

}  // namespace atelier
