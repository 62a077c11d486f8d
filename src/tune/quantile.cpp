// quantile.cpp: the distributions of numeric parameters and choices, and the way between values and [0, 1].
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/math.hpp"
#include "tune/detail/special.hpp"
#include "tune/space.hpp"

namespace atelier {
namespace {

constexpr double kLargestIndex = 0x1p53;

double quantum(const Numeric& n) { return n.step > 0 ? n.step : n.integer ? 1 : 0; }

/// An integer without a step spreads evenly over whole cells, the first and the last included.
double margin(const Numeric& n) { return n.integer && !(n.step > 0) && n.shape == Numeric::Shape::uniform ? 0.5 : 0.0; }

double share(double x, double low, double high) {
  return high > low ? std::clamp((x - low) / (high - low), 0.0, 1.0) : 0.5;
}

double safe_log(double x) { return math::log(std::max(x, 1e-300)); }

/// The distribution function.
double cdf(const Numeric& n, double x) {
  using enum Numeric::Shape;
  switch (n.shape) {
    case uniform: return share(x, n.low - margin(n), n.high + margin(n));
    case log_uniform:
    case inv_log_uniform: return share(safe_log(x), safe_log(n.low), safe_log(n.high));
    case normal: return special::normal_cdf((x - n.mu) / n.sigma);
    case log_normal: return x > 0 ? special::normal_cdf((safe_log(x) - n.mu) / n.sigma) : 0;
    case beta: return special::beta_cdf(x, n.mu, n.sigma);
  }
  return 0;
}

double inverse(const Numeric& n, double u) {
  using enum Numeric::Shape;
  switch (n.shape) {
    case uniform: return n.low - margin(n) + u * (n.high - n.low + 2 * margin(n));
    case log_uniform:
    case inv_log_uniform:
      return std::clamp(math::exp(safe_log(n.low) + u * (safe_log(n.high) - safe_log(n.low))), n.low, n.high);
    case normal: return n.mu + n.sigma * special::normal_quantile(u);
    case log_normal: return math::exp(n.mu + n.sigma * special::normal_quantile(u));
    case beta: return special::beta_quantile(u, n.mu, n.sigma);
  }
  return 0;
}

double origin(const Numeric& n) { return n.from.value_or(0); }

struct Indices {
  double first, last;  // the values are origin + first * quantum ... origin + last * quantum
};

Indices indices(const Numeric& n) {
  constexpr double slack = 1e-9;
  const double q = quantum(n);
  switch (n.shape) {
    case Numeric::Shape::normal: return {-kLargestIndex, kLargestIndex};
    case Numeric::Shape::log_normal: return {0, kLargestIndex};
    case Numeric::Shape::beta: return {0, std::floor(1 / q + slack)};
    default: return {std::ceil((n.low - origin(n)) / q - slack), std::floor((n.high - origin(n)) / q + slack)};
  }
}

bool bounded(const Numeric& n) { return n.shape != Numeric::Shape::normal && n.shape != Numeric::Shape::log_normal; }

Value value_at(const Numeric& n, double index) {
  const double x = origin(n) + index * quantum(n);
  if (n.integer && (!n.from || std::floor(x) == x))
    return static_cast<std::int64_t>(std::llround(std::clamp(x, -kLargestIndex, kLargestIndex)));
  return x + 0.0;  // no negative zero
}

std::optional<double> number(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  return std::nullopt;
}

/// The index of a quantised value within its limits.
std::optional<double> index_of(const Numeric& n, const Value& value) {
  const auto x = number(value);
  if (!x || !std::isfinite(*x)) return std::nullopt;
  const double steps = (*x - origin(n)) / quantum(n), index = std::nearbyint(steps);
  const auto [first, last] = indices(n);
  if (index < first || index > last || std::abs(steps - index) > 1e-6) return std::nullopt;
  return index;
}

std::optional<double> position(const Numeric& n, const Value& value) {
  if (quantum(n) > 0) {
    const auto index = index_of(n, value);
    return index ? std::optional(cdf(n, origin(n) + *index * quantum(n))) : std::nullopt;
  }
  const auto x = number(value);
  if (!x || !std::isfinite(*x)) return std::nullopt;
  const double low = n.shape == Numeric::Shape::beta ? 0 : n.low, high = n.shape == Numeric::Shape::beta ? 1 : n.high;
  const double slack = 1e-12 * std::max(std::abs(low), std::abs(high));
  if (bounded(n) && (*x < low - slack || *x > high + slack)) return std::nullopt;
  if (n.shape == Numeric::Shape::log_normal && !(*x > 0)) return std::nullopt;
  return cdf(n, *x);
}

Value at_quantile(const Numeric& n, double u) {
  const double x = inverse(n, u);
  if (!(quantum(n) > 0)) return bounded(n) && n.shape != Numeric::Shape::beta ? std::clamp(x, n.low, n.high) : x;
  const auto [first, last] = indices(n);
  return value_at(n, std::clamp(std::nearbyint((x - origin(n)) / quantum(n)), first, last));
}

double weight(const Choice& choice, std::size_t i) {
  return choice.probabilities.empty() ? 1 / static_cast<double>(choice.values.size()) : choice.probabilities[i];
}

/// Where the i-th value's share of [0, 1] begins: after all that stand before it.
double start(const Choice& choice, std::size_t i) {
  double sum = 0;
  const auto size = number(choice.values[i]);
  for (std::size_t k = 0; k < choice.values.size(); k++) {
    const bool before = choice.ordered ? number(choice.values[k]) < size : k < i;
    if (before) sum += weight(choice, k);
  }
  return std::min(sum, 1.0);
}

Value at_quantile(const Choice& choice, double u) {
  std::size_t best = choice.values.size();
  double best_start = -1;
  for (std::size_t i = 0; i < choice.values.size(); i++) {
    const double begins = start(choice, i);
    if (weight(choice, i) > 0 && begins <= u && begins > best_start) best = i, best_start = begins;
  }
  return choice.values[best < choice.values.size() ? best : 0];
}

std::optional<std::size_t> find(const Choice& choice, const Value& value) {
  for (std::size_t i = 0; i < choice.values.size(); i++)
    if (same_value(choice.values[i], value)) return i;
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> level_count(const Parameter& parameter) {
  if (std::holds_alternative<Constant>(parameter.domain)) return 1;
  if (const auto* choice = std::get_if<Choice>(&parameter.domain)) return choice->values.size();
  const auto& n = std::get<Numeric>(parameter.domain);
  if (!(quantum(n) > 0) || !bounded(n)) return std::nullopt;
  const auto [first, last] = indices(n);
  return static_cast<std::uint64_t>(std::max(0.0, last - first + 1));
}

Value level(const Parameter& parameter, std::uint64_t index) {
  if (const auto* constant = std::get_if<Constant>(&parameter.domain)) return constant->value;
  if (const auto* choice = std::get_if<Choice>(&parameter.domain)) return choice->values[index];
  const auto& n = std::get<Numeric>(parameter.domain);
  return value_at(n, indices(n).first + static_cast<double>(index));
}

std::optional<std::uint64_t> level_of(const Parameter& parameter, const Value& value) {
  if (const auto* constant = std::get_if<Constant>(&parameter.domain))
    return same_value(constant->value, value) ? std::optional<std::uint64_t>(0) : std::nullopt;
  if (const auto* choice = std::get_if<Choice>(&parameter.domain)) {
    return find(*choice, value);
  }
  const auto& n = std::get<Numeric>(parameter.domain);
  if (!level_count(parameter)) return std::nullopt;
  const auto index = index_of(n, value);
  return index ? std::optional(static_cast<std::uint64_t>(*index - indices(n).first)) : std::nullopt;
}

Value at_quantile(const Parameter& parameter, double u) {
  if (const auto* constant = std::get_if<Constant>(&parameter.domain)) return constant->value;
  if (const auto* choice = std::get_if<Choice>(&parameter.domain)) return at_quantile(*choice, u);
  return at_quantile(std::get<Numeric>(parameter.domain), u);
}

std::optional<double> unit_position(const Parameter& parameter, const Value& value) {
  if (const auto* n = std::get_if<Numeric>(&parameter.domain)) return position(*n, value);
  const auto* choice = std::get_if<Choice>(&parameter.domain);
  if (choice == nullptr || !choice->ordered) return std::nullopt;
  const auto at = find(*choice, value);
  return at ? std::optional(std::min(1.0, start(*choice, *at) + weight(*choice, *at) / 2)) : std::nullopt;
}

std::optional<std::pair<double, double>> unit_cell(const Parameter& parameter, const Value& value) {
  if (const auto* choice = std::get_if<Choice>(&parameter.domain)) {
    const auto at = choice->ordered ? find(*choice, value) : std::nullopt;
    if (!at) return std::nullopt;
    return std::pair(start(*choice, *at), std::min(1.0, start(*choice, *at) + weight(*choice, *at)));
  }
  const auto* n = std::get_if<Numeric>(&parameter.domain);
  if (n == nullptr || !(quantum(*n) > 0)) return std::nullopt;
  const auto index = index_of(*n, value);
  if (!index) return std::nullopt;
  const auto [first, last] = indices(*n);
  return std::pair(*index <= first ? 0.0 : cdf(*n, origin(*n) + (*index - 0.5) * quantum(*n)),
                   *index >= last ? 1.0 : cdf(*n, origin(*n) + (*index + 0.5) * quantum(*n)));
}

}  // namespace atelier
