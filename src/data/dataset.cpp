// dataset.cpp: a set of samples with their targets, as a value.
#include "data/dataset.hpp"

#include <algorithm>
#include <numeric>
#include <type_traits>

namespace atelier {
namespace {

std::vector<std::uint32_t> all_rows(std::size_t count) {
  std::vector<std::uint32_t> rows(count);
  std::iota(rows.begin(), rows.end(), std::uint32_t{0});
  return rows;
}

void widen(const std::uint8_t* in, float* out, std::size_t count) {
  constexpr float scale = 1.0f / 255;
  for (std::size_t j = 0; j < count; ++j) out[j] = static_cast<float>(in[j]) * scale;
}

void widen(const float* in, float* out, std::size_t count) { std::copy_n(in, count, out); }

}  // namespace

Dataset Dataset::classification(std::string name, Features features,
                                std::shared_ptr<const std::vector<std::int32_t>> labels, ImageShape image,
                                std::vector<std::string> class_names) {
  Dataset set;
  set.name_ = std::move(name);
  set.features_ = std::move(features);
  set.rows_ = all_rows(labels->size());
  set.labels_ = std::move(labels);
  set.image_ = image;
  set.class_names_ = std::move(class_names);
  return set;
}

Dataset Dataset::regression(std::string name, Features features, std::shared_ptr<const Matrix<float>> targets,
                            ImageShape image) {
  Dataset set;
  set.name_ = std::move(name);
  set.features_ = std::move(features);
  set.rows_ = all_rows(targets->rows());
  set.targets_ = std::move(targets);
  set.image_ = image;
  return set;
}

void Dataset::features(std::size_t i, std::span<float> out) const {
  std::visit([&](auto values) { widen(values.data() + rows_[i] * features_.width, out.data(), features_.width); },
             features_.values);
}

void Dataset::prefetch(std::size_t i) const {
  std::visit(
      [&](auto values) {
        const auto* row = reinterpret_cast<const char*>(values.data() + rows_[i] * features_.width);
        const std::size_t bytes = features_.width * sizeof(typename decltype(values)::value_type);
        for (std::size_t offset = 0; offset < bytes; offset += kAlignment) __builtin_prefetch(row + offset);
      },
      features_.values);
}

Dataset Dataset::subset(std::span<const std::uint32_t> positions) const {
  Dataset part;
  part.name_ = name_;
  part.features_ = features_;
  part.labels_ = labels_;
  part.targets_ = targets_;
  part.image_ = image_;
  part.class_names_ = class_names_;
  part.rows_.reserve(positions.size());
  for (const std::uint32_t p : positions) part.rows_.push_back(rows_[p]);
  return part;
}

}  // namespace atelier
