// machine.hpp: what the machine has, and what this process takes of it.
#pragma once
#include <string>

namespace atelier {

/// Bytes of physical memory.
double machine_memory();
/// The processor's name as the system gives it: "AMD EPYC 7763 64-Core Processor"; empty where it does not.
std::string processor_name();
/// The machine's name in its network.
std::string host_name();

/// What this process has used so far.
struct ProcessUsage {
  double cpu_seconds = 0;     ///< of all threads, in the program and in the system
  double resident_bytes = 0;  ///< of physical memory, now
};
ProcessUsage process_usage();

}  // namespace atelier
