// shell.hpp: words of commands that are shown to be typed.
#pragma once
#include <string>
#include <string_view>

namespace atelier {

/// A text as one word of a shell, quoted where it must be: "my run" -> "'my run'".
std::string shell_word(std::string_view text);

}  // namespace atelier
