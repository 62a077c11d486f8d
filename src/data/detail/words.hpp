// words.hpp: numbers and shapes as messages write them.
#pragma once
#include <cstddef>
#include <span>
#include <string>

namespace atelier::detail {

/// 60000 as "60,000".
inline std::string grouped(std::size_t n) {
  std::string text = std::to_string(n);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

/// "60,000 x 28 x 28".
inline std::string shape_words(std::span<const std::size_t> shape) {
  std::string text;
  for (const std::size_t d : shape) text += (text.empty() ? "" : " x ") + grouped(d);
  return text;
}

}  // namespace atelier::detail
