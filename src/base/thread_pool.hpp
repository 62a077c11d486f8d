// thread_pool.hpp: threads that take numbered tasks.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <type_traits>
#include <vector>

namespace atelier {

/// A fixed set of threads that run `task(0) .. task(count - 1)` in any order. Which thread runs a task never
/// matters to a caller that wants the same result for any number of threads: tasks are fixed, threads take
/// them. One `run` at a time; `run` allocates nothing. Workers spin briefly between runs and then sleep.
class ThreadPool {
 public:
  /// `threads` in total, the caller's included; at least 1. Fewer where the system gives no more.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  /// Runs task(i) for every i in [0, count); returns when all are done. Tasks must not throw.
  template <class Task>
  void run(std::size_t count, Task&& task) {
    if (workers_.empty() || count <= 1) {
      for (std::size_t i = 0; i < count; i++) task(i);
      return;
    }
    using Body = std::remove_reference_t<Task>;
    call_ = [](void* body, std::size_t i) { (*static_cast<Body*>(body))(i); };
    body_ = const_cast<void*>(static_cast<const void*>(&task));
    run_published(static_cast<std::uint32_t>(count));
  }

 private:
  void run_published(std::uint32_t count);
  bool take(std::uint64_t ticket);
  void work(int spins);
  bool add_worker();
  void stop();

  // The ticket: generation in the high half, tasks not yet taken in the low half. Taking a task is one
  // compare-and-swap, so a late worker can never take one of a finished run.
  alignas(64) std::atomic<std::uint64_t> ticket_{0};
  alignas(64) std::atomic<std::uint32_t> done_{0};
  alignas(64) std::atomic<bool> stopping_{false};
  void (*call_)(void*, std::size_t) = nullptr;
  void* body_ = nullptr;
  int spins_ = 0;
  std::vector<std::jthread> workers_;
};

/// Sets flush-to-zero and denormals-are-zero on this thread and restores the caller's mode at the end:
/// denormal operands cost hundreds of cycles and carry nothing that training needs.
class FlushDenormals {
 public:
  FlushDenormals();
  ~FlushDenormals();
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
  unsigned saved_;
};

}  // namespace atelier
