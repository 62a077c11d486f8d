// progress.hpp: progress, rates, times and numbers with their doubt, as short text.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace atelier {

/// A bar of `width` cells, "████░░░░"; the fraction is clamped to [0, 1], and NaN counts as 0.
std::string progress_bar(double fraction, int width);

/// A whole number with its thousands apart: "54,000".
std::string grouped(std::uint64_t count);

/// A rate with three digits at most: "412k img/s", "8.4 img/s"; "–" when it is not known.
std::string rate(double per_second, std::string_view unit);

/// A time span as a clock shows it: "0:03", "12:40", "1:02:03", "3 d 4 h".
std::string clock_time(double seconds);

/// How long something took, in words: "0.4 ms", "3.2 s", "2 min 5 s", "1 h 2 min".
std::string elapsed(double seconds);

/// A number in at most four significant digits, for losses: "0.247", "12.3", "1.2e-07"; "–" for NaN.
std::string brief_number(double value);

/// A number with as many digits as its doubt allows, two digits of it: "0.8962 ± 0.0039". A doubt that is zero or
/// not known leaves the number alone, in four digits.
std::string with_doubt(double value, double doubt);

/// A share as percent with its doubt: "89.51 % ± 0.39".
std::string percent_with_doubt(double share, double doubt);

/// A share as percent, or a dash where it is not defined: "89.51 %", "–".
std::string percent(std::optional<double> share, int decimals = 2);

}  // namespace atelier
