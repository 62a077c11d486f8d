// baseline.hpp: what runs on any processor, with the same bits.
#pragma once
#include "kernels/product.hpp"

namespace atelier::detail {

void multiply_baseline(const Product<float>& p);

template <class Real>
void transpose_plain(const Real* src, std::size_t src_stride, Real* dst, std::size_t dst_stride, std::size_t rows,
                     std::size_t cols) {
  for (std::size_t i = 0; i < rows; i++) {
    for (std::size_t j = 0; j < cols; j++) dst[j * dst_stride + i] = src[i * src_stride + j];
  }
}

}  // namespace atelier::detail
