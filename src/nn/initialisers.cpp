// initialisers.cpp: the list of initialisers. A new one is a function and a line.
#include "nn/initialisers.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "base/catalog.hpp"
#include "base/math.hpp"

namespace atelier {
namespace {

template <class Draw>
void each(View<double> w, const Draw& draw) {
  for (std::size_t i = 0; i < w.rows; i++) {
    for (std::size_t j = 0; j < w.cols; j++) w[i, j] = draw(static_cast<std::uint64_t>(i * w.cols + j));
  }
}

void normal(View<double> w, const Philox& random, double deviation) {
  each(w, [&](std::uint64_t k) { return deviation * random.normal(k); });
}

void uniform(View<double> w, const Philox& random, double bound) {
  each(w, [&](std::uint64_t k) { return bound * (2 * random.uniform(k) - 1); });
}

void zeros(View<double> w, const Philox&, double) {
  each(w, [](std::uint64_t) { return 0.0; });
}

double fan_in(View<double> w) { return static_cast<double>(w.rows); }
double fan_both(View<double> w) { return static_cast<double>(w.rows + w.cols); }

void xavier_normal(View<double> w, const Philox& r, double gain) { normal(w, r, gain * math::sqrt(2 / fan_both(w))); }
void xavier_uniform(View<double> w, const Philox& r, double gain) { uniform(w, r, gain * math::sqrt(6 / fan_both(w))); }
void he_normal(View<double> w, const Philox& r, double gain) { normal(w, r, gain * math::sqrt(2 / fan_in(w))); }
void he_uniform(View<double> w, const Philox& r, double gain) { uniform(w, r, gain * math::sqrt(6 / fan_in(w))); }
void lecun_normal(View<double> w, const Philox& r, double gain) { normal(w, r, gain * math::sqrt(1 / fan_in(w))); }

/// Gram and Schmidt on a normal matrix, each vector twice ("twice is enough", Giraud et al. 2005), along the
/// longer side.
void orthogonal(View<double> w, const Philox& random, double gain) {
  const bool tall = w.rows >= w.cols;
  const std::size_t count = tall ? w.cols : w.rows, length = tall ? w.rows : w.cols;
  std::vector<double> q(count * length);
  for (std::size_t k = 0; k < q.size(); k++) q[k] = random.normal(k);
  for (std::size_t a = 0; a < count; a++) {
    double* const v = &q[a * length];
    for (int pass = 0; pass < 2; pass++) {
      for (std::size_t b = 0; b < a; b++) {
        const double* const u = &q[b * length];
        double along = 0;
        for (std::size_t k = 0; k < length; k++) along += u[k] * v[k];
        for (std::size_t k = 0; k < length; k++) v[k] -= along * u[k];
      }
    }
    double square = 0;
    for (std::size_t k = 0; k < length; k++) square += v[k] * v[k];
    for (std::size_t k = 0; k < length; k++) v[k] /= math::sqrt(square);
  }
  for (std::size_t i = 0; i < w.rows; i++) {
    for (std::size_t j = 0; j < w.cols; j++) w[i, j] = gain * (tall ? q[j * length + i] : q[i * length + j]);
  }
}

constexpr Initialiser kInitialisers[] = {
    {"random", "N(0, 0.01^2): what the course calls random", 0.01, normal},
    {"zeros", "all weights 0: no hidden layer learns, by symmetry", 0, zeros},
    {"normal", "N(0, scale^2), scale 0.05", 0.05, normal},
    {"uniform", "U(-scale, scale), scale 0.05", 0.05, uniform},
    {"xavier_normal", "N(0, 2 / (in + out)) (Glorot and Bengio 2010)", 1, xavier_normal},
    {"xavier_uniform", "U(+-sqrt(6 / (in + out))) (Glorot and Bengio 2010)", 1, xavier_uniform},
    {"he_normal", "N(0, 2 / in) (He et al. 2015)", 1, he_normal},
    {"he_uniform", "U(+-sqrt(6 / in)) (He et al. 2015)", 1, he_uniform},
    {"lecun_normal", "N(0, 1 / in) (LeCun et al. 1998)", 1, lecun_normal},
    {"orthogonal", "orthonormal rows or columns (Saxe et al. 2014)", 1, orthogonal},
};

}  // namespace

std::span<const Initialiser> initialisers() { return kInitialisers; }

Result<Initialiser> initialiser(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Initialiser& candidate : kInitialisers) {
    if (candidate.name == name) return candidate;
    names.push_back(candidate.name);
  }
  return unknown_name("initialiser", name, names, "initialisers");
}

}  // namespace atelier
