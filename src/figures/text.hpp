// text.hpp: text measured, cut and padded in terminal cells.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace atelier {

enum class Align { left, right };

/// The cells that one line of UTF-8 takes on a terminal; ANSI sequences take none, wide characters two.
int cells(std::string_view text);

/// At most `width` cells of the text, "…" last where something was cut. Colours stay, and end with the cut.
std::string clip(std::string_view text, int width);

/// The text filled with spaces to `width` cells; longer text stays as it is.
std::string pad(std::string_view text, int width, Align align = Align::left);

/// Plain text broken at spaces into lines of at most `width` cells; a longer word is broken hard.
std::vector<std::string> wrap(std::string_view text, int width);

/// Text from a file or a user made safe to show: valid UTF-8 with every control character replaced by U+FFFD.
std::string printable(std::string_view text);

/// The text as the content or a quoted attribute of XML.
std::string xml_escaped(std::string_view text);

}  // namespace atelier
