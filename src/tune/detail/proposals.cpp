// proposals.cpp: enqueued, audit, the method's own; duplicates refused.
#include "tune/detail/proposals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/function_ref.hpp"
#include "base/random.hpp"
#include "tune/samplers/all.hpp"

namespace atelier::detail {
namespace {

constexpr std::uint64_t kListable = 1 << 20;  // configurations
constexpr std::uint64_t kPatience = 200;      // refusals
constexpr std::uint64_t kFewTries = 4;        // refusals, where what is left is listed
constexpr std::uint64_t kAuditStream = 0x50, kLeftStream = 0x51;

using Refuses = FunctionRef<bool(const Configuration&)>;

/// The first of a sampler's proposals that is not refused; none after so many. Words when the space is exhausted.
std::expected<std::optional<Configuration>, std::string> ask_for_new(const Sampler& by, const Ask& ask,
                                                                     std::uint64_t patience, Refuses refuses) {
  for (std::uint64_t attempt = 0; attempt < patience; attempt++) {
    auto proposal = by.propose(ask, attempt);
    if (!proposal) return std::unexpected("the space is exhausted");
    if (!refuses(*proposal)) return proposal;
  }
  return std::nullopt;
}

}  // namespace

Proposals::Proposals(const StudyPlan& plan) : plan_(plan), order_(dependency_order(plan.space)) {
  std::unordered_set<std::string> seen;
  for (const Configuration& configuration : plan.enqueued)
    if (seen.insert(fingerprint(configuration)).second) enqueued_.push_back(configuration);
  for (const Observation& observation : plan.earlier) earlier_.insert(fingerprint(observation.configuration));
  const auto all = cardinality(plan.space);
  const auto method = sampler_for(plan.method, plan.space, 0);
  const auto looks = method ? method->looks : Sampler::Looks::at_losses;
  if (looks == Sampler::Looks::at_nothing) {
    points_ = grid_of(plan.space);
    grid_.emplace(points_), late_grid_.emplace(points_);
  }
  finite_ = all && *all <= kListable;
  blind_ = looks != Sampler::Looks::at_losses;
  audit_ = blind_ ? 0 : plan.audit;
  offset_ = Philox(plan.seed, stream::of(kAuditStream, 0)).uniform(0);
}

bool Proposals::is_audit(std::uint64_t number) const {
  if (number < enqueued_.size()) return false;
  const double n = static_cast<double>(number - enqueued_.size());
  return std::floor((n + 1) * audit_ + offset_) > std::floor(n * audit_ + offset_);
}

/// Whatever has been tried, whatever it showed.
Configuration Proposals::audit_draw(std::uint64_t number) const {
  return propose_random({plan_.space, {}, plan_.seed, number, plan_.budget}, 0).value_or(Configuration{});
}

bool Proposals::known(const Configuration& configuration) const {
  const std::string mark = fingerprint(configuration);
  return own_.contains(mark) || earlier_.contains(mark);
}

std::expected<Configuration, std::string> Proposals::next_of_grid() {
  while (!grid_->over() && known(grid_->configuration())) grid_->step();
  if (!grid_->over()) return grid_->configuration();
  while (!late_grid_->over() && own(late_grid_->configuration())) late_grid_->step();
  if (!late_grid_->over()) return late_grid_->configuration();
  return std::unexpected("the space is exhausted");
}

/// All configurations of the space, in an order that the seed alone decides.
void Proposals::list_all() {
  const std::size_t width = order_.size();
  for (Odometer odometer(plan_.space); !odometer.over(); odometer.step())
    for (const std::uint64_t level : odometer.levels()) listed_.push_back(static_cast<std::uint32_t>(level));
  const Philox random(plan_.seed, stream::of(kLeftStream, 0));
  for (std::size_t left = width == 0 ? 0 : listed_.size() / width; left > 1; left--) {
    const auto pick = static_cast<std::size_t>(random.uniform(left) * static_cast<double>(left));
    std::swap_ranges(listed_.begin() + static_cast<std::ptrdiff_t>(pick * width),
                     listed_.begin() + static_cast<std::ptrdiff_t>((pick + 1) * width),
                     listed_.begin() + static_cast<std::ptrdiff_t>((left - 1) * width));
  }
}

/// Of a finite space, what has not been tried; what an earlier sweep has comes last.
std::optional<Configuration> Proposals::next_left() {
  if (listed_.empty()) list_all();
  const std::size_t width = order_.size();
  const auto configuration = [&](std::size_t place) {
    Configuration made;
    for (const std::size_t i : order_)
      if (const Parameter& parameter = plan_.space.parameters[i]; is_active(parameter, made))
        made.emplace(parameter.name, level(parameter, listed_[place * width + i]));
    return made;
  };
  for (; place_ * width < listed_.size(); place_++)
    if (auto found = configuration(place_); !known(found)) return found;
  for (; late_place_ * width < listed_.size(); late_place_++)
    if (auto found = configuration(late_place_); !own(found)) return found;
  return std::nullopt;
}

std::expected<Configuration, std::string> Proposals::next_of(const Sampler& by, std::uint64_t number,
                                                             std::span<const Observation> history) {
  const std::uint64_t patience = finite_ ? kFewTries : kPatience;
  auto found = ask_for_new(by, {plan_.space, history, plan_.seed, number, plan_.budget}, patience,
                           [&](const Configuration& c) { return known(c); });
  if (finite_ && (!found || !*found)) {
    if (auto left = next_left()) return *std::move(left);
    return std::unexpected("the space is exhausted");
  }
  if ((!found || !*found) && !earlier_.empty())
    found = ask_for_new(by, {plan_.space, history.subspan(plan_.earlier.size()), plan_.seed, number, plan_.budget},
                        patience, [&](const Configuration& c) { return own(c); });
  if (!found) return std::unexpected(std::move(found.error()));
  if (*found) return **std::move(found);
  return std::unexpected(fmt::format("{} has nothing new to propose in {} attempts", by.name, kPatience));
}

std::expected<Proposal, std::string> Proposals::next(std::uint64_t number, std::span<const Observation> history) {
  if (number < enqueued_.size()) return Proposal{enqueued_[number], Origin::enqueued};
  if (grid_) {
    auto found = next_of_grid();
    if (!found) return std::unexpected(std::move(found.error()));
    return Proposal{*std::move(found), Origin::sampler, "grid"};
  }
  if (is_audit(number))
    if (auto drawn = audit_draw(number); !own(drawn)) return Proposal{std::move(drawn), Origin::audit, "random"};
  const auto by = sampler_for(plan_.method, plan_.space, number);
  if (!by) return std::unexpected(by.error().summary);
  auto found = next_of(*by, number, history);
  if (!found) return std::unexpected(std::move(found.error()));
  return Proposal{*std::move(found), Origin::sampler, std::string(by->name)};
}

std::optional<std::uint64_t> Proposals::take(std::uint64_t number, const Configuration& configuration) {
  own_.emplace(fingerprint(configuration), number);
  if (!is_audit(number)) return std::nullopt;
  const auto hit = own_.find(fingerprint(audit_draw(number)));
  return hit == own_.end() || hit->second == number ? std::nullopt : std::optional(hit->second);
}

}  // namespace atelier::detail
