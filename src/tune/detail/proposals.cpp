// proposals.cpp: enqueued, audit, the method's own; duplicates refused.
#include "tune/detail/proposals.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/random.hpp"
#include "tune/detail/encoding.hpp"

namespace atelier::detail {
namespace {

constexpr std::uint64_t kListable = 1 << 20;  // configurations
constexpr std::uint64_t kPatience = 200;      // refusals; samplers name what is left after eight
constexpr std::uint64_t kAuditStream = 0x50;

/// A grid leaves out the upper end of a quantised range, as W&B's does; as a list it is complete.
Space listed(Space space) {
  for (Parameter& parameter : space.parameters) {
    if (!std::holds_alternative<Numeric>(parameter.domain)) continue;
    Choice list{.values = {}, .ordered = true};
    const std::uint64_t count = level_count(parameter).value_or(0);
    for (std::uint64_t i = 0; i < count; i++) list.values.push_back(level(parameter, i));
    parameter.domain = std::move(list);
  }
  return space;
}

/// The first proposal that `taken` does not refuse.
std::expected<Configuration, std::string> ask_for_new(const Sampler& by, const Ask& ask,
                                                      FunctionRef<bool(const std::string&)> taken) {
  for (std::uint64_t attempt = 0; attempt < kPatience; attempt++) {
    auto proposal = by.propose(ask, attempt);
    if (!proposal) return std::unexpected("the space is exhausted");
    if (!taken(fingerprint(*proposal))) return *std::move(proposal);
  }
  return std::unexpected(fmt::format("{} has nothing new to propose in {} attempts", by.name, kPatience));
}

}  // namespace

Proposals::Proposals(const StudyPlan& plan) : plan_(plan) {
  std::unordered_set<std::string> seen;
  for (const Configuration& configuration : plan.enqueued)
    if (seen.insert(fingerprint(configuration)).second) enqueued_.push_back(configuration);
  for (const Observation& observation : plan.earlier) earlier_.insert(fingerprint(observation.configuration));
  const auto all = cardinality(plan.space);
  const auto method = sampler_for(plan.method, plan.space, 0);
  const auto looks = method ? method->looks : Sampler::Looks::at_losses;
  const bool grid = looks == Sampler::Looks::at_nothing;
  const bool enumerated = !grid && all && *all <= std::min(plan.budget, kListable);
  if (enumerated) listed_ = listed(plan.space);
  if (grid || enumerated) grid_.emplace(enumerated ? listed_ : plan.space);
  blind_ = enumerated || looks != Sampler::Looks::at_losses;
  audit_ = blind_ ? 0 : plan.audit;
  offset_ = Philox(plan.seed, stream::of(kAuditStream, 0)).uniform(0);
}

bool Proposals::is_audit(std::uint64_t index) const {
  const double n = static_cast<double>(index);
  return std::floor((n + 1) * audit_ + offset_) > std::floor(n * audit_ + offset_);
}

std::expected<Configuration, std::string> Proposals::next_of_grid() {
  const auto walk = [&](std::uint64_t& place, auto taken) -> std::optional<Configuration> {
    for (; place < grid_->size(); place++)
      if (auto point = grid_->configuration(place); point && !taken(fingerprint(*point))) return point;
    return std::nullopt;
  };
  auto point = walk(place_, [&](const std::string& mark) { return own_.contains(mark) || earlier_.contains(mark); });
  if (!point) point = walk(late_place_, [&](const std::string& mark) { return own_.contains(mark); });
  if (!point) return std::unexpected("the space is exhausted");
  return *std::move(point);
}

std::expected<Proposal, std::string> Proposals::next(std::uint64_t number, std::span<const Observation> history) {
  if (number < enqueued_.size()) return Proposal{enqueued_[number], Origin::enqueued};
  if (grid_) {
    auto found = next_of_grid();
    if (!found) return std::unexpected(std::move(found.error()));
    return Proposal{*std::move(found), Origin::sampler, "grid"};
  }
  const bool audit = is_audit(number - enqueued_.size());
  const auto by = audit ? sampler("random") : sampler_for(plan_.method, plan_.space, number);
  if (!by) return std::unexpected(by.error().summary);
  auto found = ask_for_new(*by, {plan_.space, history, plan_.seed, number, plan_.budget},
                           [&](const std::string& mark) { return own_.contains(mark) || earlier_.contains(mark); });
  if (!found && !earlier_.empty())
    found = ask_for_new(*by, {plan_.space, history.subspan(plan_.earlier.size()), plan_.seed, number, plan_.budget},
                        [&](const std::string& mark) { return own_.contains(mark); });
  if (!found) return std::unexpected(std::move(found.error()));
  return Proposal{*std::move(found), audit ? Origin::audit : Origin::sampler, std::string(by->name)};
}

}  // namespace atelier::detail
