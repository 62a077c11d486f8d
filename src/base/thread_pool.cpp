// thread_pool.cpp: taking, running and waiting.
#include "base/thread_pool.hpp"

#include <system_error>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace atelier {
namespace {

void pause() {
#if defined(__x86_64__)
  _mm_pause();
#endif
}

constexpr std::uint64_t kRemaining = 0xffffffffu;

}  // namespace

ThreadPool::ThreadPool(int threads) {
  const auto cores = static_cast<int>(std::thread::hardware_concurrency());
  spins_ = threads <= cores ? 4000 : 0;  // spinning helps only where every thread has a core
  try {
    for (int i = 1; i < threads && add_worker(); i++) {
    }
  } catch (...) {
    stop();
    throw;
  }
}

ThreadPool::~ThreadPool() { stop(); }

/// One more thread; false when the system gives none: those it gave do the work, with the same result.
bool ThreadPool::add_worker() {
  try {
    workers_.emplace_back([this] { work(spins_); });
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

void ThreadPool::stop() {
  stopping_.store(true);
  ticket_.fetch_add(std::uint64_t{1} << 32);
  ticket_.notify_all();
}

/// Takes and runs one task of the run that `ticket` belongs to; false when none is left.
bool ThreadPool::take(std::uint64_t ticket) {
  const std::uint64_t generation = ticket >> 32;
  while ((ticket & kRemaining) != 0) {
    if (ticket_.compare_exchange_weak(ticket, ticket - 1, std::memory_order_acq_rel)) {
      call_(body_, static_cast<std::size_t>((ticket & kRemaining) - 1));
      done_.fetch_add(1, std::memory_order_release);
      return true;
    }
    if (ticket >> 32 != generation) return false;
  }
  return false;
}

void ThreadPool::run_published(std::uint32_t count) {
  done_.store(0, std::memory_order_relaxed);
  const std::uint64_t generation = (ticket_.load(std::memory_order_relaxed) >> 32) + 1;
  ticket_.store(generation << 32 | count, std::memory_order_release);
  ticket_.notify_all();
  while (take(ticket_.load(std::memory_order_acquire))) {
  }
  for (int spin = 0; done_.load(std::memory_order_acquire) != count; spin++) {
    if (spin < spins_)
      pause();
    else
      std::this_thread::yield();
  }
}

void ThreadPool::work(int spins) {
  const FlushDenormals flush;
  while (!stopping_.load()) {
    const std::uint64_t ticket = ticket_.load(std::memory_order_acquire);
    if (take(ticket)) continue;
    int spin = 0;
    while (spin < spins && ticket_.load(std::memory_order_relaxed) == ticket) spin++, pause();
    if (spin == spins) {
      const std::uint64_t now = ticket_.load(std::memory_order_acquire);
      if ((now & kRemaining) == 0 && !stopping_.load()) ticket_.wait(now);
    }
  }
}

#if defined(__x86_64__)
FlushDenormals::FlushDenormals() : saved_(_mm_getcsr()) { _mm_setcsr(saved_ | 0x8040u); }
FlushDenormals::~FlushDenormals() { _mm_setcsr(saved_); }
#elif defined(__aarch64__)
FlushDenormals::FlushDenormals() {
  std::uint64_t mode;
  asm volatile("mrs %0, fpcr" : "=r"(mode));
  saved_ = static_cast<unsigned>(mode);
  asm volatile("msr fpcr, %0" ::"r"(mode | (1u << 24)));
}
FlushDenormals::~FlushDenormals() { asm volatile("msr fpcr, %0" ::"r"(std::uint64_t{saved_})); }
#else
FlushDenormals::FlushDenormals() : saved_(0) {}
FlushDenormals::~FlushDenormals() = default;
#endif

}  // namespace atelier
