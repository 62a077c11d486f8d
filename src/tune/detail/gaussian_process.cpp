// gaussian_process.cpp: kernel, factorisation, fit and prediction.
#include "tune/detail/gaussian_process.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/math.hpp"
#include "tune/detail/minimize.hpp"

namespace atelier::detail {
namespace {

constexpr double kLeastNoise = 1e-6;

double squared_distance(double a, double b, bool unordered) {
  if (a < 0 || b < 0) return (a < 0) == (b < 0) ? 0 : 1;
  return unordered ? (a == b ? 0 : 1) : (a - b) * (a - b);
}

/// Matern 5/2 by the squared distance; `slope` gets its derivative by the same.
double matern(double r2, double& slope) {
  const double d = math::sqrt(5 * r2), e = math::exp(-d);
  slope = -5.0 / 6 * (1 + d) * e;
  return (1 + d + 5.0 / 3 * r2) * e;
}

/// sums[b] += weight times the squared distance of column[b] from `own`.
void add_distances(double* __restrict sums, const double* __restrict column, std::size_t n, double own, double weight,
                   bool unordered, bool all_active) {
  if (!all_active || own < 0) {
    for (std::size_t b = 0; b < n; b++) sums[b] += weight * squared_distance(column[b], own, unordered);
  } else if (unordered) {
    for (std::size_t b = 0; b < n; b++) sums[b] += column[b] == own ? 0 : weight;
  } else {
    for (std::size_t b = 0; b < n; b++) sums[b] += weight * ((column[b] - own) * (column[b] - own));
  }
}

/// y[0, n) += the sum of c[k] rows[k][0, n), four at a time. The order of the sums is fixed; lanes never mix.
void add_rows(double* __restrict y, std::size_t n, const double* const* rows, const double* c, std::size_t count) {
  std::size_t k = 0;
  for (; k + 4 <= count; k += 4) {
    const double *a = rows[k], *b = rows[k + 1], *p = rows[k + 2], *q = rows[k + 3];
    const double ca = c[k], cb = c[k + 1], cp = c[k + 2], cq = c[k + 3];
    for (std::size_t i = 0; i < n; i++) y[i] = y[i] + ca * a[i] + cb * b[i] + cp * p[i] + cq * q[i];
  }
  for (; k < count; k++) {
    const double* a = rows[k];
    for (std::size_t i = 0; i < n; i++) y[i] += c[k] * a[i];
  }
}

/// C = U^T U in place of the upper half of C [n, n]; false when C is not positive definite.
bool factor(std::vector<double>& c, std::size_t n) {
  std::vector<const double*> rows(n);
  std::vector<double> coefficients(n);
  for (std::size_t k = 0; k < n; k++) {
    double* row = &c[k * n];
    for (std::size_t p = 0; p < k; p++) rows[p] = &c[p * n + k], coefficients[p] = -c[p * n + k];
    add_rows(row + k, n - k, rows.data(), coefficients.data(), k);
    if (!(row[k] > 0)) return false;
    const double scale = 1 / math::sqrt(row[k]);
    for (std::size_t i = k; i < n; i++) row[i] *= scale;
  }
  return true;
}

/// Z = U^-T, lower triangular with zeros above.
std::vector<double> lower_inverse(const std::vector<double>& u, std::size_t n) {
  std::vector<double> z(n * n), coefficients(n);
  std::vector<const double*> rows(n);
  for (std::size_t k = 0; k < n; k++) {
    double* row = &z[k * n];
    for (std::size_t p = 0; p < k; p++) rows[p] = &z[p * n], coefficients[p] = -u[p * n + k];
    add_rows(row, k, rows.data(), coefficients.data(), k);
    row[k] = 1;
    const double scale = 1 / u[k * n + k];
    for (std::size_t i = 0; i <= k; i++) row[i] *= scale;
  }
  return z;
}

/// Z^T Z, its lower half and the mirror image.
std::vector<double> inverse_of(const std::vector<double>& z, std::size_t n) {
  std::vector<double> inverse(n * n), coefficients(n);
  std::vector<const double*> rows(n);
  for (std::size_t i = 0; i < n; i++) {
    for (std::size_t k = i; k < n; k++) rows[k - i] = &z[k * n], coefficients[k - i] = z[k * n + i];
    add_rows(&inverse[i * n], i + 1, rows.data(), coefficients.data(), n - i);
    for (std::size_t j = 0; j < i; j++) inverse[j * n + i] = inverse[i * n + j];
  }
  return inverse;
}

std::vector<double> times(const std::vector<double>& symmetric, std::span<const double> v) {
  const std::size_t n = v.size();
  std::vector<double> product(n);
  std::vector<const double*> rows(n);
  for (std::size_t k = 0; k < n; k++) rows[k] = &symmetric[k * n];
  add_rows(product.data(), n, rows.data(), v.data(), n);
  return product;
}

/// The negative log posterior density of the parameters, by their logarithms.
class Posterior {
 public:
  explicit Posterior(const GpData& data) : data_(data), n_(data.y.size()) {
    const std::size_t pairs = n_ * (n_ - 1) / 2;
    distances_.resize(data.width * pairs);
    for (std::size_t d = 0; d < data.width; d++)
      for (std::size_t i = 1, at = d * pairs; i < n_; i++)
        for (std::size_t j = 0; j < i; j++, at++)
          distances_[at] = squared_distance(data.x[i * data.width + d], data.x[j * data.width + d], data.unordered[d]);
  }

  double operator()(std::span<const double> raw, std::span<double> gradient) {
    const std::size_t width = data_.width, pairs = n_ * (n_ - 1) / 2;
    std::vector<double> weights(width);
    for (std::size_t d = 0; d < width; d++) weights[d] = math::exp(raw[d]);
    const double scale = math::exp(raw[width]), extra = math::exp(raw[width + 1]), noise = extra + kLeastNoise;
    std::vector<double> kernel(pairs), slope(pairs);
    for (std::size_t d = 0; d < width; d++)
      for (std::size_t p = 0; p < pairs; p++) kernel[p] += weights[d] * distances_[d * pairs + p];
    for (std::size_t p = 0; p < pairs; p++) kernel[p] = scale * matern(kernel[p], slope[p]);
    std::vector<double> c(n_ * n_);
    for (std::size_t i = 0, p = 0; i < n_; i++) {
      c[i * n_ + i] = scale + noise * data_.noise[i];
      for (std::size_t j = 0; j < i; j++, p++) c[j * n_ + i] = kernel[p];
    }
    if (!factor(c, n_)) return std::numeric_limits<double>::infinity();
    const auto inverse = inverse_of(lower_inverse(c, n_), n_);
    const auto alpha = times(inverse, data_.y);
    double density = 0;
    for (std::size_t i = 0; i < n_; i++) density -= 0.5 * data_.y[i] * alpha[i] + math::log(c[i * n_ + i]);
    double by_scale = 0, by_noise = 0;
    for (std::size_t i = 0, p = 0; i < n_; i++) {
      const double own = alpha[i] * alpha[i] - inverse[i * n_ + i];
      by_scale += 0.5 * own * scale, by_noise += 0.5 * own * data_.noise[i] * extra;
      for (std::size_t j = 0; j < i; j++, p++) {
        const double w = alpha[i] * alpha[j] - inverse[i * n_ + j];
        by_scale += w * kernel[p];
        slope[p] *= w * scale;
      }
    }
    for (std::size_t d = 0; d < width; d++) {
      double sum = 0;
      for (std::size_t p = 0; p < pairs; p++) sum += slope[p] * distances_[d * pairs + p];
      density -= 0.1 / weights[d] + 0.1 * weights[d];
      gradient[d] = -(weights[d] * sum + 0.1 / weights[d] - 0.1 * weights[d]);
    }
    density += raw[width] - scale + 0.1 * math::log(noise) - 30 * noise;
    gradient[width] = -(by_scale + 1 - scale);
    gradient[width + 1] = -(by_noise + (0.1 / noise - 30) * extra);
    return -density;
  }

 private:
  const GpData& data_;
  std::size_t n_;
  std::vector<double> distances_;  // [width, pairs]
};

}  // namespace

GpParameters GaussianProcess::fit(const GpData& data) {
  const std::size_t width = data.width;
  Box box{std::vector<double>(width + 2, -8), std::vector<double>(width + 2, 7)};
  box.low[width + 1] = -16, box.high[width + 1] = 2;
  std::vector<double> raw(width + 2, 0.0);
  raw[width + 1] = -2;
  Posterior posterior(data);
  minimize(posterior, raw, box, 1e-2, 50);
  GpParameters found;
  for (std::size_t d = 0; d < width; d++) found.inverse_squared_lengths.push_back(math::exp(raw[d]));
  found.scale = math::exp(raw[width]);
  found.noise = math::exp(raw[width + 1]) + kLeastNoise;
  return found;
}

GaussianProcess::GaussianProcess(const GpData& data, const GpParameters& parameters)
    : data_(&data), parameters_(parameters) {
  const std::size_t n = count(), width = data.width;
  for (double jitter = 0;; jitter = jitter > 0 ? 10 * jitter : 1e-6) {
    std::vector<double> c(n * n);
    for (std::size_t i = 0; i < n; i++) {
      for (std::size_t j = 0; j < i; j++) {
        double r2 = 0, slope = 0;
        for (std::size_t d = 0; d < width; d++)
          r2 += parameters.inverse_squared_lengths[d] *
                squared_distance(data.x[i * width + d], data.x[j * width + d], data.unordered[d]);
        c[j * n + i] = parameters.scale * matern(r2, slope);
      }
      c[i * n + i] = parameters.scale + parameters.noise * data.noise[i] + jitter;
    }
    if (!factor(c, n) && jitter < 1e3) continue;
    lower_inverse_ = lower_inverse(c, n);
    break;
  }
  inverse_ = inverse_of(lower_inverse_, n);
  alpha_ = times(inverse_, data.y);
}

std::vector<GaussianProcess::Belief> GaussianProcess::predict(std::span<const double> rows) const {
  const std::size_t n = count(), width = data_->width, all = rows.size() / width,
                    block = std::min<std::size_t>(64, all);
  std::vector<Belief> beliefs;
  std::vector<double> kernel(n * block), v(block), columns(width * block);
  std::vector<bool> active(width);
  std::vector<const double*> kernel_rows(n);
  for (std::size_t i = 0; i < n; i++) kernel_rows[i] = &kernel[i * block];
  for (std::size_t first = 0; first < all; first += block) {
    const std::size_t size = std::min(block, all - first);
    std::vector<double> mean(block), variance(block, parameters_.scale);
    for (std::size_t d = 0; d < width; d++) {
      active[d] = true;
      for (std::size_t b = 0; b < size; b++) {
        columns[d * block + b] = rows[(first + b) * width + d];
        if (columns[d * block + b] < 0) active[d] = false;
      }
    }
    for (std::size_t i = 0; i < n; i++) {
      double* row = &kernel[i * block];
      std::fill(row, row + block, 0.0);
      for (std::size_t d = 0; d < width; d++)
        add_distances(row, &columns[d * block], size, data_->x[i * width + d], parameters_.inverse_squared_lengths[d],
                      data_->unordered[d], active[d]);
      double slope = 0;
      for (std::size_t b = 0; b < block; b++) row[b] = parameters_.scale * matern(row[b], slope);
    }
    add_rows(mean.data(), block, kernel_rows.data(), alpha_.data(), n);
    for (std::size_t i = 0; i < n; i++) {
      std::ranges::fill(v, 0.0);
      add_rows(v.data(), block, kernel_rows.data(), &lower_inverse_[i * n], i + 1);
      for (std::size_t b = 0; b < block; b++) variance[b] -= v[b] * v[b];
    }
    for (std::size_t b = 0; b < size; b++) beliefs.push_back({mean[b], std::max(variance[b], 1e-12)});
  }
  return beliefs;
}

GaussianProcess::Belief GaussianProcess::predict(std::span<const double> row, std::span<double> mean_slope,
                                                 std::span<double> variance_slope) const {
  const std::size_t n = count(), width = data_->width;
  std::vector<double> kernel(n), slope(n);
  for (std::size_t i = 0; i < n; i++) {
    double r2 = 0;
    for (std::size_t d = 0; d < width; d++)
      r2 += parameters_.inverse_squared_lengths[d] *
            squared_distance(row[d], data_->x[i * width + d], data_->unordered[d]);
    kernel[i] = parameters_.scale * matern(r2, slope[i]);
  }
  const auto w = times(inverse_, kernel);
  Belief belief{0, parameters_.scale};
  for (std::size_t i = 0; i < n; i++) belief.mean += alpha_[i] * kernel[i], belief.variance -= w[i] * kernel[i];
  belief.variance = std::max(belief.variance, 1e-12);
  for (std::size_t d = 0; d < width; d++) {
    mean_slope[d] = variance_slope[d] = 0;
    if (data_->unordered[d] || row[d] < 0) continue;
    for (std::size_t i = 0; i < n; i++) {
      const double other = data_->x[i * width + d];
      if (other < 0) continue;
      const double by = parameters_.scale * slope[i] * parameters_.inverse_squared_lengths[d] * 2 * (row[d] - other);
      mean_slope[d] += alpha_[i] * by;
      variance_slope[d] -= 2 * w[i] * by;
    }
  }
  return belief;
}

}  // namespace atelier::detail
