// interpreter_test.cpp: what comes back, what goes wrong, and what is stopped.
#include "figures/detail/interpreter.hpp"

#include <gtest/gtest.h>

#include "figures/picture.hpp"

namespace atelier::detail {
namespace {

constexpr Interpreter::Limits kAmple{.seconds = 60, .megabytes = 64};

/// What f(a, b) gives, or why there is none.
std::string answer(std::string_view script, std::string_view a, std::string_view b, const Interpreter::Limits& limits) {
  auto js = Interpreter::run(script, limits);
  if (!js) return "no script: " + js.error().detail;
  auto text = (*js)->call("f", a, b);
  return text ? *text : "failed: " + text.error().detail;
}
std::string answer(std::string_view script, std::string_view a = "", std::string_view b = "") {
  return answer(script, a, b, kAmple);
}

TEST(Interpreter, TextsInTextOut) {
  EXPECT_EQ(answer("function f(a, b) { return b + a; }", "1", "2"), "21");
  EXPECT_EQ(answer("function f(a, b) { return a + JSON.parse(b); }", "é “ ", R"("\ud83d\ude42")"), "é “ 🙂");
}

TEST(Interpreter, ErrorsAreValues) {
  EXPECT_EQ(answer("function f("), "no script: SyntaxError: expected identifier (line 1, end of input)");
  EXPECT_EQ(answer("throw new Error('no');"), "no script: Error: no");
  EXPECT_EQ(answer("function f() { return null.x; }").substr(0, 18), "failed: TypeError:");
  EXPECT_EQ(answer("function f() { throw 'a plain text'; }"), "failed: a plain text");
  EXPECT_EQ(answer("function f() { throw {toString: function() { throw 1; }}; }").substr(0, 8), "failed: ");
  EXPECT_EQ(answer("function f() { return 1; }").substr(0, 18), "failed: TypeError:") << "a text is asked for";
  EXPECT_EQ(answer("var g;").substr(0, 18), "failed: TypeError:");
  EXPECT_EQ(answer("function f() { return f() + 1; }").substr(0, 19), "failed: RangeError:");
}

TEST(Interpreter, WhatTakesTooLongIsStopped) {
  const Interpreter::Limits brief{.seconds = 0.05, .megabytes = 64};
  EXPECT_EQ(answer("", "", "", {.seconds = 0, .megabytes = 64}).substr(0, 10), "no script:")
      << "nor does the start end it all";
  EXPECT_EQ(answer("function f() { for (;;) [1, 2]; }", "", "", brief), "failed: it takes longer than 0.05 s");
  EXPECT_EQ(answer("function f() { for (;;) try { for (;;) f.x = {}; } catch (e) { g(); } }", "", "", brief),
            "failed: it takes longer than 0.05 s");
}

TEST(Interpreter, WhatTakesTooMuchMemoryIsStopped) {
  const Interpreter::Limits small{.seconds = 60, .megabytes = 2};
  EXPECT_EQ(answer("function f() { for (var a = [];;) a.push({}); }", "", "", small),
            "failed: it takes more than 2 MB of memory");
  EXPECT_EQ(answer("function f(a) { return a; }", std::string(3 << 20, 'x'), "", small),
            "failed: it takes more than 2 MB of memory");
  EXPECT_EQ(answer("function f() { for (var i = 0; i < 1e5; i++) [1, 2, 3]; return 'ok'; }", "", "", small), "ok")
      << "what is let go of is collected";
  EXPECT_EQ(answer("", "", "", {.seconds = 60, .megabytes = 0}).substr(0, 10), "no script:");
}

TEST(Interpreter, MeasuresText) {
  const auto width = [](const char* call) {
    return std::stod(answer(std::string("function f() { return String(") + call + "); }"));
  };
  EXPECT_DOUBLE_EQ(width("measure('Ankle boot', 12, false)"), text_width("Ankle boot", 12));
  EXPECT_DOUBLE_EQ(width("measure('Ankle boot', 12, true)"), text_width("Ankle boot", 12, true));
  EXPECT_EQ(width("measure('x', NaN, false)"), 0);
  EXPECT_EQ(width("measure('', 12, false)"), 0);
  EXPECT_EQ(answer("function f() { return measure({}, 1); }").substr(0, 18), "failed: TypeError:");
}

TEST(Interpreter, SortsAsEveryBrowserDoes) {
  const char* script = R"(function f(a) {
    var values = JSON.parse(a), keyed = [], i;
    for (i = 0; i < 1000; ++i) keyed.push({key: i * 7 % 3, at: i});
    keyed.sort(function (a, b) { return a.key - b.key; });
    for (i = 1; i < 1000; ++i)
      if (keyed[i - 1].key > keyed[i].key || keyed[i - 1].key === keyed[i].key && keyed[i - 1].at > keyed[i].at)
        return "equals change places at " + i;
    for (var name in []) return "what is added to arrays is seen: " + name;
    return JSON.stringify([values.sort(), [3, undefined, 1].sort(), [].sort(), [1, 2, 3].sort(function (a, b) {
      return b - a; })]);
  })";
  EXPECT_EQ(answer(script, R"(["b", 10, 9, "a", null])"), R"([[10,9,"a","b",null],[1,3,null],[],[3,2,1]])");
}

TEST(Interpreter, Surrogates) {
  EXPECT_EQ(utf8_of("a\xed\xa0\xbd\xed\xb9\x82z"), "a🙂z");
  EXPECT_EQ(utf8_of("\xed\xa0\xbd"), "\uFFFD");
  EXPECT_EQ(utf8_of("\xed\xb9\x82x"), "\uFFFDx");
  EXPECT_EQ(utf8_of("\xed\xa0\xbd\xed\xa0\xbd\xed\xb9\x82"), "\uFFFD🙂");
  EXPECT_EQ(utf8_of("\xed\x9f\xbf…"), "\xed\x9f\xbf…") << "the last character before the surrogates";
  EXPECT_EQ(utf8_of("\xed\xa0"), "\xed\xa0");
}

}  // namespace
}  // namespace atelier::detail
