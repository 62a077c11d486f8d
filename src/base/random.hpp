// random.hpp: random numbers as a pure function of what they are for.
#pragma once
#include <array>
#include <cstdint>
#include <span>

namespace atelier {

/// Philox4x32-10: 128 random bits for every (seed, stream, counter), with no state in between.
/// Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"; checked against Random123.
class Philox {
 public:
  Philox(std::uint64_t seed, std::uint64_t stream) : seed_(seed), stream_(stream) {}

  std::array<std::uint32_t, 4> operator()(std::uint64_t counter) const {
    std::array<std::uint32_t, 4> x = {low(counter), high(counter), low(stream_), high(stream_)};
    std::uint32_t key0 = low(seed_), key1 = high(seed_);
    for (int round = 0; round < 10; round++) {
      const std::uint64_t p0 = 0xD2511F53ull * x[0], p1 = 0xCD9E8D57ull * x[2];
      x = {high(p1) ^ x[1] ^ key0, low(p1), high(p0) ^ x[3] ^ key1, low(p0)};
      key0 += 0x9E3779B9u;
      key1 += 0xBB67AE85u;
    }
    return x;
  }

  /// The words of sixteen counters from `first`: word k of counter first + i goes to out[16 k + i]. The same numbers
  /// as sixteen calls, in a form that is vectorised.
  void sixteen(std::uint64_t first, std::uint32_t* out) const {
    constexpr int n = 16;
    std::uint32_t x0[n], x1[n], x2[n], x3[n];
    for (int i = 0; i < n; i++) {
      const std::uint64_t counter = first + static_cast<std::uint64_t>(i);
      x0[i] = low(counter), x1[i] = high(counter), x2[i] = low(stream_), x3[i] = high(stream_);
    }
    std::uint32_t key0 = low(seed_), key1 = high(seed_);
    for (int round = 0; round < 10; round++) {
#pragma GCC unroll 1  // unrolled first, it would not be vectorised
      for (int i = 0; i < n; i++) {
        const std::uint64_t p0 = 0xD2511F53ull * x0[i], p1 = 0xCD9E8D57ull * x2[i];
        x0[i] = high(p1) ^ x1[i] ^ key0, x1[i] = low(p1);
        x2[i] = high(p0) ^ x3[i] ^ key1, x3[i] = low(p0);
      }
      key0 += 0x9E3779B9u;
      key1 += 0xBB67AE85u;
    }
    for (int i = 0; i < n; i++) out[i] = x0[i], out[n + i] = x1[i], out[2 * n + i] = x2[i], out[3 * n + i] = x3[i];
  }

  /// Uniform in [0, 1) with 53 bits.
  double uniform(std::uint64_t counter) const {
    const auto x = (*this)(counter);
    return static_cast<double>((std::uint64_t{x[1]} << 32 | x[0]) >> 11) * 0x1p-53;
  }

  /// Standard normal, by Box and Muller's formula on our own logarithm and cosine: the same bits everywhere.
  double normal(std::uint64_t counter) const;

  /// An integer in [0, bound), bound > 0: the high part of a 64-bit fraction times bound (Lemire), biased by
  /// no more than bound * 2^-64.
  std::uint32_t below(std::uint32_t bound, std::uint64_t counter) const {
    const auto x = (*this)(counter);
    const std::uint64_t carry = (std::uint64_t{x[0]} * bound) >> 32;
    return static_cast<std::uint32_t>((std::uint64_t{x[1]} * bound + carry) >> 32);
  }

 private:
  static constexpr std::uint32_t low(std::uint64_t v) { return static_cast<std::uint32_t>(v); }
  static constexpr std::uint32_t high(std::uint64_t v) { return static_cast<std::uint32_t>(v >> 32); }
  std::uint64_t seed_, stream_;
};

/// Puts the values into a random order that (seed, stream) alone decides: Fisher and Yates.
void shuffle(std::span<std::uint32_t> values, const Philox& random);

/// What a stream of random numbers is for; part of the key, so that no two uses ever share numbers.
namespace stream {
inline constexpr std::uint64_t split = 1, order = 2, initialise = 3, dropout = 4, check = 5;
/// A numbered sub-stream: layer `index` of a use, epoch `index` of an order.
constexpr std::uint64_t of(std::uint64_t use, std::uint64_t index) { return use << 56 | index; }
}  // namespace stream

}  // namespace atelier
