// encoding.hpp: configurations as rows of numbers, for models and for finding duplicates.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/function_ref.hpp"
#include "base/random.hpp"
#include "tune/sampler.hpp"

namespace atelier::detail {

/// What takes no part in a configuration.
inline constexpr double kInactive = -1;

/// A space prepared for encoding. A parameter's number is its position in [0, 1], or the index of its value where there is
/// no order, 0 for a constant, kInactive where it takes no part.
class Encoder {
 public:
  explicit Encoder(const Space& space);

  std::size_t width() const { return space_->parameters.size(); }
  const Space& space() const { return *space_; }
  const std::vector<std::size_t>& order() const { return order_; }  ///< see dependency_order
  bool unordered(std::size_t i) const { return unordered_[i]; }     ///< distances are equal or not

  /// Writes row [width]; false when the configuration is not of this space.
  bool encode(const Configuration& configuration, std::span<double> row) const;
  /// The configuration whose i-th parameter has the quantile u(i), asked for active parameters only.
  Configuration draw(FunctionRef<double(std::size_t)> u) const;

 private:
  /// A parameter made ready: the numbers of a list's values, or the limits of a plain range (their logarithms).
  struct Column {
    std::vector<Value> values;
    std::vector<double> numbers;
    bool range = false, logarithmic = false;
    double least = 0, most = 0, low = 0, high = 0;
  };
  static Column column(const Parameter& parameter, bool unordered);
  std::optional<double> number(std::size_t i, const Value& value) const;

  const Space* space_;
  std::vector<std::size_t> order_;
  std::vector<Column> columns_;
  std::vector<bool> unordered_;
};

/// The history in rows; observations outside the space are left out.
struct History {
  std::vector<const Observation*> observations;
  std::vector<double> rows;  ///< [observations, width]

  History(const Encoder& encoder, std::span<const Observation> all);
  std::span<const double> row(std::size_t i, std::size_t width) const {
    return std::span(rows).subspan(i * width, width);
  }
  /// Whether a row stands in the history already.
  bool has(std::span<const double> row) const;
};

/// Whether the history holds every configuration of a finite space.
bool exhausted(const Encoder& encoder, const History& history);

/// A configuration of a finite space of at most 2^20 that is not in the history, the pick-th of them counted round; none
/// when all are, or the space is larger.
std::optional<Configuration> unseen(const Encoder& encoder, const History& history, std::uint64_t pick);

/// Calls visit for each configuration of a finite space, in dependency order, last fastest, until it returns false.
void for_each_configuration(const Encoder& encoder, FunctionRef<bool(const Configuration&)> visit);

/// The random numbers of one sampler for one trial: no two uses share any.
inline Philox numbers(const Ask& ask, std::uint64_t use) { return Philox(ask.seed, stream::of(0x40 + use, ask.trial)); }
namespace use {
inline constexpr std::uint64_t random = 0, sobol = 1, tpe = 2, gp = 3, rest = 4;
}  // namespace use

}  // namespace atelier::detail
