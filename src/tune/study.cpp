// study.cpp: a sound plan, and the face of the state machine.
#include "tune/study.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>
#include <utility>

#include "tune/detail/study_engine.hpp"

namespace atelier {
namespace {

constexpr int kMostParallel = 65536;
constexpr std::array<std::pair<Origin, std::string_view>, 3> kOrigins = {
    {{Origin::sampler, "sampler"}, {Origin::audit, "audit"}, {Origin::enqueued, "enqueued"}}};

Result<void> check(const Hyperband& rule) {
  if (!rule.min_iter && !rule.max_iter)
    return fail(Trouble::usage, "hyperband has no bands", "neither min_iter nor max_iter is given", "give one of them");
  const std::int64_t base = rule.min_iter ? *rule.min_iter : *rule.max_iter;
  if (rule.eta > 1 && base >= 1) return {};
  return fail(Trouble::usage, "hyperband needs eta above 1 and min_iter or max_iter from 1",
              fmt::format("found eta {:g} and {} epochs", rule.eta, base));
}

Result<void> check(const Asha& rule) {
  if (rule.eta > 1 && rule.min_epochs >= 1 && rule.max_epochs >= 0) return {};
  return fail(Trouble::usage, "asha needs eta above 1 and its first rung from epoch 1",
              fmt::format("found eta {:g}, {} to {} epochs", rule.eta, rule.min_epochs, rule.max_epochs));
}

Result<void> check(const MedianRule& rule) {
  if (rule.startup_trials >= 0 && rule.warmup_epochs >= 0) return {};
  return fail(Trouble::usage, "the median rule cannot begin before the sweep",
              fmt::format("found {} trials and {} epochs to wait for", rule.startup_trials, rule.warmup_epochs));
}

Result<void> check_numbers(const StudyPlan& plan) {
  if (plan.parallel < 1 || plan.parallel > kMostParallel)
    return fail(Trouble::usage, fmt::format("a sweep has 1 to {} workers", kMostParallel),
                fmt::format("found parallel {}", plan.parallel));
  if (!(plan.audit >= 0 && plan.audit <= 1))
    return fail(Trouble::usage, "the share of audit trials lies from 0 to 1", fmt::format("found {:g}", plan.audit));
  if (plan.target && std::isnan(*plan.target)) return fail(Trouble::usage, "the target is no number");
  if (!plan.stopping) return {};
  return std::visit([](const auto& rule) { return check(rule); }, *plan.stopping);
}

Result<void> check(const StudyPlan& plan) {
  if (const auto method = sampler_for(plan.method, plan.space, 0); !method) return pass_on(method);
  if (auto fine = check(plan.space); !fine) return fine;
  return check_numbers(plan);
}

/// What is enqueued lies in the space; of a grid, in its range or on one of its points.
Result<void> check_enqueued(const StudyPlan& plan) {
  const Space& space = plan.space;
  const auto strange = std::ranges::find_if_not(plan.enqueued, [&](const Configuration& configuration) {
    return contains(space, configuration) || (plan.method == "grid" && contains(grid_of(space), configuration));
  });
  if (strange == plan.enqueued.end()) return {};
  std::string names;
  for (const Parameter& parameter : plan.space.parameters) names += (names.empty() ? "" : ", ") + parameter.name;
  return fail(Trouble::usage, "an enqueued configuration is none of the sweep's space", to_json(*strange).dump(),
              fmt::format("give each active parameter one of its values: {}", names));
}

}  // namespace

std::string_view name_of(Origin origin) {
  return std::ranges::find(kOrigins, origin, [](auto& o) { return o.first; })->second;
}

std::optional<Origin> origin_of(std::string_view name) {
  const auto at = std::ranges::find(kOrigins, name, [](auto& o) { return o.second; });
  return at == kOrigins.end() ? std::nullopt : std::optional(at->first);
}

Result<Study> Study::create(StudyPlan plan, EffortOf effort) {
  if (auto fine = check(plan); !fine) return pass_on(fine);
  if (auto fine = check_enqueued(plan); !fine) return pass_on(fine);
  return Study(std::make_unique<detail::StudyEngine>(std::move(plan), std::move(effort)));
}

Study::Study(std::unique_ptr<detail::StudyEngine> engine) : engine_(std::move(engine)) {}
Study::Study(Study&&) noexcept = default;
Study& Study::operator=(Study&&) noexcept = default;
Study::~Study() = default;

void Study::recall(Configuration configuration, Origin origin, std::string sampler, int until, std::string stopped) {
  engine_->recall({std::move(configuration), origin, std::move(sampler)}, until, std::move(stopped));
}

void Study::report(std::uint64_t trial, int epoch, double loss) { engine_->report(trial, epoch, loss); }

void Study::report_end(std::uint64_t trial, int epochs, bool failed, std::string reason) {
  engine_->report_end(trial, {std::max(epochs, 0), failed, std::move(reason)});
}

std::vector<Decision> Study::decide() { return engine_->decide(); }

std::span<const Trial> Study::trials() const { return engine_->trials(); }

std::optional<std::uint64_t> Study::best() const {
  // Finished before stopped, then, of those stopped, the longer trained, then the lower loss, then the earlier.
  using Rank = std::tuple<bool, std::size_t, double, std::uint64_t>;
  std::optional<Rank> best;
  for (const Trial& trial : trials()) {
    const bool stopped = trial.state == Trial::State::stopped;
    if (trial.state != Trial::State::finished && !stopped) continue;
    if (trial.losses.empty() || !std::isfinite(trial.losses.back())) continue;
    const Rank rank{stopped, stopped ? ~trial.losses.size() : 0, trial.losses.back(), trial.number};
    if (!best || rank < *best) best = rank;
  }
  return best ? std::optional(std::get<3>(*best)) : std::nullopt;
}

bool Study::over() const { return engine_->over(); }

const std::string& Study::ending() const { return engine_->ending(); }

}  // namespace atelier
