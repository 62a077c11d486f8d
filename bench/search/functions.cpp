// functions.cpp: their formulas.
#include "functions.hpp"

#include <array>
#include <cmath>
#include <numbers>

namespace {

constexpr double pi = std::numbers::pi;
using Point = std::span<const double>;

double zero(std::size_t) { return 0; }

double branin(Point x) {
  const double bowl = x[1] - 5.1 / (4 * pi * pi) * x[0] * x[0] + 5 / pi * x[0] - 6;
  return bowl * bowl + 10 * (1 - 1 / (8 * pi)) * std::cos(x[0]) + 10;
}

double hartmann6(Point x) {
  static constexpr double a[4][6] = {
      {10, 3, 17, 3.5, 1.7, 8}, {0.05, 10, 17, 0.1, 8, 14}, {3, 3.5, 1.7, 10, 17, 8}, {17, 8, 0.05, 10, 0.1, 14}};
  static constexpr double p[4][6] = {{0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886},
                                     {0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991},
                                     {0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650},
                                     {0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381}};
  static constexpr double alpha[4] = {1.0, 1.2, 3.0, 3.2};
  double sum = 0;
  for (int i = 0; i < 4; i++) {
    double distance = 0;
    for (std::size_t j = 0; j < 6; j++) distance += a[i][j] * (x[j] - p[i][j]) * (x[j] - p[i][j]);
    sum -= alpha[i] * std::exp(-distance);
  }
  return sum;
}

double rosenbrock(Point x) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < x.size(); i++)
    sum += 100 * std::pow(x[i + 1] - x[i] * x[i], 2) + (1 - x[i]) * (1 - x[i]);
  return sum;
}

double ackley(Point x) {
  double squares = 0, waves = 0;
  for (const double v : x) squares += v * v, waves += std::cos(2 * pi * v);
  const auto n = static_cast<double>(x.size());
  return -20 * std::exp(-0.2 * std::sqrt(squares / n)) - std::exp(waves / n) + 20 + std::numbers::e;
}

double levy(Point x) {
  const auto w = [&](std::size_t i) { return 1 + (x[i] - 1) / 4; };
  const std::size_t last = x.size() - 1;
  double sum = std::pow(std::sin(pi * w(0)), 2);
  for (std::size_t i = 0; i < last; i++) sum += std::pow(w(i) - 1, 2) * (1 + 10 * std::pow(std::sin(pi * w(i) + 1), 2));
  return sum + std::pow(w(last) - 1, 2) * (1 + std::pow(std::sin(2 * pi * w(last)), 2));
}

double styblinski_tang(Point x) {
  double sum = 0;
  for (const double v : x) sum += (v * v * v * v - 16 * v * v + 5 * v) / 2;
  return sum;
}

/// Ten foxholes.
double shekel(Point x) {
  static constexpr double beta[10] = {0.1, 0.2, 0.2, 0.4, 0.4, 0.6, 0.3, 0.7, 0.5, 0.5};
  static constexpr double c[4][10] = {{4, 1, 8, 6, 3, 2, 5, 8, 6, 7},
                                      {4, 1, 8, 6, 7, 9, 3, 1, 2, 3.6},
                                      {4, 1, 8, 6, 3, 2, 5, 8, 6, 7},
                                      {4, 1, 8, 6, 7, 9, 3, 1, 2, 3.6}};
  double sum = 0;
  for (std::size_t i = 0; i < 10; i++) {
    double distance = beta[i];
    for (std::size_t j = 0; j < 4; j++) distance += (x[j] - c[j][i]) * (x[j] - c[j][i]);
    sum -= 1 / distance;
  }
  return sum;
}

/// Steep valleys, n! of them.
double michalewicz(Point x) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); i++)
    sum -= std::sin(x[i]) * std::pow(std::sin(static_cast<double>(i + 1) * x[i] * x[i] / pi), 20);
  return sum;
}

constexpr std::array kFunctions = {
    Function{"branin", &branin, [](std::size_t) { return 0.39788735772973816; }},
    Function{"hartmann6", &hartmann6, [](std::size_t) { return -3.3223680114155147; }},
    Function{"rosenbrock", &rosenbrock, &zero},
    Function{"shekel", &shekel, [](std::size_t) { return -10.53644315348353; }},
    Function{"michalewicz5", &michalewicz, [](std::size_t) { return -4.687658179; }},
    Function{"ackley", &ackley, &zero},
    Function{"levy", &levy, &zero},
    Function{"styblinski_tang", &styblinski_tang,
             [](std::size_t n) { return -39.166165703771412 * static_cast<double>(n); }},
};

}  // namespace

std::span<const Function> functions() { return kFunctions; }
