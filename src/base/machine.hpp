// machine.hpp: what the machine has.
#pragma once

namespace atelier {

/// Bytes of physical memory.
double machine_memory();

}  // namespace atelier
