// product_reference.cpp: the product as a specification, and for machines without fused multiply-add.
#include <bit>
#include <cmath>
#include <cstdint>

#include "kernels/detail/baseline.hpp"
#include "kernels/product.hpp"

namespace atelier {

template <class Real>
void multiply_reference(const Product<Real>& p) {
  for (std::size_t i = 0; i < p.rows; i++) {
    for (std::size_t j = 0; j < p.cols; j++) {
      Real sum = p.start ? p.start[j] : Real(0);
      for (std::size_t k = 0; k < p.depth; k++) {
        sum = std::fma(p.a[i * p.a_row + k * p.a_depth], p.b[k * p.b_stride + j], sum);
      }
      p.c[i * p.c_stride + j] = sum;
    }
  }
}

template void multiply_reference(const Product<float>&);
template void multiply_reference(const Product<double>&);

namespace {

/// a * b + c rounded once, without the instruction: the product is exact in double, the sum is rounded to
/// odd, and rounding that to float is then correct (Boldo and Melquiond 2008, "Emulation of FMA and correctly
/// rounded sums"). Two-Sum by Knuth finds what the double sum lost.
inline float fused(float a, float b, float c) {
  const double product = static_cast<double>(a) * b, addend = c;
  const double sum = product + addend;
  const double rest = sum - product;
  const double lost = (product - (sum - rest)) + (addend - rest);
  const auto bits = std::bit_cast<std::int64_t>(sum);
  const bool away = (lost > 0) == (sum > 0);
  const std::int64_t step = (lost == lost) & (lost != 0) & !(bits & 1) ? (away ? 1 : -1) : 0;
  return static_cast<float>(std::bit_cast<double>(bits + step));
}

}  // namespace

void detail::multiply_baseline(const Product<float>& p) {
  for (std::size_t i = 0; i < p.rows; i++) {
    for (std::size_t j0 = 0; j0 < p.cols; j0 += kLanes) {
      float sum[kLanes];
      for (std::size_t j = 0; j < kLanes; j++) sum[j] = p.start ? p.start[j0 + j] : 0;
      for (std::size_t k = 0; k < p.depth; k++) {
        const float a = p.a[i * p.a_row + k * p.a_depth];
        const float* b = p.b + k * p.b_stride + j0;
        for (std::size_t j = 0; j < kLanes; j++) sum[j] = fused(a, b[j], sum[j]);
      }
      for (std::size_t j = 0; j < kLanes; j++) p.c[i * p.c_stride + j0 + j] = sum[j];
    }
  }
}

void multiply(const Product<double>& p) {
  for (std::size_t i = 0; i < p.rows; i++) {
    double* const c = p.c + i * p.c_stride;
    for (std::size_t j = 0; j < p.cols; j++) c[j] = p.start ? p.start[j] : 0;
    for (std::size_t k = 0; k < p.depth; k++) {
      const double a = p.a[i * p.a_row + k * p.a_depth];
      const double* const b = p.b + k * p.b_stride;
      for (std::size_t j = 0; j < p.cols; j++) c[j] += a * b[j];
    }
  }
}

void transpose(const double* src, std::size_t src_stride, double* dst, std::size_t dst_stride, std::size_t rows,
               std::size_t cols) {
  detail::transpose_plain(src, src_stride, dst, dst_stride, rows, cols);
}

}  // namespace atelier
