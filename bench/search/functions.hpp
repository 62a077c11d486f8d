// functions.hpp: test functions of known optimum.
#pragma once
#include <span>
#include <string_view>

/// A function to be minimised, and its least value for a number of dimensions.
struct Function {
  std::string_view name;
  double (*value)(std::span<const double> x);
  double (*optimum)(std::size_t dimensions);
};

/// Branin, Hartmann 6, Rosenbrock, Ackley, Levy, Styblinski-Tang, Shekel, Michalewicz, as in Surjanovic and Bingham's library of test functions.
std::span<const Function> functions();
