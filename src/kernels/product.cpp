// product.cpp: the float product, one generic micro-kernel compiled per instruction set through Highway.
#include "kernels/product.hpp"

#include "kernels/detail/baseline.hpp"
#include "kernels/isa.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/product.cpp"
#define HWY_COMPILE_ALL_ATTAINABLE
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4 | HWY_AVX3_DL)
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace atelier::HWY_NAMESPACE {

#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3

namespace hn = hwy::HWY_NAMESPACE;

using Lanes = hn::CappedTag<float, 16>;
inline constexpr std::size_t kWidth = HWY_TARGET == HWY_AVX3 ? 16 : 8;
/// Vectors a row of a block: on AVX-512 a whole panel, on AVX2 as many as leave registers for six rows.
inline constexpr int kMostVectors = HWY_TARGET == HWY_AVX3 ? 4 : 2;

/// Rows a block: enough independent chains to hide the latency of a multiply-add, few enough for the
/// registers.
constexpr std::size_t block_rows(int vectors) {
  return vectors >= 4 ? 6 : vectors == 3 ? 8 : vectors == 2 && HWY_TARGET == HWY_AVX3 ? 12 : vectors == 2 ? 6 : 14;
}

template <int kRows, int kVectors>
HWY_INLINE void block(const Product<float>& p, std::size_t i0, std::size_t j0) {
  const Lanes d;
  hn::Vec<Lanes> sum[kRows][kVectors];
  for (int v = 0; v < kVectors; v++) {
    const auto first = p.start ? hn::LoadU(d, p.start + j0 + kWidth * v) : hn::Zero(d);
    for (int i = 0; i < kRows; i++) sum[i][v] = first;
  }
  const float* HWY_RESTRICT a = p.a + i0 * p.a_row;
  const float* HWY_RESTRICT b = p.b + j0;
  const std::size_t a_row = p.a_row;
  for (std::size_t k = 0; k < p.depth; k++, a += p.a_depth, b += p.b_stride) {
    hn::Vec<Lanes> row[kVectors];
    for (int v = 0; v < kVectors; v++) row[v] = hn::LoadU(d, b + kWidth * v);
    for (int i = 0; i < kRows; i++) {
      const auto scale = hn::Set(d, a[static_cast<std::size_t>(i) * a_row]);
      for (int v = 0; v < kVectors; v++) sum[i][v] = hn::MulAdd(scale, row[v], sum[i][v]);
    }
  }
  for (int i = 0; i < kRows; i++) {
    float* const c = p.c + (i0 + static_cast<std::size_t>(i)) * p.c_stride + j0;
    for (int v = 0; v < kVectors; v++) hn::StoreU(sum[i][v], d, c + kWidth * v);
  }
}

/// The block with exactly `rows` rows, found among those compiled.
template <int kRows, int kVectors>
HWY_INLINE void block_of(std::size_t rows, const Product<float>& p, std::size_t i0, std::size_t j0) {
  if (rows == kRows) return block<kRows, kVectors>(p, i0, j0);
  if constexpr (kRows > 1) block_of<kRows - 1, kVectors>(rows, p, i0, j0);
}

/// Rows are divided evenly over as few blocks as possible, so that none is left with too few chains.
template <int kVectors>
HWY_NOINLINE void columns(const Product<float>& p, std::size_t j0) {
  constexpr std::size_t kMost = block_rows(kVectors);
  const std::size_t blocks = (p.rows + kMost - 1) / kMost;
  std::size_t i0 = 0;
  for (std::size_t block_index = 0; block_index < blocks; block_index++) {
    const std::size_t rows = (p.rows - i0 + (blocks - block_index) - 1) / (blocks - block_index);
    block_of<static_cast<int>(kMost), kVectors>(rows, p, i0, j0);
    i0 += rows;
  }
}

void multiply_with(const Product<float>& p) {
  for (std::size_t j0 = 0; j0 < p.cols;) {
    const std::size_t vectors = std::min<std::size_t>((p.cols - j0) / kWidth, kMostVectors);
    if constexpr (kMostVectors == 4) {
      if (vectors == 4) columns<4>(p, j0);
      if (vectors == 3) columns<3>(p, j0);
    }
    if (vectors == 2) columns<2>(p, j0);
    if (vectors == 1) columns<1>(p, j0);
    j0 += vectors * kWidth;
  }
}

#else

void multiply_with(const Product<float>& p) { detail::multiply_baseline(p); }

#endif

#if HWY_TARGET == HWY_AVX2

/// 4 x 4 squares through registers; the rest element by element.
void transpose_with(const float* src, std::size_t src_stride, float* dst, std::size_t dst_stride, std::size_t rows,
                    std::size_t cols) {
  const hn::FixedTag<float, 4> d;
  const std::size_t whole_rows = rows / 4 * 4, whole_cols = cols / 4 * 4;
  for (std::size_t i = 0; i < whole_rows; i += 4) {
    for (std::size_t j = 0; j < whole_cols; j += 4) {
      const float* const s = src + i * src_stride + j;
      float* const t = dst + j * dst_stride + i;
      const auto r0 = hn::LoadU(d, s), r1 = hn::LoadU(d, s + src_stride), r2 = hn::LoadU(d, s + 2 * src_stride),
                 r3 = hn::LoadU(d, s + 3 * src_stride);
      const auto even_low = hn::InterleaveLower(d, r0, r2), odd_low = hn::InterleaveLower(d, r1, r3);
      const auto even_high = hn::InterleaveUpper(d, r0, r2), odd_high = hn::InterleaveUpper(d, r1, r3);
      hn::StoreU(hn::InterleaveLower(d, even_low, odd_low), d, t);
      hn::StoreU(hn::InterleaveUpper(d, even_low, odd_low), d, t + dst_stride);
      hn::StoreU(hn::InterleaveLower(d, even_high, odd_high), d, t + 2 * dst_stride);
      hn::StoreU(hn::InterleaveUpper(d, even_high, odd_high), d, t + 3 * dst_stride);
    }
    detail::transpose_plain(src + i * src_stride + whole_cols, src_stride, dst + whole_cols * dst_stride + i,
                            dst_stride, 4, cols - whole_cols);
  }
  detail::transpose_plain(src + whole_rows * src_stride, src_stride, dst + whole_rows, dst_stride, rows - whole_rows,
                          cols);
}

#endif

}  // namespace atelier::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace atelier {

void multiply(const Product<float>& p) {
  switch (isa()) {
#if defined(__x86_64__)
    case Isa::avx512: return N_AVX3::multiply_with(p);
    case Isa::avx2: return N_AVX2::multiply_with(p);
    case Isa::baseline: break;
#else
    default: break;
#endif
  }
  detail::multiply_baseline(p);
}

void transpose(const float* src, std::size_t src_stride, float* dst, std::size_t dst_stride, std::size_t rows,
               std::size_t cols) {
#if defined(__x86_64__)
  if (isa() != Isa::baseline) return N_AVX2::transpose_with(src, src_stride, dst, dst_stride, rows, cols);
#endif
  detail::transpose_plain(src, src_stride, dst, dst_stride, rows, cols);
}

}  // namespace atelier
#endif
