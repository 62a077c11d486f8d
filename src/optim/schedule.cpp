// schedule.cpp: the list of schedules. A new one is a function and a line.
#include "optim/schedule.hpp"

#include <algorithm>
#include <string>

#include "base/math.hpp"

namespace atelier {
namespace {

/// From 1 at t = 0 to 0 at t = 1 along half a cosine.
double half_cosine(double t) { return 0.5 * (1 + math::cos_turn(t / 2)); }

// Each takes the steps since the warm-up, and the steps there are in all since then.

double constant(const Schedule&, double, double) { return 1; }

double step_drops(const Schedule& s, double done, double) {
  return math::power(s.factor, static_cast<std::int64_t>(done / std::max(s.every, 1.0)));
}

double exponential(const Schedule& s, double done, double all) { return math::power(s.factor, done / all); }

double cosine(const Schedule&, double done, double all) { return half_cosine(done / all); }

/// Up from 1/25 over the first 30 %, then down to 0. Smith and Topin 2018 (arXiv:1708.07120), with cosines.
double one_cycle(const Schedule&, double done, double all) {
  constexpr double rise = 0.3, low = 1.0 / 25;
  const double t = done / all;
  return t < rise ? low + (1 - low) * (1 - half_cosine(t / rise)) : half_cosine((t - rise) / (1 - rise));
}

struct Entry {
  CatalogEntry shown;
  double (*at)(const Schedule&, double done, double all);
};

std::span<const Entry> entries() {
  static const Entry list[] = {
      {{"constant", "the same rate throughout", {}}, constant},
      {{"step", "times the factor at each interval", {{"factor", 0.1, 0, 1, true}, {"every", 10, 0, 1e9, true}}},
       step_drops},
      {{"exponential", "times the factor over the whole training, evenly", {{"factor", 0.1, 0, 1, true}}}, exponential},
      {{"cosine", "down to 0 along half a cosine (Loshchilov and Hutter 2017)", {}}, cosine},
      {{"one_cycle", "up over 30 % of the steps, then down to 0 (Smith and Topin 2018)", {}}, one_cycle},
  };
  return list;
}

}  // namespace

double Schedule::at(std::int64_t step) const {
  const auto t = static_cast<double>(step);
  if (t <= warmup) return t / warmup;
  const double all = std::max(total - warmup, 1.0), done = std::min(t - 1 - warmup, all);
  for (const Entry& entry : entries()) {
    if (entry.shown.name == name) return entry.at(*this, std::max(done, 0.0), all);
  }
  return 1;
}

std::span<const CatalogEntry> schedule_catalog() {
  static const std::vector<CatalogEntry> list = [] {
    std::vector<CatalogEntry> lines;
    for (const Entry& entry : entries()) lines.push_back(entry.shown);
    return lines;
  }();
  return list;
}

Result<std::string_view> schedule_name(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Entry& entry : entries()) {
    if (entry.shown.name == name) return entry.shown.name;
    names.push_back(entry.shown.name);
  }
  return unknown_name("schedule", name, names, "schedules");
}

}  // namespace atelier
