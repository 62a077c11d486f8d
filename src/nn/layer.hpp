// layer.hpp: what a layer sees while a slice of the batch passes through it.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/catalog.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "kernels/per_isa.hpp"
#include "tensor/matrix.hpp"

namespace atelier {

/// Rows a slice: the unit of work that goes forward, through the loss and back.
inline constexpr std::size_t kSliceRows = 32;

/// Training uses dropout and the batch's own statistics; evaluation neither.
enum class Mode { training, evaluation };

/// A trainable block of a layer. A matrix [rows, cols] lies in panels and is decayed; a vector has rows = 1.
struct ParameterSpec {
  std::string_view name;
  std::size_t rows, cols;
  bool matrix;
};

/// One layer, one slice. All views have the slice's rows; padding columns up to a multiple of kLanes exist.
template <class Real>
struct LayerPass {
  Mode mode = Mode::training;
  std::size_t first_row = 0;  ///< of the slice, in the batch
  std::size_t batch_rows = 0;
  std::int64_t step = 0;
  const Real* parameters = nullptr;  ///< the layer's blocks one after the other, each from a multiple of kLanes
  const Real* mirror = nullptr;      ///< transposed panels of its matrix
  View<const Real> x{};              ///< input values [rows, in]
  View<Real> y{};                    ///< output values [rows, out]
  View<const Real> skip{};           ///< values of the layer that a residual connection starts from
  View<Real> dy{};           ///< gradient at the output, overwritten with that at the input unless `dx` is elsewhere
  View<Real> dx{};           ///< gradient at the input; no data when nobody wants it
  View<Real> saved{};        ///< kept from forward to backward [rows, saved_width]
  Real* partials = nullptr;  ///< this slice's sums for the gradients of the vector parameters
  Real* moments = nullptr;   ///< this slice's contribution to whole-batch statistics
  double* batch = nullptr;   ///< whole-batch statistics, combined from the slices in order
  const double* running = nullptr;  ///< running statistics, part of the model
  double* running_next = nullptr;   ///< the same, where training may move them
  Philox random{0, 0};
};

/// A layer is a plain struct: its settings. What changes lives in the pass. Required:
///   name, summary, knobs()
///   outputs(inputs) -> Result<width>
///   parameters(inputs) -> list of ParameterSpec, the matrix first
///   saved_width(inputs)  values a row kept for the backward pass
///   forward(pass), backward(pass), templates on the real type
/// A layer with `static constexpr bool whole_batch = true` also has measure / combine before forward, and
/// measure_back / combine_back before backward (see BatchNorm).
template <class L>
concept WholeBatch = requires { requires L::whole_batch; };

/// Runs body(i) for every row, compiled for each instruction set.
template <class Body>
void for_rows(std::size_t rows, const Body& body) {
  per_isa([&] {
    for (std::size_t i = 0; i < rows; i++) body(i);
  });
}

/// Sum of f(0) .. f(n - 1) in sixteen lanes that are then added in a fixed order: the same bits on every machine.
template <class Real, class F>
[[gnu::always_inline]] inline Real lane_sum(std::size_t n, const F& f) {
  constexpr std::size_t kSums = 16;
  Real lane[kSums] = {};
  std::size_t j = 0;
  for (; j + kSums <= n; j += kSums) {
    for (std::size_t k = 0; k < kSums; k++) lane[k] += f(j + k);
  }
  for (std::size_t k = 0; j + k < n; k++) lane[k] += f(j + k);
  for (std::size_t half = kSums / 2; half > 0; half /= 2) {
    for (std::size_t k = 0; k < half; k++) lane[k] += lane[k + half];
  }
  return lane[0];
}

}  // namespace atelier
