// isa.cpp: what this processor can run, and what is in use.
#include "kernels/isa.hpp"

#include <array>
#include <atomic>
#include <cstdlib>
#include <string>

namespace atelier {
namespace {

struct Supported {
  std::array<Isa, 3> list{Isa::baseline};
  std::size_t count = 1;

  Supported() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) list[count++] = Isa::avx2;
    if (count == 2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl")) {
      list[count++] = Isa::avx512;
    }
#endif
  }
};

const Supported& supported() {
  static const Supported value;
  return value;
}

bool runs_here(Isa wanted) { return static_cast<std::size_t>(wanted) < supported().count; }

Isa first_choice() {
  if (const char* name = std::getenv("ATELIER_ISA")) {
    const Result<Isa> wanted = isa_from_name(name);
    if (wanted && runs_here(*wanted)) return *wanted;
  }
  return supported().list[supported().count - 1];
}

std::atomic<Isa>& current() {
  static std::atomic<Isa> value{first_choice()};
  return value;
}

}  // namespace

std::string_view isa_name(Isa isa) {
  switch (isa) {
    case Isa::avx512: return "avx512";
    case Isa::avx2: return "avx2";
    case Isa::baseline: break;
  }
  return "baseline";
}

std::span<const Isa> supported_isas() { return {supported().list.data(), supported().count}; }

Isa isa() { return current().load(std::memory_order_relaxed); }

Result<void> use_isa(Isa wanted) {
  if (!runs_here(wanted)) {
    return fail(Trouble::usage, "this processor has no " + std::string(isa_name(wanted)),
                "it can run up to " + std::string(isa_name(supported_isas().back())));
  }
  current().store(wanted);
  return {};
}

Result<Isa> isa_from_name(std::string_view name) {
  for (const Isa candidate : {Isa::baseline, Isa::avx2, Isa::avx512}) {
    if (isa_name(candidate) == name) return candidate;
  }
  return fail(Trouble::usage, "unknown instruction set '" + std::string(name) + "'", "",
              "the names are baseline, avx2 and avx512");
}

}  // namespace atelier
