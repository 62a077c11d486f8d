// kernels_bench.cpp: the matrix product on each instruction set, in floating-point operations a second.
#include <benchmark/benchmark.h>

#include <string>

#include "kernels/isa.hpp"
#include "kernels/product.hpp"

using namespace atelier;

namespace {

/// One panel: c [rows, 64] = a [rows, depth] * b [depth, 64], on one thread, everything in the caches.
void product(benchmark::State& state, Isa isa) {
  const auto rows = static_cast<std::size_t>(state.range(0)), depth = static_cast<std::size_t>(state.range(1));
  if (!use_isa(isa)) return state.SkipWithError("this processor cannot run it");
  Matrix<float> a(rows, depth), c(rows, kPanel);
  Buffer<float> b(depth * kPanel);
  const View<float> from = a.view(), to = c.view();
  const Product<float> p{from.data, from.stride, 1, b.data(), kPanel, to.data, to.stride, rows, kPanel, depth};
  for (auto _ : state) {
    multiply(p);
    benchmark::DoNotOptimize(to.data);
    benchmark::ClobberMemory();
  }
  const double flops = 2.0 * static_cast<double>(rows * depth * kPanel);
  state.counters["FLOP/s"] = {flops, benchmark::Counter::kIsIterationInvariantRate};
}

}  // namespace

int main(int argc, char** argv) {
  for (const Isa isa : supported_isas()) {
    const std::string name = "product/" + std::string(isa_name(isa));
    benchmark::RegisterBenchmark(name.c_str(), product, isa)
        ->ArgNames({"rows", "depth"})
        ->ArgsProduct({{16, 32}, {32, 128, 784}});
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
