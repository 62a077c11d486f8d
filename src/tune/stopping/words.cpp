// words.cpp: losses as the metric that they stand for.
#include <fmt/format.h>

#include "tune/stopping/stopping.hpp"

namespace atelier {

std::string MetricWords::number(double loss) const {
  return metric.ends_with("accuracy") ? fmt::format("{:.4f}", value(loss)) : fmt::format("{:.6g}", value(loss));
}

std::string MetricWords::text(double loss) const { return fmt::format("{} {}", metric, number(loss)); }

std::string MetricWords::best_text(double loss) const {
  return metric.starts_with("best") ? text(loss) : "best " + text(loss);
}

}  // namespace atelier
