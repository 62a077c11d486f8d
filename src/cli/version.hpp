// version.hpp: the version that the program reports; a test holds it against the project's.
#pragma once
#include <string_view>

namespace atelier::cli {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace atelier::cli
