// sweep_figures.hpp: what a sweep shows, as figures.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "analysis/importance.hpp"
#include "analysis/sweep_table.hpp"
#include "base/error.hpp"
#include "figures/figure.hpp"

namespace atelier {

/// Every trial as a line through its parameters to its metric.
Figure parallel_figure(const SweepTable& table);
/// The trials in order of creation; those that stopped early keep their reason.
Figure created_figure(const SweepTable& table);
/// The metric against each parameter, and what the best trials have in common.
Figure slices_figure(const SweepTable& table);
/// How many trials reach a value; those drawn at random apart where a sampler chose the others.
Figure distribution_figure(const SweepTable& table);
/// What each parameter is worth.
Figure importance_figure(const SweepTable& table, const Importance& importance);
/// The correlation of every parameter and metric with every other.
Figure correlation_figure(const SweepTable& table);
/// The metric over two parameters by name; empty names: the most important ones. An error for a name that is none, and for
/// a parameter that is the same in all trials.
Result<Figure> contour_figure(const SweepTable& table, const std::string& x = {}, const std::string& y = {});

/// A figure of a sweep, as the catalog lists it.
struct SweepFigure {
  std::string_view name, summary;
  Result<Figure> (*make)(const SweepTable& table, const std::string& x, const std::string& y);
};
/// All of them. A new one is one function and one line in the catalog.
std::span<const SweepFigure> sweep_figures();

}  // namespace atelier
