// clock.hpp: the store's two clocks, and who is still there.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "track/run.hpp"

namespace atelier {

/// The time as a store sees it: a seam for tests. Leases run on the steady clock, which no change of the date moves;
/// it starts anew with the machine, hence `boot`.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime wall() const = 0;
  virtual std::int64_t steady_ms() const = 0;  ///< the same for all processes of the machine
  virtual std::string boot() const = 0;        ///< which start of which machine
};

std::shared_ptr<const Clock> system_clock();

/// This process, in a form that `is_gone` can judge: host, process, the moment it began, its world of process numbers.
std::string this_worker();
/// Whether a worker of this machine has certainly ended. One that cannot be judged from here counts as there.
bool is_gone(const std::string& worker);

/// Whether nobody works any more at what a worker has a lease of: the machine was started anew, the lease has run out, or
/// the process has ended.
bool is_lost(const Clock& now, const std::string& worker, const std::string& boot, std::int64_t lease);

}  // namespace atelier
