// interpreter.hpp: JavaScript (ES5) by Duktape, bounded in time and memory.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace atelier::detail {

/// One heap with one script in it. The script finds a function `measure(text, size, bold)` that gives a text's width in
/// the pictures' font, and no other way out: no files, no network, no clock but Date. For one thread at a time.
class Interpreter {
 public:
  struct Limits {
    double seconds;         ///< of processor time: each call, and reading the script
    std::size_t megabytes;  ///< of the whole heap
  };

  /// Reads and runs the script. As every call, an Error of kind data whose detail is what JavaScript said.
  static Result<std::unique_ptr<Interpreter>> run(std::string_view script, const Limits& limits);

  /// What a global function returns for two texts. Texts are UTF-8 on both sides; after an Error the interpreter is to
  /// be thrown away, as what it was doing is half done.
  Result<std::string> call(std::string_view function, std::string_view first, std::string_view second);

  ~Interpreter();

 private:
  struct Heap;
  explicit Interpreter(std::unique_ptr<Heap> heap);
  std::unique_ptr<Heap> heap_;
};

/// UTF-8 of a text whose characters beyond U+FFFF are two surrogates of three bytes each (CESU-8), as JavaScript's are
/// in Duktape. A surrogate alone becomes U+FFFD.
std::string utf8_of(std::string_view cesu8);

}  // namespace atelier::detail
