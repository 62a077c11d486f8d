// random.cpp: independent draws.
#include "tune/detail/encoding.hpp"
#include "tune/samplers/all.hpp"

namespace atelier {

std::optional<Configuration> propose_random(const Ask& ask, std::uint64_t attempt) {
  using namespace detail;
  constexpr std::uint64_t patience = 8;  // refused draws, after which what is left is counted
  const Encoder encoder(ask.space);
  const Philox random = numbers(ask, use::random);
  if (attempt >= patience || ask.history.size() >= (1 << 20)) {
    const History history(encoder, ask.history);
    if (auto left = unseen(encoder, history, random(attempt << 32)[0])) return left;
    if (exhausted(encoder, history)) return std::nullopt;
  } else if (const auto all = cardinality(ask.space); all && *all <= ask.history.size()) {
    if (exhausted(encoder, History(encoder, ask.history))) return std::nullopt;
  }
  return encoder.draw([&](std::size_t i) { return random.uniform(attempt << 32 | i); });
}

}  // namespace atelier
