// text_test.cpp: display width, cutting and escaping.
#include "figures/text.hpp"

#include <gtest/gtest.h>

namespace atelier {
namespace {

TEST(Text, CellsCountWhatIsSeen) {
  EXPECT_EQ(cells(""), 0);
  EXPECT_EQ(cells("784 → 10"), 8);
  EXPECT_EQ(cells("e\u0301"), 1) << "a combining accent stands on its letter";
  EXPECT_EQ(cells("日本"), 4);
  EXPECT_EQ(cells("\x1b[1;31mred\x1b[0m"), 3);
  EXPECT_EQ(cells("\x1b[31"), 0) << "a sequence cut short shows nothing";
  EXPECT_EQ(cells("\xff\xfe"), 2) << "broken bytes take a cell each and never run past the end";
  EXPECT_EQ(cells("a\xe2\x86"), 3);
}

TEST(Text, ClipKeepsWithinTheWidth) {
  EXPECT_EQ(clip("Ankle boot", 10), "Ankle boot");
  EXPECT_EQ(clip("Ankle boot", 6), "Ankle…");
  EXPECT_EQ(clip("日本語", 4), "日…") << "half a wide character is no character";
  EXPECT_EQ(clip("\x1b[31mred and more\x1b[0m", 4), "\x1b[31mred…\x1b[0m") << "a colour that was opened is closed";
  EXPECT_EQ(clip("abc", 1), "…");
  EXPECT_EQ(clip("abc", 0), "");
}

TEST(Text, PadFillsByCells) {
  EXPECT_EQ(pad("é", 3), "é  ");
  EXPECT_EQ(pad("é", 3, Align::right), "  é");
  EXPECT_EQ(pad("long", 2), "long");
}

TEST(Text, WrapBreaksAtSpacesAndLongWords) {
  EXPECT_EQ(wrap("one two three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrap("a abcdefgh b", 4), (std::vector<std::string>{"a", "abcd", "efgh", "b"}));
  EXPECT_EQ(wrap("", 4), (std::vector<std::string>{""}));
  for (const std::string& line : wrap("日本語 日本語日本語", 5)) EXPECT_LE(cells(line), 5);
}

TEST(Text, NamesFromFilesCannotSteerTheTerminal) {
  EXPECT_EQ(printable("a\x1b[2Jb\n"), "a\uFFFD[2Jb\uFFFD");
  EXPECT_EQ(printable("ok ✓"), "ok ✓");
  EXPECT_EQ(printable("\xc3"), "\uFFFD");
}

TEST(Text, XmlIsEscaped) {
  EXPECT_EQ(xml_escaped("a<b> & \"c'"), "a&lt;b&gt; &amp; &quot;c&apos;");
  EXPECT_EQ(xml_escaped(std::string("\x01", 1)), "\uFFFD") << "XML has no control characters";
}

}  // namespace
}  // namespace atelier
