// per_isa.hpp: one loop in plain C++, compiled for each instruction set.
#pragma once
#include "kernels/isa.hpp"

namespace atelier {

namespace detail {

template <class Body>
[[gnu::flatten, gnu::noinline]] void run_baseline(const Body& body) {
  body();
}

#if defined(__x86_64__)
template <class Body>
[[gnu::flatten, gnu::noinline, gnu::target("avx2,fma")]] void run_avx2(const Body& body) {
  body();
}
template <class Body>
[[gnu::flatten, gnu::noinline,
  gnu::target("avx512f,avx512cd,avx512dq,avx512bw,avx512vl,avx2,fma,prefer-vector-width=512")]] void
run_avx512(const Body& body) {
  body();
}
#endif

}  // namespace detail

/// Runs body() compiled for the instruction set in use. The body and what it calls are inlined into one
/// function a set and vectorised there; under the numeric flags of the build all versions give the same bits.
template <class Body>
void per_isa(const Body& body) {
#if defined(__x86_64__)
  switch (isa()) {
    case Isa::avx512: return detail::run_avx512(body);
    case Isa::avx2: return detail::run_avx2(body);
    case Isa::baseline: break;
  }
#endif
  detail::run_baseline(body);
}

}  // namespace atelier
