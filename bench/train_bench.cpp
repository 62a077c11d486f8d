// train_bench.cpp: the time of whole training steps as a share of what the processor can multiply and add.
//
// Each line interleaves short windows of training with windows of a bare multiply-add loop on the same thread and
// prints the minimum of each: on a shared machine the minimum is what the code costs.
#include <fmt/format.h>
#include <immintrin.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <thread>

#include "nn/network.hpp"
#include "optim/catalog.hpp"
#include "train/trainer.hpp"

namespace {

using namespace atelier;

/// Wall time; for one thread, the time this thread had the processor, so that other programs count less.
double seconds(bool mine = true) {
  timespec now;
  clock_gettime(mine ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Fused multiply-adds per second of independent chains in registers: the fp32 peak of one core right now.
[[gnu::target("avx512f,fma"), gnu::noinline]] double fma_rate_avx512() {
  constexpr int chains = 24, rounds = 20000;
  __m512 x[chains], a = _mm512_set1_ps(0.999f), b = _mm512_set1_ps(0.001f);
  for (auto& v : x) v = b;
  const double start = seconds();
  for (int r = 0; r < rounds; r++) {
#pragma GCC unroll 32
    for (auto& v : x) v = _mm512_fmadd_ps(v, a, b);
    asm volatile("");
  }
  const double took = seconds() - start;
  for (auto& v : x) asm volatile("" ::"v"(v));
  return 16.0 * chains * rounds / took;
}

[[gnu::target("avx2,fma"), gnu::noinline]] double fma_rate_avx2() {
  constexpr int chains = 12, rounds = 40000;
  __m256 x[chains], a = _mm256_set1_ps(0.999f), b = _mm256_set1_ps(0.001f);
  for (auto& v : x) v = b;
  const double start = seconds();
  for (int r = 0; r < rounds; r++) {
#pragma GCC unroll 32
    for (auto& v : x) v = _mm256_fmadd_ps(v, a, b);
    asm volatile("");
  }
  const double took = seconds() - start;
  for (auto& v : x) asm volatile("" ::"x"(v));
  return 8.0 * chains * rounds / took;
}

double fma_rate() { return isa() == Isa::avx512 ? fma_rate_avx512() : fma_rate_avx2(); }

/// Random bytes with structure enough to learn from; the cost of a step does not depend on them.
Dataset synthetic(std::size_t samples, std::size_t width, int classes) {
  auto pixels = std::make_shared<std::vector<std::uint8_t>>(samples * width);
  auto labels = std::make_shared<std::vector<std::int32_t>>(samples);
  const Philox random(1, 1);
  for (std::size_t i = 0; i < samples; i++) {
    const auto label = static_cast<std::size_t>(random.below(static_cast<std::uint32_t>(classes), i));
    (*labels)[i] = static_cast<std::int32_t>(label);
    for (std::size_t j = 0; j < width; j++) {
      const auto bits = static_cast<std::uint8_t>(random(samples + i * width + j)[0]);
      (*pixels)[i * width + j] = j / 70 == label ? 255 : bits < 120 ? 0 : bits;
    }
  }
  std::vector<std::string> names;
  for (int c = 0; c < classes; c++) names.push_back(std::to_string(c));
  return Dataset::classification("synthetic", {std::span<const std::uint8_t>(*pixels), width, pixels}, labels,
                                 {28, 28, 1}, names);
}

struct Case {
  std::vector<std::size_t> widths;
  std::size_t batch;
};

void measure(const Case& c, const Dataset& data, const std::string& rule, int threads) {
  Architecture a{data.width(), {}};
  double multiply_adds = 0;
  std::size_t in = data.width();
  for (std::size_t l = 0; l <= c.widths.size(); l++) {
    const std::size_t out = l < c.widths.size() ? c.widths[l] : data.outputs();
    a.layers.push_back(Dense{out});
    if (l < c.widths.size()) a.layers.push_back(Activate{Relu{}});
    multiply_adds += static_cast<double>(in * out * (l == 0 ? 2 : 3) * c.batch);
    in = out;
  }
  auto network = Network<float>::build(a, *initialiser("he_normal"), 1);
  auto trainer = Trainer::create(std::move(*network), data, *update_rule(rule), CrossEntropy{}, {.batch_size = c.batch},
                                 std::make_shared<ThreadPool>(threads));
  const int steps = std::max(5, static_cast<int>(5e7 / multiply_adds));
  double best = 1e9, peak = 0;
  for (int window = 0; window < 200; window++) {
    peak = std::max(peak, fma_rate());
    const double start = seconds(threads == 1);
    for (int s = 0; s < steps; s++) {
      if (!trainer->step()) std::abort();
    }
    best = std::min(best, (seconds(threads == 1) - start) / steps);
  }
  fmt::print(
      "{:<28} batch {:>4}  {:>9} {} thread{}  {:>8.1f} us  {:>7.1f} GFLOP/s of {:.1f}  {:>5.1f} %  {:>9.0f} "
      "samples/s\n",
      describe(a).substr(0, 80), c.batch, rule, threads, threads > 1 ? "s" : " ", best * 1e6,
      2e-9 * multiply_adds / best, 2e-9 * peak, 100 * multiply_adds / best / peak / threads,
      static_cast<double>(c.batch) / best);
}

}  // namespace

int main() {
  const Dataset data = synthetic(20000, 784, 10);
  fmt::print("instruction set {}\n", isa_name(isa()));
  for (const Case& c :
       {Case{{32, 32, 32}, 16}, Case{{32, 32, 32}, 64}, Case{{128, 128, 128}, 16}, Case{{128, 128, 128}, 64},
        Case{{256, 256}, 128}, Case{{512, 512, 512}, 64}, Case{{1024, 1024}, 128}}) {
    measure(c, data, "adam", 1);
  }
  measure({{128, 128, 128}, 64}, data, "sgd", 1);
  measure({{128, 128, 128}, 64}, data, "adam", 2);
  measure({{256, 128}, 64}, data, "adam", 2);
}
