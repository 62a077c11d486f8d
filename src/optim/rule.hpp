// rule.hpp: what an update rule is, and the sweep that applies one.
#pragma once
#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "base/catalog.hpp"
#include "base/math.hpp"
#include "kernels/per_isa.hpp"

namespace atelier {

using math::sign, math::sqrt;

/// The values that a rule keeps for one parameter, in its own order; zero before the first step.
template <class Real, int n>
struct State {
  Real values[n > 0 ? n : 1];
  constexpr Real& operator[](int i) { return values[i]; }
};

/// What a rule may know of the step that is about to be taken.
struct StepInfo {
  std::int64_t step = 1;  ///< counts from 1
  double loss = 0;        ///< of this step's batch
};

/// For rules that need nothing once a step.
struct NoTick {};

namespace detail {
template <class R>
struct FindTick {
  using type = NoTick;
};
template <class R>
  requires requires { typename R::Tick; }
struct FindTick<R> {
  using type = typename R::Tick;
};
template <class R>
constexpr int scalars_of() {
  if constexpr (requires { R::scalars; })
    return R::scalars;
  else
    return 0;
}
}  // namespace detail

/// What `begin_step` prepares for a rule's `direction`.
template <class R>
using TickOf = typename detail::FindTick<R>::type;

/// An update rule is a plain struct:
///   name, summary        strings; the summary cites the source
///   learning_rate        a rate that suits it, where the user gives none
///   knobs()              a tuple of Knob: name, member, range
///   slots                values kept per parameter
///   direction(g, s, tick)  pure, generic in the real type: from the gradient g and the state s (updated in
///                        place) to the direction d; the weight then moves by -rate * d
/// and, where it needs them,
///   Tick, begin_step(StepInfo[, std::array<double, scalars>&]) -> Tick: numbers made once a step
///   scalars              how many checkpointed doubles begin_step keeps (zero before the first step)
///   decoupled_decay      the decay that belongs to its definition (AdamW)
template <class R>
concept UpdateRule = std::is_trivially_copyable_v<R> && std::is_trivially_copyable_v<TickOf<R>> &&
                     sizeof(TickOf<R>) <= 8 * sizeof(double) &&
                     requires(const R rule, State<float, R::slots> s, State<double, R::slots> d, TickOf<R> tick) {
                       { R::name } -> std::convertible_to<std::string_view>;
                       { R::summary } -> std::convertible_to<std::string_view>;
                       { R::learning_rate } -> std::convertible_to<double>;
                       R::knobs();
                       { rule.direction(1.0f, s, tick) } -> std::same_as<float>;
                       { rule.direction(1.0, d, tick) } -> std::same_as<double>;
                     };

/// One contiguous run of parameters to update. Slot k of parameter i is at state[k * state_stride + i].
template <class Real>
struct UpdateSpan {
  Real* weight;
  const Real* gradient;
  Real* state;
  std::size_t state_stride;
  std::size_t count;
  Real learning_rate;
  Real l2 = 0;               ///< adds l2 * w to the gradient
  Real decoupled_decay = 0;  ///< adds decoupled_decay * w to the direction
  Real gradient_scale = 1;   ///< from clipping by norm
  Real clip_value = std::numeric_limits<Real>::infinity();
  Real* average = nullptr;  ///< moves towards the new weights where given
  Real average_rate = 0;    ///< by this share of the distance
};

namespace detail {

template <class Real>
constexpr bool not_finite(Real x) {
  using Int = std::conditional_t<sizeof(Real) == 4, std::uint32_t, std::uint64_t>;
  constexpr Int exponent = std::bit_cast<Int>(std::numeric_limits<Real>::infinity());
  return (std::bit_cast<Int>(x) & exponent) == exponent;
}

/// Updates `n` parameters from `first`; true when a gradient was not finite. Loads gradient, state and weight
/// once and writes state and weight back once.
template <class R, class Real, class Count>
[[gnu::always_inline]] inline bool update(const R& rule, const TickOf<R>& tick, const UpdateSpan<Real>& p,
                                          std::size_t first, Count n) {
  const R r = rule;
  const TickOf<R> t = tick;
  const UpdateSpan<Real> q = p;
  Real* __restrict weight = q.weight + first;
  const Real* __restrict gradient = q.gradient + first;
  Real* __restrict slot[R::slots > 0 ? R::slots : 1];
  for (int k = 0; k < R::slots; k++) slot[k] = q.state + static_cast<std::size_t>(k) * q.state_stride + first;
  unsigned bad = 0;
  for (std::size_t i = 0; i < n; i++) {
    const Real w = weight[i];
    const Real scaled = gradient[i] * q.gradient_scale;
    bad |= not_finite(scaled);
    const Real above = scaled < -q.clip_value ? -q.clip_value : scaled;
    const Real clipped = above > q.clip_value ? q.clip_value : above;
    State<Real, R::slots> s;
    for (int k = 0; k < R::slots; k++) s[k] = slot[k][i];
    const Real d = r.direction(clipped + q.l2 * w, s, t);
    weight[i] = w - q.learning_rate * (d + q.decoupled_decay * w);
    for (int k = 0; k < R::slots; k++) slot[k][i] = s[k];
  }
  if (q.average != nullptr) {
    Real* __restrict average = q.average + first;
    for (std::size_t i = 0; i < n; i++) average[i] += q.average_rate * (weight[i] - average[i]);
  }
  return bad != 0;
}

template <class R, class Real>
bool sweep(const R& rule, const TickOf<R>& tick, const UpdateSpan<Real>& p) {
  bool bad = false;
  per_isa([&] {
    constexpr std::integral_constant<std::size_t, 64> block;
    bool any = false;
    std::size_t first = 0;
    for (; first + block <= p.count; first += block) any |= update(rule, tick, p, first, block);
    if (first < p.count) any |= update(rule, tick, p, first, p.count - first);
    bad = any;
  });
  return bad;
}

}  // namespace detail

}  // namespace atelier
