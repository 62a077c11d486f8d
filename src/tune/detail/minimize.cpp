// minimize.cpp: BFGS in a box.
#include "tune/detail/minimize.hpp"

#include <algorithm>
#include <cmath>

namespace atelier::detail {
namespace {

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); i++) sum += a[i] * b[i];
  return sum;
}

/// The inverse Hessian, dense.
class Curvature {
 public:
  explicit Curvature(std::size_t n) : n_(n), h_(n * n) { reset(); }

  void reset() {
    std::ranges::fill(h_, 0.0);
    for (std::size_t i = 0; i < n_; i++) h_[i * n_ + i] = 1;
    fresh_ = true;
  }

  /// -H g on the free coordinates, zero on the others.
  void direction(std::span<const double> g, const std::vector<bool>& free, std::span<double> p) const {
    for (std::size_t i = 0; i < n_; i++) {
      p[i] = 0;
      for (std::size_t j = 0; free[i] && j < n_; j++)
        if (free[j]) p[i] -= h_[i * n_ + j] * g[j];
    }
  }

  void update(std::span<const double> s, std::span<const double> y) {
    const double sy = dot(s, y), yy = dot(y, y);
    if (!(sy > 1e-12 * std::sqrt(yy * dot(s, s)))) return;
    if (fresh_)
      for (std::size_t i = 0; i < n_; i++) h_[i * n_ + i] = sy / yy;
    fresh_ = false;
    std::vector<double> hy(n_);
    for (std::size_t i = 0; i < n_; i++) hy[i] = dot(std::span(h_).subspan(i * n_, n_), y);
    const double scale = (1 + dot(hy, y) / sy) / sy;
    for (std::size_t i = 0; i < n_; i++)
      for (std::size_t j = 0; j < n_; j++) h_[i * n_ + j] += scale * s[i] * s[j] - (hy[i] * s[j] + s[i] * hy[j]) / sy;
  }

 private:
  std::size_t n_;
  std::vector<double> h_;
  bool fresh_ = true;
};

}  // namespace

double minimize(FunctionRef<double(std::span<const double>, std::span<double>)> f, std::span<double> x, const Box& box,
                double tolerance, int most) {
  const std::size_t n = x.size();
  std::vector<double> g(n), p(n), trial(n), trial_g(n), s(n), y(n);
  std::vector<bool> free(n, true), was_free;
  double value = f(x, g);
  Curvature curvature(n);
  for (int used = 1; used < most;) {
    double steepest = 0;
    for (std::size_t i = 0; i < n; i++) {
      free[i] = !((x[i] <= box.low[i] && g[i] > 0) || (x[i] >= box.high[i] && g[i] < 0));
      if (free[i]) steepest = std::max(steepest, std::abs(g[i]));
    }
    if (!(steepest > tolerance)) break;
    if (free != was_free) curvature.reset();
    was_free = free;
    curvature.direction(g, free, p);
    if (!(dot(p, g) < 0)) curvature.reset(), curvature.direction(g, free, p);
    double longest = 0;
    for (const double v : p) longest = std::max(longest, std::abs(v));
    double step = longest > 2 ? 2 / longest : 1;
    bool moved = false;
    for (; used < most && step > 1e-8; step *= 0.4) {
      for (std::size_t i = 0; i < n; i++) trial[i] = std::clamp(x[i] + step * p[i], box.low[i], box.high[i]);
      for (std::size_t i = 0; i < n; i++) s[i] = trial[i] - x[i];
      const double reached = f(trial, trial_g);
      used++;
      if (!(reached <= value + 1e-4 * dot(g, s))) continue;
      for (std::size_t i = 0; i < n; i++) y[i] = trial_g[i] - g[i];
      moved = reached < value;
      value = reached;
      std::ranges::copy(trial, x.begin());
      g = trial_g;
      curvature.update(s, y);
      break;
    }
    if (!moved) break;
  }
  return value;
}

}  // namespace atelier::detail
