// special.hpp: the special functions behind the distributions, from our own arithmetic: the same bits everywhere.
#pragma once

namespace atelier::special {

/// The standard normal density.
double normal_pdf(double z);
/// The standard normal distribution function; in the lower tail accurate relative to its own size.
double normal_cdf(double z);
/// Its inverse on (0, 1): Acklam's rational approximation (relative error 1.15e-9) and one step of Halley's method.
/// 0 and 1 give the quantiles of 2^-54 and 1 - 2^-54.
double normal_quantile(double p);
/// Phi(z) / phi(z) (the reciprocal of the hazard, Mills's ratio of the lower tail), for z <= 0.
double mills_ratio(double z);

/// A table of Phi with cubic interpolation, absolute error below 1e-10: for inner loops.
double quick_normal_cdf(double z);
/// Acklam's approximation alone, relative error 1.15e-9: for inner loops.
double quick_normal_quantile(double p);

/// log Gamma(x) for x > 0, by Stirling's series after shifting x above 12.
double log_gamma(double x);
/// The regularised incomplete beta function I_x(a, b), a and b > 0 (Lentz's continued fraction).
double beta_cdf(double x, double a, double b);
/// Its inverse in x, by bisection in 60 steps: slow, and without surprises.
double beta_quantile(double p, double a, double b);

}  // namespace atelier::special
