// paired.cpp: Student's t, sign flips and Holm.
#include "analysis/paired.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/random.hpp"

namespace atelier {
namespace {

constexpr std::size_t kMostExact = 16, kRandomDraws = 9'999;
constexpr double kTie = 1e-12;  // sums of the same differences in another order

}  // namespace

MeanInterval mean_interval(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  if (values.size() < 2) {
    constexpr double endless = std::numeric_limits<double>::infinity();
    return {mean, -endless, endless};
  }
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const double t = boost::math::quantile(boost::math::students_t(n - 1), 0.975);
  const double half = t * std::sqrt(squares / (n - 1) / n);
  return {mean, mean - half, mean + half};
}

SignFlips::SignFlips(std::size_t count)
    : count_(count), draws_(count <= kMostExact ? std::size_t{1} << count : kRandomDraws + 1) {}

void SignFlips::read(std::size_t draw, std::span<double> signs) const {
  if (count_ <= kMostExact || draw == 0) {
    for (std::size_t i = 0; i < count_; i++) signs[i] = i < kMostExact && draw >> i & 1 ? -1 : 1;
    return;
  }
  const Philox random(draw, stream::check);
  for (std::size_t i = 0; i < count_; i += 32) {
    const std::uint32_t bits = random(i)[0];
    for (std::size_t j = i; j < std::min(i + 32, count_); j++) signs[j] = bits >> (j - i) & 1 ? -1 : 1;
  }
}

double sign_flip_p(std::span<const double> differences) {
  const SignFlips flips(differences.size());
  std::vector<double> signs(differences.size());
  double seen = 0, all = 0;
  for (const double d : differences) seen += d, all += std::abs(d);
  std::size_t as_far = 0;
  for (std::size_t draw = 0; draw < flips.draws(); draw++) {
    flips.read(draw, signs);
    const double sum = std::inner_product(signs.begin(), signs.end(), differences.begin(), 0.0);
    as_far += std::abs(sum) >= std::abs(seen) - kTie * all;
  }
  return static_cast<double>(as_far) / static_cast<double>(flips.draws());
}

bool has_outlier(std::span<const double> values) {
  constexpr double level = 0.01;
  const auto n = static_cast<double>(values.size());
  if (values.size() < 3) return false;
  const double mean = mean_interval(values).mean;
  double squares = 0, largest = 0;
  for (const double value : values) {
    const double square = (value - mean) * (value - mean);
    squares += square, largest = std::max(largest, square);
  }
  const double t = boost::math::quantile(boost::math::students_t(n - 2), 1 - level / (2 * n));
  return squares > 0 && largest / squares > (n - 1) / n * t * t / (n - 2 + t * t);
}

std::vector<double> holm(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return p[i]; });
  std::vector<double> adjusted(p.size());
  double highest = 0;
  for (std::size_t rank = 0; rank < order.size(); rank++) {
    highest = std::max(highest, std::min(1.0, p[order[rank]] * static_cast<double>(p.size() - rank)));
    adjusted[order[rank]] = highest;
  }
  return adjusted;
}

}  // namespace atelier
