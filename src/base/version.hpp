// version.hpp: the version of the library and the program; a test holds it against the project's.
#pragma once
#include <string_view>

namespace atelier {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace atelier
