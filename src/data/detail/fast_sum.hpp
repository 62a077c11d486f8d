// fast_sum.hpp: a checksum at about the speed of memory, against damage rather than malice.
#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace atelier::detail {

/// 64 bits over all bytes and their number. Eight lanes take eight-byte words in turn; each step is a bijection of
/// the lane for a given word and of the word for a given lane, so that damage within one word never goes unseen, and
/// wider damage with a chance of about 2^-64. Depends on the byte order of the machine.
inline std::uint64_t fast_sum(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t lanes = 8, block = lanes * sizeof(std::uint64_t);
  constexpr auto mix = [](std::uint64_t lane, std::uint64_t word) {
    return std::rotl((lane ^ word) * 0x9E3779B97F4A7C15u, 31);
  };
  std::array<std::uint64_t, lanes> state{1, 2, 3, 4, 5, 6, 7, 8}, words;
  const auto take = [&](const std::uint8_t* from) {
    std::memcpy(words.data(), from, block);
    for (std::size_t i = 0; i < lanes; ++i) state[i] = mix(state[i], words[i]);
  };
  std::size_t at = 0;
  for (; at + block <= bytes.size(); at += block) take(bytes.data() + at);
  if (at < bytes.size()) {
    std::array<std::uint8_t, block> last{};
    std::memcpy(last.data(), bytes.data() + at, bytes.size() - at);
    take(last.data());
  }
  std::uint64_t sum = bytes.size();
  for (const std::uint64_t lane : state) sum = mix(sum, lane);
  return sum ^ sum >> 29;
}

}  // namespace atelier::detail
