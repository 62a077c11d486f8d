// matrix.hpp: a dense row-major matrix that owns its memory, and views of one.
#pragma once
#include <cstddef>
#include <cstring>
#include <new>
#include <span>
#include <utility>

namespace atelier {

/// Alignment of every owned buffer, in bytes: one cache line, one AVX-512 register.
inline constexpr std::size_t kAlignment = 64;

/// Rounds n up to a multiple of `step`.
constexpr std::size_t round_up(std::size_t n, std::size_t step) { return (n + step - 1) / step * step; }

/// A zero-initialised, 64-byte-aligned array of plain values. Move-only; `clone()` copies on purpose.
template <class T>
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(std::size_t size)
      : data_(
            size ? static_cast<T*>(::operator new(round_up(size * sizeof(T), kAlignment), std::align_val_t{kAlignment}))
                 : nullptr),
        size_(size) {
    if (size) std::memset(static_cast<void*>(data_), 0, round_up(size * sizeof(T), kAlignment));
  }
  Buffer(Buffer&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Buffer() {
    if (data_) ::operator delete(static_cast<void*>(data_), std::align_val_t{kAlignment});
  }
  Buffer clone() const {
    Buffer copy(size_);
    if (size_) std::memcpy(static_cast<void*>(copy.data_), data_, size_ * sizeof(T));
    return copy;
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  std::size_t size() const { return size_; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }
  std::span<T> span() { return {data_, size_}; }
  std::span<const T> span() const { return {data_, size_}; }

 private:
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

/// A window on row-major memory: rows of `cols` values, `stride` values apart. Does not own.
template <class T>
struct View {
  T* data = nullptr;
  std::size_t rows = 0, cols = 0, stride = 0;

  T* row(std::size_t i) const { return data + i * stride; }
  T& operator[](std::size_t i, std::size_t j) const { return data[i * stride + j]; }
  /// Rows first .. first + count.
  View slice(std::size_t first, std::size_t count) const { return {data + first * stride, count, cols, stride}; }
  operator View<const T>() const { return {data, rows, cols, stride}; }
};

/// The distance between rows of `cols` values: whole cache lines, and never a multiple of 256 values, whose
/// rows would fall into the same few cache sets.
constexpr std::size_t row_stride(std::size_t cols) {
  const std::size_t padded = round_up(cols, 16);
  return padded % 256 == 0 ? padded + 16 : padded;
}

/// Owns [rows, cols]; padding between rows starts as zero. Move-only.
template <class T>
class Matrix {
 public:
  Matrix() = default;
  Matrix(std::size_t rows, std::size_t cols)
      : values_(rows * row_stride(cols)), rows_(rows), cols_(cols), stride_(row_stride(cols)) {}

  std::size_t rows() const { return rows_; }
  std::size_t cols() const { return cols_; }
  T& operator[](std::size_t i, std::size_t j) { return values_[i * stride_ + j]; }
  const T& operator[](std::size_t i, std::size_t j) const { return values_[i * stride_ + j]; }
  std::span<T> row(std::size_t i) { return {values_.data() + i * stride_, cols_}; }
  std::span<const T> row(std::size_t i) const { return {values_.data() + i * stride_, cols_}; }
  View<T> view() { return {values_.data(), rows_, cols_, stride_}; }
  View<const T> view() const { return {values_.data(), rows_, cols_, stride_}; }

 private:
  Buffer<T> values_;
  std::size_t rows_ = 0, cols_ = 0, stride_ = 0;
};

}  // namespace atelier
