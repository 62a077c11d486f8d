// product.hpp: the matrix product that everything stands on.
#pragma once
#include <cstddef>

#include "tensor/matrix.hpp"

namespace atelier {

/// Weights lie in panels of this many columns.
inline constexpr std::size_t kPanel = 64;
/// A panel's width is a multiple of this.
inline constexpr std::size_t kLanes = 16;

/// c[i, j] = start[j] + sum over k of a[i, k] * b[k, j], for i < rows, j < cols, k < depth.
///
/// Each element is one chain of fused multiply-adds in the order of k that begins with start[j] (0 without
/// one), so a float product has the same bits on every instruction set and for every way of cutting up rows
/// and columns. a is any strided matrix, b and c have contiguous rows. cols is a multiple of kLanes, at most
/// kPanel.
template <class Real>
struct Product {
  const Real* a;
  std::size_t a_row, a_depth;  ///< distance between rows, and between steps of depth
  const Real* b;
  std::size_t b_stride;
  Real* c;
  std::size_t c_stride;
  std::size_t rows, cols, depth;
  const Real* start = nullptr;
};

/// Computes it with the instruction set in use.
void multiply(const Product<float>& p);
/// The plain reference, for the network in double.
void multiply(const Product<double>& p);
/// The specification: three loops. For float it defines the bits.
template <class Real>
void multiply_reference(const Product<Real>& p);

/// dst[j, i] = src[i, j] for i < rows, j < cols.
void transpose(const float* src, std::size_t src_stride, float* dst, std::size_t dst_stride, std::size_t rows,
               std::size_t cols);
void transpose(const double* src, std::size_t src_stride, double* dst, std::size_t dst_stride, std::size_t rows,
               std::size_t cols);

/// How a matrix [rows, cols] lies in panels: columns are cut into panels of kPanel (the last is as wide as
/// needed, rounded up to kLanes), each panel holds its rows one after the other.
struct Panels {
  std::size_t rows, cols;

  std::size_t padded_cols() const { return round_up(cols, kLanes); }
  std::size_t size() const { return rows * padded_cols(); }
  std::size_t count() const { return (cols + kPanel - 1) / kPanel; }
  /// Width of the panel that holds column j, padding included.
  std::size_t width_at(std::size_t j) const {
    const std::size_t first = j / kPanel * kPanel, rest = padded_cols() - first;
    return rest < kPanel ? rest : kPanel;
  }
  std::size_t at(std::size_t i, std::size_t j) const {
    return j / kPanel * kPanel * rows + i * width_at(j) + j % kPanel;
  }
};

}  // namespace atelier
