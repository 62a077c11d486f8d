// batch_norm.hpp: each column brought to mean 0 and variance 1 over the batch.
#pragma once
#include <algorithm>

#include "kernels/product.hpp"
#include "nn/layer.hpp"

namespace atelier {

/// y = gain * (x - mean) / sqrt(var + epsilon) + shift, mean and variance over the batch in training, running
/// averages in evaluation. Ioffe and Szegedy 2015 (arXiv:1502.03167); the running variance is the unbiased one and
/// `rate` the weight of the newest batch, as PyTorch has it.
///
/// Statistics need the whole batch: `measure` takes each slice's moments, `combine` joins them in the order of the
/// slices (Chan, Golub and LeVeque 1983), only then slices go on.
struct BatchNorm {
  static constexpr std::string_view name = "batch_norm",
                                    summary =
                                        "each column to mean 0 and variance 1 over the batch (Ioffe and Szegedy 2015)";
  static constexpr bool whole_batch = true;
  double rate = 0.1, epsilon = 1e-5;
  static constexpr auto knobs() {
    return std::tuple{Knob{"rate", &BatchNorm::rate, 0, 1, true}, Knob{"epsilon", &BatchNorm::epsilon, 0, 1, true}};
  }

  static Result<std::size_t> outputs(std::size_t in) { return in; }
  static std::vector<ParameterSpec> parameters(std::size_t in) {
    return {{"gain", 1, in, false}, {"shift", 1, in, false}};
  }
  static std::size_t saved_width(std::size_t in) { return in; }  // normalised values

  /// This slice's mean and sum of squared deviations, per column: moments [2, padded].
  template <class Real>
  void measure(const LayerPass<Real>& p) const {
    const std::size_t n = p.x.cols, padded = round_up(n, kLanes), rows = p.x.rows;
    Real *mean = p.moments, *squares = p.moments + padded;
    for (std::size_t j = 0; j < 2 * padded; j++) p.moments[j] = 0;
    const Real share = 1 / Real(rows);
    for_rows(rows, [&](std::size_t i) {
      const Real* __restrict x = p.x.row(i);
      Real* __restrict m = mean;
      for (std::size_t j = 0; j < n; j++) m[j] += x[j] * share;
    });
    for_rows(rows, [&](std::size_t i) {
      const Real* __restrict x = p.x.row(i);
      const Real* __restrict m = mean;
      Real* __restrict q = squares;
      for (std::size_t j = 0; j < n; j++) q[j] += (x[j] - m[j]) * (x[j] - m[j]);
    });
  }

  /// batch [4, padded]: mean, 1 / deviation, and place for the two sums of the way back. `moments` are the first
  /// slice's, the others follow at `distance`.
  template <class Real>
  void combine(const LayerPass<Real>& p, std::size_t distance) const {
    const std::size_t n = p.x.cols, padded = round_up(n, kLanes);
    double *mean = p.batch, *inverse = p.batch + padded;
    const auto total = static_cast<double>(p.batch_rows);
    for (std::size_t j = 0; j < n; j++) {
      double m = 0, squares = 0, count = 0;
      for (std::size_t first = 0, s = 0; first < p.batch_rows; first += kSliceRows, s++) {
        const auto rows = static_cast<double>(std::min(kSliceRows, p.batch_rows - first));
        const double gap = static_cast<double>(p.moments[s * distance + j]) - m, sum = count + rows;
        squares += static_cast<double>(p.moments[s * distance + padded + j]) + gap * gap * count * rows / sum;
        m += gap * rows / sum;
        count = sum;
      }
      mean[j] = m;
      inverse[j] = 1 / math::sqrt(squares / total + epsilon);
      if (p.batch_rows == 1) continue;  // one row has no variance to learn from
      const double unbiased = squares / (total - 1);
      p.running_next[j] += rate * (m - p.running[j]);
      p.running_next[padded + j] += rate * (unbiased - p.running[padded + j]);
    }
  }

  template <class Real>
  void forward(const LayerPass<Real>& p) const {
    const std::size_t n = p.x.cols, padded = round_up(n, kLanes);
    const bool training = p.mode == Mode::training;
    const Real *gain = p.parameters, *shift = p.parameters + padded;
    const double* center = training ? p.batch : p.running;
    const double* spread = (training ? p.batch : p.running) + padded;
    for_rows(p.x.rows, [&](std::size_t i) {
      const Real* __restrict x = p.x.row(i);
      Real* __restrict unit = p.saved.row(i);
      Real* __restrict y = p.y.row(i);
      for (std::size_t j = 0; j < n; j++) {
        const double scale = training ? spread[j] : 1 / math::sqrt(spread[j] + epsilon);
        unit[j] = (x[j] - Real(center[j])) * Real(scale);
      }
      for (std::size_t j = 0; j < n; j++) y[j] = gain[j] * unit[j] + shift[j];
    });
  }

  /// This slice's sums of dy * unit and of dy: they are also the gradients of gain and shift.
  template <class Real>
  void measure_back(const LayerPass<Real>& p) const {
    const std::size_t n = p.x.cols, padded = round_up(n, kLanes);
    for (std::size_t j = 0; j < 2 * padded; j++) p.partials[j] = 0;
    for_rows(p.x.rows, [&](std::size_t i) {
      const Real* __restrict unit = p.saved.row(i), * __restrict d = p.dy.row(i);
      Real* __restrict gain_sum = p.partials, * __restrict shift_sum = p.partials + padded;
      for (std::size_t j = 0; j < n; j++) gain_sum[j] += d[j] * unit[j], shift_sum[j] += d[j];
    });
  }

  template <class Real>
  void combine_back(const LayerPass<Real>& p, std::size_t distance) const {
    const std::size_t padded = round_up(p.x.cols, kLanes);
    double* sums = p.batch + 2 * padded;
    for (std::size_t j = 0; j < 2 * padded; j++) {
      double sum = 0;
      for (std::size_t first = 0, s = 0; first < p.batch_rows; first += kSliceRows, s++) {
        sum += static_cast<double>(p.partials[s * distance + j]);
      }
      sums[j] = sum / static_cast<double>(p.batch_rows);
    }
  }

  template <class Real>
  void backward(const LayerPass<Real>& p) const {
    const std::size_t n = p.x.cols, padded = round_up(n, kLanes);
    const Real* gain = p.parameters;
    const double *inverse = p.batch + padded, *along = p.batch + 2 * padded, *mean = p.batch + 3 * padded;
    for_rows(p.x.rows, [&](std::size_t i) {
      const Real* __restrict unit = p.saved.row(i);
      Real* __restrict d = p.dy.row(i);
      for (std::size_t j = 0; j < n; j++) {
        d[j] = gain[j] * Real(inverse[j]) * (d[j] - Real(mean[j]) - unit[j] * Real(along[j]));
      }
    });
  }
};

}  // namespace atelier
