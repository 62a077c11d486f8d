// any_rule.hpp: an update rule as a value, whatever its type.
#pragma once
#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "optim/rule.hpp"

namespace atelier {

/// A rule's numbers for one step, of whatever type.
struct AnyTick {
  alignas(double) std::byte bytes[8 * sizeof(double)] = {};
};

/// Any update rule, as a value: copies share nothing that changes. Made from a struct that meets UpdateRule, so a
/// program can pass a rule of its own to a Trainer.
class AnyRule {
 public:
  template <UpdateRule R>
  AnyRule(R rule) : self_(std::make_shared<Holder<R>>(rule)) {}  // NOLINT(google-explicit-constructor)

  std::string_view name() const { return self_->name(); }
  std::string_view summary() const { return self_->summary(); }
  double learning_rate() const { return self_->learning_rate(); }
  double decoupled_decay() const { return self_->decoupled_decay(); }
  int slots() const { return self_->slots(); }
  int scalars() const { return self_->scalars(); }
  /// The knobs with this rule's values as presets.
  std::vector<KnobInfo> knobs() const { return self_->knobs(); }
  /// The same rule with one knob turned; an error for an unknown knob or a value out of its range.
  Result<AnyRule> with(std::string_view knob, double value) const { return self_->with(knob, value); }

  /// Prepares a step: updates `memory` [scalars()] and returns the numbers for the sweeps.
  AnyTick begin_step(const StepInfo& now, double* memory) const { return self_->begin_step(now, memory); }
  /// Updates one run of parameters; true when a gradient in it was not finite. Different runs may be updated by
  /// different threads at once.
  bool sweep(const AnyTick& tick, const UpdateSpan<float>& p) const { return self_->sweep(tick, p); }
  bool sweep(const AnyTick& tick, const UpdateSpan<double>& p) const { return self_->sweep(tick, p); }

 private:
  struct Model {
    virtual ~Model() = default;
    virtual std::string_view name() const = 0;
    virtual std::string_view summary() const = 0;
    virtual double learning_rate() const = 0;
    virtual double decoupled_decay() const = 0;
    virtual int slots() const = 0;
    virtual int scalars() const = 0;
    virtual std::vector<KnobInfo> knobs() const = 0;
    virtual Result<AnyRule> with(std::string_view knob, double value) const = 0;
    virtual AnyTick begin_step(const StepInfo& now, double* memory) const = 0;
    virtual bool sweep(const AnyTick& tick, const UpdateSpan<float>& p) const = 0;
    virtual bool sweep(const AnyTick& tick, const UpdateSpan<double>& p) const = 0;
  };

  template <class R>
  struct Holder final : Model {
    explicit Holder(R r) : rule(r) {}
    R rule;

    std::string_view name() const override { return R::name; }
    std::string_view summary() const override { return R::summary; }
    double learning_rate() const override { return R::learning_rate; }
    double decoupled_decay() const override {
      if constexpr (requires { R::decoupled_decay; })
        return R::decoupled_decay;
      else
        return 0;
    }
    int slots() const override { return R::slots; }
    int scalars() const override { return detail::scalars_of<R>(); }
    std::vector<KnobInfo> knobs() const override {
      std::vector<KnobInfo> list;
      std::apply([&](const auto&... k) { (list.push_back({k.name, rule.*k.value, k.low, k.high, k.open_low}), ...); },
                 R::knobs());
      return list;
    }
    Result<AnyRule> with(std::string_view knob, double value) const override {
      const std::vector<KnobInfo> known = knobs();
      if (auto checked = check_knob(R::name, known, knob, value); !checked) return pass_on(checked);
      R turned = rule;
      std::apply([&](const auto&... k) { ((k.name == knob ? void(turned.*k.value = value) : void()), ...); },
                 R::knobs());
      return AnyRule(turned);
    }
    AnyTick begin_step(const StepInfo& now, double* memory) const override {
      AnyTick any;
      if constexpr (detail::scalars_of<R>() > 0) {
        std::array<double, static_cast<std::size_t>(detail::scalars_of<R>())> scalars_now;
        std::memcpy(scalars_now.data(), memory, sizeof scalars_now);
        const TickOf<R> tick = rule.begin_step(now, scalars_now);
        std::memcpy(memory, scalars_now.data(), sizeof scalars_now);
        std::memcpy(any.bytes, &tick, sizeof tick);
      } else if constexpr (requires { rule.begin_step(now); }) {
        const TickOf<R> tick = rule.begin_step(now);
        std::memcpy(any.bytes, &tick, sizeof tick);
      }
      return any;
    }
    bool sweep(const AnyTick& tick, const UpdateSpan<float>& p) const override { return run(tick, p); }
    bool sweep(const AnyTick& tick, const UpdateSpan<double>& p) const override { return run(tick, p); }
    template <class Real>
    bool run(const AnyTick& any, const UpdateSpan<Real>& p) const {
      TickOf<R> tick;
      std::memcpy(static_cast<void*>(&tick), any.bytes, sizeof tick);
      return detail::sweep(rule, tick, p);
    }
  };

  static Result<void> check_knob(std::string_view rule, const std::vector<KnobInfo>& known, std::string_view knob,
                                 double value);

  std::shared_ptr<const Model> self_;
};

}  // namespace atelier
