// tune_bench.cpp: what a proposal costs, by sampler, space and length of the history. The goals: TPE below 1 ms at 1,000
// trials, the Gaussian process below 30 ms at 100 and 200 ms at 250.
#include <benchmark/benchmark.h>

#include "tune/sampler.hpp"

namespace {

using namespace atelier;

Choice list_of(std::initializer_list<const char*> words) {
  Choice choice;
  for (const char* word : words) choice.values.emplace_back(std::string(word));
  return choice;
}

Choice list_of(std::initializer_list<std::int64_t> numbers) {
  Choice choice;
  for (const std::int64_t number : numbers) choice.values.emplace_back(number);
  choice.ordered = true;
  return choice;
}

/// The assignment's own space, with real ranges for the rate and the decay.
Space course() {
  using Shape = Numeric::Shape;
  return {{{"activation", list_of({"sigmoid", "tanh", "ReLU"})},
           {"batch_size", list_of({16, 32, 64})},
           {"epochs", list_of({5, 10})},
           {"hidden_size", list_of({32, 64, 128})},
           {"learning_rate", Numeric{.shape = Shape::log_uniform, .low = 1e-4, .high = 1e-2}},
           {"num_layers", list_of({3, 4, 5})},
           {"optimizer", list_of({"sgd", "momentum", "nag", "rmsprop", "adam", "nadam"})},
           {"weight_decay", Numeric{.shape = Shape::log_uniform, .low = 1e-6, .high = 0.5}},
           {"weight_init", list_of({"random", "Xavier"})}}};
}

/// Real numbers only: the dearest kind.
Space reals(std::size_t dimensions) {
  Space space;
  for (std::size_t d = 0; d < dimensions; d++)
    space.parameters.push_back({std::string(1, static_cast<char>('a' + d)), Numeric{}});
  return space;
}

double loss_of(const Configuration& configuration) {
  double sum = 0;
  for (const auto& [name, value] : configuration) {
    if (const auto* real = std::get_if<double>(&value)) sum += (*real - 0.3) * (*real - 0.3);
    if (const auto* text = std::get_if<std::string>(&value)) sum += 0.1 * static_cast<double>(text->size());
  }
  return sum;
}

void propose(benchmark::State& state, const char* name, const Space& space) {
  std::vector<Observation> history;
  const Sampler random = *sampler("random"), by = *sampler(name);
  const auto trials = static_cast<std::size_t>(state.range(0));
  while (history.size() < trials) {
    const auto next = random.propose({space, history, 1, history.size(), 0}, 0);
    history.push_back({*next, Observation::State::finished, loss_of(*next), 10, 10});
  }
  std::uint64_t seed = 0;
  for (auto _ : state) benchmark::DoNotOptimize(by.propose({space, history, seed++, trials, 0}, 0));
}

BENCHMARK_CAPTURE(propose, random_course, "random", course())->Arg(1000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(propose, sobol_course, "sobol", course())->Arg(1000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(propose, tpe_course, "tpe", course())->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(propose, tpe_10_reals, "tpe", reals(10))->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(propose, gp_course, "gp", course())->Arg(50)->Arg(100)->Arg(250)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(propose, gp_10_reals, "gp", reals(10))->Arg(50)->Arg(100)->Arg(250)->Unit(benchmark::kMillisecond);

void grid_at_the_end_of_the_assignment(benchmark::State& state) {
  Space space = course();
  for (Parameter& parameter : space.parameters)
    if (std::holds_alternative<Numeric>(parameter.domain)) parameter.domain = Choice{{1e-4, 1e-3}, {}, true};
  const Sampler grid = *sampler("grid");
  std::vector<Observation> history;
  for (std::size_t i = 0; i < 6 * 6 * 18; i++) history.push_back({*grid.propose({space, history, 0, i, 0}, 0)});
  for (auto _ : state) benchmark::DoNotOptimize(grid.propose({space, history, 0, history.size(), 0}, 0));
}
BENCHMARK(grid_at_the_end_of_the_assignment)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
