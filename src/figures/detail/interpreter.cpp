// interpreter.cpp: one Duktape heap, the calls into it, and what it may take.
//
// Duktape leaves a failed call by longjmp. So whatever it runs on our side (the functions given to duk_safe_call, and
// `measure`) holds no object with a destructor while Duktape can fail, and nothing is asked of it outside of them.
#include "figures/detail/interpreter.hpp"

#include <duktape.h>
#include <fmt/format.h>
#include <malloc.h>

#include <cstdlib>
#include <ctime>
#include <limits>

#include "figures/picture.hpp"

namespace atelier::detail {
namespace {

/// The processor time of this thread: a machine that is busy with other things makes no drawing fail.
double seconds_used() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

constexpr double kNever = std::numeric_limits<double>::infinity();

/// What the heap may still take. Debian's Duktape has no hook for time, so that memory is refused when time is over:
/// whatever JavaScript does for long, it allocates.
struct Budget {
  std::size_t most = std::numeric_limits<std::size_t>::max(), used = 0;
  double end = kNever;
  unsigned asked = 0;
  bool late = false, full = false;

  bool allows(std::size_t more) {
    if (++asked % 256 == 0 && seconds_used() > end) late = true;
    const bool fits = used + more <= most;
    full = full || !fits;
    return fits && !late;
  }
};

void* resize(void* budget, void* block, duk_size_t size) {
  auto& b = *static_cast<Budget*>(budget);
  const std::size_t before = block == nullptr ? 0 : malloc_usable_size(block);
  if (size > before && !b.allows(size - before)) return nullptr;
  void* moved = size == 0 ? (std::free(block), nullptr) : std::realloc(block, size);
  if (moved == nullptr && size != 0) return nullptr;
  b.used += (moved == nullptr ? 0 : malloc_usable_size(moved)) - before;
  return moved;
}
void* allocate(void* budget, duk_size_t size) { return resize(budget, nullptr, size); }
void release(void* budget, void* block) { resize(budget, block, 0); }

/// Duktape's own sort draws its pivots at random, so that equals would change places from call to call; that of newer
/// JavaScript, in every browser, is stable. A merge sort; what is undefined comes last.
constexpr std::string_view kStableSort = R"(
Object.defineProperty(Array.prototype, "sort", {configurable: true, writable: true, value: function (compare) {
  function byText(a, b) { a = String(a); b = String(b); return a < b ? -1 : a > b ? 1 : 0; }
  var order = compare || byText, length = this.length, from = [], i;
  for (i = 0; i < length; ++i) if (this[i] !== undefined) from.push(this[i]);
  var count = from.length, to = new Array(count);
  for (var width = 1; width < count; width *= 2) {
    for (var start = 0; start < count; start += 2 * width) {
      var left = start, middle = Math.min(start + width, count), right = middle, end = Math.min(middle + width, count);
      for (i = start; i < end; ++i) {
        to[i] = left < middle && (right >= end || !(order(from[left], from[right]) > 0)) ? from[left++] : from[right++];
      }
    }
    var sorted = to; to = from; from = sorted;
  }
  for (i = 0; i < length; ++i) this[i] = i < count ? from[i] : undefined;
  return this;
}});
)";

double width_of(const char* text, std::size_t length, double size, bool bold) noexcept {
  return text_width(utf8_of({text, length}), size, bold);
}

duk_ret_t measure(duk_context* js) {
  duk_size_t length = 0;
  const char* text = duk_require_lstring(js, 0, &length);
  const double size = duk_require_number(js, 1);
  duk_push_number(js, width_of(text, length, size, duk_to_boolean(js, 2) != 0));
  return 1;
}

/// A global function and what it is given, as bytes.
struct Call {
  std::string_view function, first, second;
};

duk_ret_t make_call(duk_context* js, void* data) {
  const Call& call = *static_cast<const Call*>(data);
  duk_get_global_lstring(js, call.function.data(), call.function.size());
  duk_push_lstring(js, call.first.data(), call.first.size());
  duk_push_lstring(js, call.second.data(), call.second.size());
  duk_call(js, 2);
  duk_require_string(js, -1);
  return 1;
}

duk_ret_t run_script(duk_context* js, void* data) {
  const std::string_view script = *static_cast<const std::string_view*>(data);
  duk_push_c_function(js, measure, 3);
  duk_put_global_string(js, "measure");
  duk_eval_lstring_noresult(js, kStableSort.data(), kStableSort.size());
  duk_push_string(js, "static.js");
  duk_compile_lstring_filename(js, 0, script.data(), script.size());
  duk_call(js, 0);
  duk_push_string(js, "");
  return 1;
}

duk_ret_t tell(duk_context* js, void*) {
  duk_safe_to_string(js, -1);
  return 1;
}

}  // namespace

struct Interpreter::Heap {
  Limits limits;
  Budget budget;
  duk_context* js = nullptr;

  /// Duktape ends the program when it lacks memory for its own start, so that limits come into force behind it.
  explicit Heap(const Limits& most) : limits(most) {
    js = duk_create_heap(allocate, resize, release, &budget, nullptr);
    budget.most = most.megabytes << 20;
  }
  ~Heap() { duk_destroy_heap(js); }
  Heap(const Heap&) = delete;

  /// Runs a function that leaves one text, within the limits.
  Result<std::string> run(duk_safe_call_function function, void* data) {
    if (js == nullptr) return fail(Trouble::data, "the interpreter cannot start", "there is no memory for it");
    budget.full = budget.late = false;
    budget.end = seconds_used() + limits.seconds;
    const bool failed = duk_safe_call(js, function, data, 0, 1) != DUK_EXEC_SUCCESS;
    budget.end = kNever;
    std::string text = failed ? reason() : top();
    duk_pop(js);
    if (failed) return fail(Trouble::data, "the script failed", std::move(text));
    return text;
  }

 private:
  std::string top() const {
    duk_size_t length = 0;
    const char* text = duk_get_lstring(js, -1, &length);
    return text == nullptr ? std::string() : utf8_of({text, length});
  }

  /// Why a call failed, from the error that it left.
  std::string reason() {
    if (budget.late) return fmt::format("it takes longer than {:g} s", limits.seconds);
    if (budget.full) return fmt::format("it takes more than {} MB of memory", limits.megabytes);
    duk_safe_call(js, tell, nullptr, 1, 1);
    return top();
  }
};

Interpreter::Interpreter(std::unique_ptr<Heap> heap) : heap_(std::move(heap)) {}
Interpreter::~Interpreter() = default;

Result<std::unique_ptr<Interpreter>> Interpreter::run(std::string_view script, const Limits& limits) {
  std::unique_ptr<Interpreter> made(new Interpreter(std::make_unique<Heap>(limits)));
  if (auto ran = made->heap_->run(run_script, &script); !ran) return pass_on(ran);
  return made;
}

Result<std::string> Interpreter::call(std::string_view function, std::string_view first, std::string_view second) {
  Call call{function, first, second};
  return heap_->run(make_call, &call);
}

std::string utf8_of(std::string_view cesu8) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(cesu8[at]); };
  // The surrogate that starts here, 0 where none does.
  const auto surrogate = [&](std::size_t at) -> unsigned {
    if (at + 2 >= cesu8.size() || byte(at) != 0xed || byte(at + 1) < 0xa0) return 0;
    return 0xd000u | (byte(at + 1) & 0x3fu) << 6 | (byte(at + 2) & 0x3fu);
  };
  std::string out;
  for (std::size_t at = 0; at < cesu8.size();) {
    const unsigned high = surrogate(at);
    if (high == 0) {
      out += cesu8[at++];
      continue;
    }
    const unsigned low = high < 0xdc00 ? surrogate(at + 3) : 0;
    at += low >= 0xdc00 ? 6 : 3;
    if (low < 0xdc00) {
      out += "\uFFFD";
      continue;
    }
    const unsigned c = 0x10000 + ((high & 0x3ffu) << 10) + (low & 0x3ffu);
    for (const unsigned part : {0xf0 | c >> 18, 0x80 | (c >> 12 & 0x3f), 0x80 | (c >> 6 & 0x3f), 0x80 | (c & 0x3f)})
      out += static_cast<char>(part);
  }
  return out;
}

}  // namespace atelier::detail
