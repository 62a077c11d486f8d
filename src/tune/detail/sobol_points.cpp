// sobol_points.cpp: the digital sequence and its scrambling.
#include "tune/detail/sobol_points.hpp"

#include <bit>

namespace atelier::detail {
namespace {

/// A primitive polynomial over GF(2), its bits with the first and the last, and the first direction numbers.
struct Row {
  std::uint32_t polynomial;
  std::array<std::uint32_t, 8> m;
};

/// Dimensions 2 to 53 of new-joe-kuo-6.21201. S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better
/// two-dimensional projections", SIAM J. Sci. Comput. 30 (2008), 2635-2654.
// clang-format off
constexpr std::array<Row, SobolPoints::most_dimensions - 1> kRows = {{
    {3, {1}},
    {7, {1, 3}},
    {11, {1, 3, 1}},
    {13, {1, 1, 1}},
    {19, {1, 1, 3, 3}},
    {25, {1, 3, 5, 13}},
    {37, {1, 1, 5, 5, 17}},
    {41, {1, 1, 5, 5, 5}},
    {47, {1, 1, 7, 11, 19}},
    {55, {1, 1, 5, 1, 1}},
    {59, {1, 1, 1, 3, 11}},
    {61, {1, 3, 5, 5, 31}},
    {67, {1, 3, 3, 9, 7, 49}},
    {91, {1, 1, 1, 15, 21, 21}},
    {97, {1, 3, 1, 13, 27, 49}},
    {103, {1, 1, 1, 15, 7, 5}},
    {109, {1, 3, 1, 15, 13, 25}},
    {115, {1, 1, 5, 5, 19, 61}},
    {131, {1, 3, 7, 11, 23, 15, 103}},
    {137, {1, 3, 7, 13, 13, 15, 69}},
    {143, {1, 1, 3, 13, 7, 35, 63}},
    {145, {1, 3, 5, 9, 1, 25, 53}},
    {157, {1, 3, 1, 13, 9, 35, 107}},
    {167, {1, 3, 1, 5, 27, 61, 31}},
    {171, {1, 1, 5, 11, 19, 41, 61}},
    {185, {1, 3, 5, 3, 3, 13, 69}},
    {191, {1, 1, 7, 13, 1, 19, 1}},
    {193, {1, 3, 7, 5, 13, 19, 59}},
    {203, {1, 1, 3, 9, 25, 29, 41}},
    {211, {1, 3, 5, 13, 23, 1, 55}},
    {213, {1, 3, 7, 3, 13, 59, 17}},
    {229, {1, 3, 1, 3, 5, 53, 69}},
    {239, {1, 1, 5, 5, 23, 33, 13}},
    {241, {1, 1, 7, 7, 1, 61, 123}},
    {247, {1, 1, 7, 9, 13, 61, 49}},
    {253, {1, 3, 3, 5, 3, 55, 33}},
    {285, {1, 3, 1, 15, 31, 13, 49, 245}},
    {299, {1, 3, 5, 15, 31, 59, 63, 97}},
    {301, {1, 3, 1, 11, 11, 11, 77, 249}},
    {333, {1, 3, 1, 11, 27, 43, 71, 9}},
    {351, {1, 1, 7, 15, 21, 11, 81, 45}},
    {355, {1, 3, 7, 3, 25, 31, 65, 79}},
    {357, {1, 3, 1, 1, 19, 11, 3, 205}},
    {361, {1, 1, 5, 9, 19, 21, 29, 157}},
    {369, {1, 3, 7, 11, 1, 33, 89, 185}},
    {391, {1, 3, 3, 3, 15, 9, 79, 71}},
    {397, {1, 3, 7, 11, 15, 39, 119, 27}},
    {425, {1, 1, 3, 1, 11, 31, 97, 225}},
    {451, {1, 1, 1, 3, 23, 43, 57, 177}},
    {463, {1, 3, 7, 7, 17, 17, 37, 71}},
    {487, {1, 3, 1, 5, 27, 63, 123, 213}},
    {501, {1, 1, 3, 5, 11, 43, 53, 133}},
}};
// clang-format on

using Directions = std::array<std::uint32_t, 32>;

Directions directions_of(std::size_t dimension) {
  Directions v;
  if (dimension == 0) {
    for (std::size_t k = 0; k < 32; k++) v[k] = 1u << (31 - k);
    return v;
  }
  const Row& row = kRows[dimension - 1];
  const auto degree = static_cast<std::size_t>(std::bit_width(row.polynomial)) - 1;
  for (std::size_t k = 0; k < 32; k++) {
    if (k < degree) {
      v[k] = row.m[k] << (31 - k);
      continue;
    }
    v[k] = v[k - degree] ^ (v[k - degree] >> degree);
    for (std::size_t i = 1; i < degree; i++)
      if (row.polynomial >> (degree - i) & 1) v[k] ^= v[k - i];
  }
  return v;
}

std::uint32_t reversed(std::uint32_t x) {
  x = (x & 0x55555555u) << 1 | (x >> 1 & 0x55555555u);
  x = (x & 0x33333333u) << 2 | (x >> 2 & 0x33333333u);
  x = (x & 0x0F0F0F0Fu) << 4 | (x >> 4 & 0x0F0F0F0Fu);
  return x << 24 | (x & 0xFF00u) << 8 | (x >> 8 & 0xFF00u) | x >> 24;
}

/// Each bit is flipped or not by a hash of all bits above it. Burley 2020, "Practical hash-based Owen scrambling",
/// JCGT 9(4), with the constants of Vegdahl's search.
std::uint32_t scrambled(std::uint32_t x, std::uint32_t seed) {
  x = reversed(x);
  x ^= x * 0x3d20adeau;
  x += seed;
  x *= (seed >> 16) | 1;
  x ^= x * 0x05526c56u;
  x ^= x * 0x53a22864u;
  return reversed(x);
}

}  // namespace

SobolPoints::SobolPoints(std::size_t dimensions, const Philox& key)
    : key_(key), directions_(dimensions), seeds_(dimensions) {
  for (std::size_t d = 0; d < dimensions; d++) {
    if (d < most_dimensions) directions_[d] = directions_of(d);
    seeds_[d] = key(std::uint64_t{1} << 63 | d)[0];
  }
}

double SobolPoints::operator()(std::uint32_t index, std::size_t dimension) const {
  if (dimension >= most_dimensions) return key_.uniform(std::uint64_t{index} << 24 | dimension);
  std::uint32_t x = 0;
  for (std::uint32_t left = index; left != 0; left &= left - 1)
    x ^= directions_[dimension][static_cast<std::size_t>(std::countr_zero(left))];
  return static_cast<double>(scrambled(x, seeds_[dimension])) * 0x1p-32;
}

}  // namespace atelier::detail
