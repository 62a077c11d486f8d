// golden_test.cpp: every update rule that PyTorch has takes PyTorch's path (tests/golden/README.md).
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "optim/catalog.hpp"

namespace atelier {
namespace {

using Json = nlohmann::json;
constexpr std::size_t kSize = 8;

template <class Real>
using Point = std::array<Real, kSize>;

const Json& golden() {
  static const Json loaded = [] {
    std::ifstream file(ATELIER_SOURCE_DIR "/tests/golden/optimizers.json");
    return Json::parse(file);
  }();
  return loaded;
}

/// The gradient of the problem, in the order of operations that the generator used.
template <class Real>
Point<Real> gradient(const Point<Real>& x) {
  const auto c = golden()["problem"]["c"].get<Point<Real>>(), a = golden()["problem"]["a"].get<Point<Real>>();
  Point<Real> u, g;
  for (std::size_t i = 0; i < kSize; i++) {
    u[i] = x[i] - a[i];
    g[i] = c[i] * u[i] + (u[i] * u[i]) * u[i];
    if (i + 1 < kSize) g[i] += Real(0.25) * (u[i] * (x[i + 1] * x[i + 1]));
    if (i > 0) g[i] += Real(0.25) * ((u[i - 1] * u[i - 1]) * x[i]);
  }
  return g;
}

/// The rule of a trace with its knobs turned.
AnyRule rule_of(const Json& trace) {
  AnyRule rule = update_rule(trace["optimizer"].get<std::string>()).value();
  for (const auto& [knob, value] : trace["knobs"].items()) rule = rule.with(knob, value.get<double>()).value();
  return rule;
}

/// The parameters after every tenth of 100 steps.
template <class Real>
std::vector<Point<Real>> follow(const Json& trace) {
  const AnyRule rule = rule_of(trace);
  auto x = golden()["problem"]["start"].get<Point<Real>>();
  std::vector<Real> state(kSize * static_cast<std::size_t>(rule.slots()));
  std::vector<double> memory(static_cast<std::size_t>(rule.scalars()));
  std::vector<Point<Real>> rows;
  for (int step = 1; step <= golden()["steps"].get<int>(); step++) {
    const Point<Real> g = gradient(x);
    const double quarter = step > trace["quarter_rate_after_step"].get<int>() ? 0.25 : 1;
    const AnyTick tick = rule.begin_step({.step = step, .loss = 0}, memory.data());
    const UpdateSpan<Real> sweep{.weight = x.data(),
                                 .gradient = g.data(),
                                 .state = state.data(),
                                 .state_stride = kSize,
                                 .count = kSize,
                                 .learning_rate = Real(trace["learning_rate"].get<double>() * quarter),
                                 .l2 = trace["weight_decay"].get<Real>(),
                                 .decoupled_decay = trace["decoupled_decay"].get<Real>()};
    EXPECT_FALSE(rule.sweep(tick, sweep));
    if (step % golden()["stored_every"].get<int>() == 0) rows.push_back(x);
  }
  return rows;
}

/// Every trace in one precision: each stored parameter within `tolerance` of PyTorch's.
template <class Real>
void compare(const std::string& precision, double tolerance) {
  for (const Json& trace : golden()["traces"]) {
    SCOPED_TRACE(trace["optimizer"].get<std::string>() + ", " + trace["case"].get<std::string>());
    const auto ours = follow<Real>(trace);
    const auto theirs = trace[precision].get<std::vector<Point<Real>>>();
    ASSERT_EQ(ours.size(), theirs.size());
    double furthest = 0;
    for (std::size_t k = 0; k < ours.size(); k++)
      for (std::size_t i = 0; i < kSize; i++) {
        const double distance = std::abs(static_cast<double>(ours[k][i]) - static_cast<double>(theirs[k][i]));
        furthest = distance <= furthest ? furthest : distance;  // keeps a NaN
      }
    EXPECT_LE(furthest, tolerance);
  }
}

TEST(Golden, EveryRuleTakesPyTorchsPathInDouble) { compare<double>("float64", 1e-10); }

TEST(Golden, EveryRuleTakesPyTorchsPathInFloat) { compare<float>("float32", 1e-4); }

TEST(Golden, EveryRuleThatPyTorchHasHasATrace) {
  const std::set<std::string_view> theirs = {"adadelta", "adagrad",  "adam",  "adamax",  "adamw", "amsgrad", "momentum",
                                             "nadam",    "nesterov", "radam", "rmsprop", "rprop", "sgd"};
  std::set<std::string> traced;
  for (const Json& trace : golden()["traces"]) traced.insert(trace["optimizer"].get<std::string>());
  for (const AnyRule& rule : update_rules()) {
    EXPECT_TRUE(!theirs.contains(rule.name()) || traced.contains(std::string(rule.name()))) << rule.name();
  }
}

TEST(Golden, KnobsOfTheDefaultTracesAreTheRulesOwn) {
  for (const Json& trace : golden()["traces"]) {
    if (trace["case"] != "default") continue;
    const AnyRule rule = rule_of(trace);
    SCOPED_TRACE(rule.name());
    EXPECT_EQ(trace["knobs"].size(), rule.knobs().size());
    const AnyRule own = update_rule(rule.name()).value();
    for (const KnobInfo& knob : own.knobs())
      EXPECT_EQ(trace["knobs"].value(std::string(knob.name), -1.0), knob.preset) << knob.name;
    EXPECT_EQ(trace["decoupled_decay"].get<double>(), rule.decoupled_decay());
  }
}

}  // namespace
}  // namespace atelier
