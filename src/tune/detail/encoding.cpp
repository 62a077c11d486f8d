// encoding.cpp: rows of numbers from configurations, and back.
#include "tune/detail/encoding.hpp"

#include <algorithm>
#include <set>

#include "base/math.hpp"
#include "tune/detail/odometer.hpp"

namespace atelier::detail {
namespace {

constexpr std::uint64_t kCountable = 1 << 20;

std::set<std::vector<double>> distinct_rows(const History& history, std::size_t width) {
  std::set<std::vector<double>> rows;
  for (std::size_t i = 0; i < history.observations.size(); i++) {
    const auto row = history.row(i, width);
    rows.emplace(row.begin(), row.end());
  }
  return rows;
}

}  // namespace

Encoder::Encoder(const Space& space) : space_(&space), order_(dependency_order(space)) {
  for (const Parameter& parameter : space.parameters) {
    const auto* choice = std::get_if<Choice>(&parameter.domain);
    unordered_.push_back(choice != nullptr && !choice->ordered);
    columns_.push_back(column(parameter, unordered_.back()));
  }
}

Encoder::Column Encoder::column(const Parameter& parameter, bool unordered) {
  Column found;
  if (const auto* n = std::get_if<Numeric>(&parameter.domain)) {
    found.logarithmic = n->shape == Numeric::Shape::log_uniform || n->shape == Numeric::Shape::inv_log_uniform;
    found.range =
        (found.logarithmic || n->shape == Numeric::Shape::uniform) && !n->integer && !(n->step > 0) && n->low < n->high;
    found.least = n->low, found.most = n->high;
    found.low = found.logarithmic ? math::log(n->low) : n->low;
    found.high = found.logarithmic ? math::log(n->high) : n->high;
    return found;
  }
  const std::uint64_t count = level_count(parameter).value_or(0);
  for (std::uint64_t i = 0; i < count; i++) {
    found.values.push_back(level(parameter, i));
    const bool plain = unordered || std::holds_alternative<Constant>(parameter.domain);
    found.numbers.push_back(plain ? static_cast<double>(i) : unit_position(parameter, found.values.back()).value_or(0));
  }
  return found;
}

std::optional<double> Encoder::number(std::size_t i, const Value& value) const {
  const Column& column = columns_[i];
  for (std::size_t k = 0; k < column.values.size(); k++)
    if (same_value(column.values[k], value)) return column.numbers[k];
  const auto* real = std::get_if<double>(&value);
  if (!column.range || real == nullptr || !(*real >= column.least && *real <= column.most))
    return column.values.empty() ? unit_position(space_->parameters[i], value) : std::nullopt;
  const double x = column.logarithmic ? math::log(*real) : *real;
  return std::clamp((x - column.low) / (column.high - column.low), 0.0, 1.0);
}

bool Encoder::encode(const Configuration& configuration, std::span<double> row) const {
  std::size_t active = 0;
  auto at = configuration.begin();
  for (std::size_t i = 0; i < width(); i++) {  // both are sorted by name
    const Parameter& parameter = space_->parameters[i];
    bool given = at != configuration.end() && at->first == parameter.name;
    if (!given) {
      while (at != configuration.end() && at->first < parameter.name) ++at;
      given = at != configuration.end() && at->first == parameter.name;
    }
    if (is_active(parameter, configuration) != given) return false;
    row[i] = kInactive;
    if (!given) continue;
    const auto x = number(i, at->second);
    if (!x) return false;
    row[i] = *x;
    active++, ++at;
  }
  return active == configuration.size();
}

Configuration Encoder::draw(FunctionRef<double(std::size_t)> u) const {
  Configuration configuration;
  for (const std::size_t i : order_) {
    const Parameter& parameter = space_->parameters[i];
    if (is_active(parameter, configuration)) configuration.emplace(parameter.name, at_quantile(parameter, u(i)));
  }
  return configuration;
}

History::History(const Encoder& encoder, std::span<const Observation> all) {
  const std::size_t width = encoder.width();
  rows.reserve(all.size() * width);
  for (const Observation& observation : all) {
    rows.resize(rows.size() + width);
    if (encoder.encode(observation.configuration, std::span(rows).last(width)))
      observations.push_back(&observation);
    else
      rows.resize(rows.size() - width);
  }
}

bool History::has(std::span<const double> wanted) const {
  for (std::size_t i = 0; i < observations.size(); i++)
    if (std::ranges::equal(row(i, wanted.size()), wanted)) return true;
  return false;
}

bool exhausted(const Encoder& encoder, const History& history) {
  const auto all = cardinality(encoder.space());
  if (!all || *all > history.observations.size()) return false;
  return distinct_rows(history, encoder.width()).size() >= *all;
}

void for_each_configuration(const Encoder& encoder, FunctionRef<bool(const Configuration&)> visit) {
  for (Odometer odometer(encoder.space()); !odometer.over() && visit(odometer.configuration()); odometer.step()) {
  }
}

std::optional<Configuration> unseen(const Encoder& encoder, const History& history, std::uint64_t pick) {
  const auto all = cardinality(encoder.space());
  if (!all || *all > kCountable) return std::nullopt;
  const std::size_t width = encoder.width();
  const auto seen = distinct_rows(history, width);
  if (seen.size() >= *all) return std::nullopt;
  std::uint64_t left = pick % (*all - seen.size());
  std::optional<Configuration> found;
  std::vector<double> row(width);
  for_each_configuration(encoder, [&](const Configuration& configuration) {
    encoder.encode(configuration, row);
    if (seen.contains(row)) return true;
    if (left-- > 0) return true;
    found = configuration;
    return false;
  });
  return found;
}

}  // namespace atelier::detail
