// isa.hpp: which instruction set the kernels use, chosen once, forceable by name.
#pragma once
#include <span>
#include <string_view>

#include "base/error.hpp"

namespace atelier {

/// The instruction sets with kernels of their own. All give the same bits.
enum class Isa { baseline, avx2, avx512 };

std::string_view isa_name(Isa isa);
/// What this processor can run, slowest first.
std::span<const Isa> supported_isas();
/// The one in use: the best supported, unless the environment's ATELIER_ISA or `use_isa` says otherwise.
Isa isa();
/// Uses `isa` from now on; an error where this processor cannot run it. For tests and comparisons: not while
/// a training runs.
Result<void> use_isa(Isa isa);
/// The instruction set called `name`; an error that lists the names.
Result<Isa> isa_from_name(std::string_view name);

}  // namespace atelier
