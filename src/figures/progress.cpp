// progress.cpp: numbers as a person reads them.
#include "figures/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace atelier {
namespace {

/// Decimal places that show two significant digits of the doubt; negative: tens, hundreds, ...
int places_of(double doubt) {
  int places = 1 - static_cast<int>(std::floor(std::log10(doubt)));
  if (std::round(doubt * std::pow(10.0, places)) >= 100) --places;  // 0.0996 reads 0.10
  return places;
}

std::string rounded(double value, int places) {
  if (places >= 0) return fmt::format("{:.{}f}", value, std::min(places, 12));
  const double unit = std::pow(10.0, -places);
  return fmt::format("{:.0f}", std::round(value / unit) * unit);
}

bool usable(double doubt) { return std::isfinite(doubt) && doubt > 0; }

}  // namespace

std::string progress_bar(double fraction, int width) {
  const double share = fraction > 0 ? std::min(fraction, 1.0) : 0.0;
  const int full = static_cast<int>(share * width + 1e-9);
  std::string bar;
  for (int i = 0; i < width; ++i) bar += i < full ? "█" : "░";
  return bar;
}

std::string grouped(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

std::string rate(double per_second, std::string_view unit) {
  if (!std::isfinite(per_second) || per_second < 0) return "–";
  constexpr std::array scales{"", "k", "M", "G"};
  std::size_t scale = 0;
  while (per_second >= 999.5 && scale + 1 < scales.size()) per_second /= 1000, ++scale;
  const int places = per_second < 9.95 && per_second > 0 ? 1 : 0;
  return fmt::format("{:.{}f}{} {}", per_second, places, scales[scale], unit);
}

std::string clock_time(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return "–";
  if (seconds > 9e15) return "for ever";
  const auto whole = static_cast<std::uint64_t>(std::ceil(seconds - 1e-3));
  const std::uint64_t s = whole % 60, m = whole / 60 % 60, h = whole / 3600;
  if (h >= 24) return fmt::format("{} d {} h", grouped(h / 24), h % 24);
  return h ? fmt::format("{}:{:02}:{:02}", h, m, s) : fmt::format("{}:{:02}", m, s);
}

std::string elapsed(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return "–";
  if (seconds < 0.0995) return fmt::format("{:.1f} ms", seconds * 1000);
  if (seconds < 59.95) return fmt::format("{:.1f} s", seconds);
  if (seconds > 9e15) return "for ever";
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", grouped(whole / 3600), whole / 60 % 60);
}

std::string brief_number(double value) {
  if (std::isnan(value)) return "–";
  if (std::isinf(value)) return value > 0 ? "∞" : "-∞";
  const double size = std::abs(value);
  if (size != 0 && (size < 1e-3 || size >= 1e6)) return fmt::format("{:.1e}", value);
  return fmt::format("{:.{}f}", value, size < 10 ? 3 : size < 100 ? 2 : size < 1000 ? 1 : 0);
}

std::string with_doubt(double value, double doubt) {
  if (!std::isfinite(value)) return brief_number(value);
  if (!usable(doubt)) return fmt::format("{:.4g}", value);
  const int places = places_of(doubt);
  return fmt::format("{} ± {}", rounded(value, places), rounded(doubt, places));
}

std::string percent_with_doubt(double share, double doubt) {
  if (!std::isfinite(share)) return "–";
  if (!usable(doubt)) return percent(share);
  const int places = places_of(100 * doubt);
  return fmt::format("{} % ± {}", rounded(100 * share, places), rounded(100 * doubt, places));
}

std::string percent(std::optional<double> share, int decimals) {
  if (!share || !std::isfinite(*share)) return "–";
  return fmt::format("{:.{}f} %", 100 * *share, decimals);
}

}  // namespace atelier
