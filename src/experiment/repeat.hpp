// repeat.hpp: what one would type to have a run again.
#pragma once
#include <optional>
#include <string>

#include "track/run.hpp"

namespace atelier {

/// `atelier train` with every setting that is not as by default; none for a run whose configuration is no recipe, such as
/// one of another program.
std::optional<std::string> repeat_command(const Run& run);

}  // namespace atelier
