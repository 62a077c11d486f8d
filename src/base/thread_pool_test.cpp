// thread_pool_test.cpp: every task once, for any number of threads.
#include "base/thread_pool.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace atelier {
namespace {

TEST(ThreadPool, RunsEveryTaskOnce) {
  for (const int threads : {1, 2, 3, 16}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    for (std::size_t count : {0u, 1u, 2u, 7u, 100u}) {
      for (int repeat = 0; repeat < 50; repeat++) {
        std::vector<std::atomic<int>> hits(count);
        pool.run(count, [&](std::size_t i) { hits[i]++; });
        for (const auto& hit : hits) ASSERT_EQ(hit.load(), 1);
      }
    }
  }
}

TEST(ThreadPool, WhatTasksWroteIsSeenByTheCaller) {
  ThreadPool pool(4);
  std::vector<long> squares(1000);
  for (long round = 0; round < 200; round++) {
    pool.run(squares.size(), [&](std::size_t i) { squares[i] = static_cast<long>(i) * round; });
    for (std::size_t i = 0; i < squares.size(); i++) ASSERT_EQ(squares[i], static_cast<long>(i) * round);
  }
}

TEST(FlushDenormals, RestoresTheCallersMode) {
  volatile float tiny = 1e-39f;
  {
    const FlushDenormals flush;
    EXPECT_EQ(tiny * 1.0f, 0.0f);
  }
  EXPECT_NE(tiny * 1.0f, 0.0f);
}

}  // namespace
}  // namespace atelier
