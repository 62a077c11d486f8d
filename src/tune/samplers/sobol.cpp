// sobol.cpp: points spread more evenly than chance spreads them.
#include "tune/detail/encoding.hpp"
#include "tune/detail/sobol_points.hpp"
#include "tune/samplers/all.hpp"

namespace atelier {

std::optional<Configuration> propose_sobol(const Ask& ask, std::uint64_t attempt) {
  using namespace detail;
  constexpr std::uint64_t patience = 8;
  if (attempt >= patience) return propose_random(ask, attempt);
  const Encoder encoder(ask.space);
  if (const auto all = cardinality(ask.space); all && *all <= ask.history.size())
    if (exhausted(encoder, History(encoder, ask.history))) return std::nullopt;
  const SobolPoints points(encoder.width(), Philox(ask.seed, stream::of(0x40 + use::sobol, 0)));
  const auto index = static_cast<std::uint32_t>(ask.trial + (attempt << 24));  // far behind the sweep's own points
  return encoder.draw([&](std::size_t i) { return points(index, i); });
}

}  // namespace atelier
