// search_bench.cpp: how good the searches are. `run` lets our samplers search, one trial after the other; `judge` does
// the scoring for a search outside, which sends configurations as JSON lines and is answered with losses.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <set>

#include "base/error.hpp"
#include "objective.hpp"

using namespace atelier;

namespace {

struct Job {
  std::vector<std::string> objectives, methods;
  std::uint64_t first = 0, seeds = 30, trials = 200;
};

/// One search: what has been tried is asked for again with a higher attempt, as in a sweep.
Result<Judge> search(const Objective& objective, const std::string& method, std::uint64_t seed, std::uint64_t trials) {
  Judge judge(objective, seed);
  std::vector<Observation> history;
  std::set<std::string> tried;
  while (judge.trials() < trials) {
    const auto by = sampler_for(method, objective.space, judge.trials());
    if (!by) return pass_on(by);
    const Ask ask{objective.space, history, seed, judge.trials(), trials};
    std::uint64_t attempt = 0;
    auto proposal = by->propose(ask, attempt);
    while (proposal && !tried.insert(fingerprint(*proposal)).second) proposal = by->propose(ask, ++attempt);
    if (!proposal) break;
    const auto loss = judge.tell(*proposal);
    if (!loss) return pass_on(loss);
    history.push_back({std::move(*proposal), Observation::State::finished, *loss, 1, 1});
  }
  return judge;
}

Result<void> run(const Places& places, const Job& job) {
  for (std::uint64_t seed = job.first; seed < job.first + job.seeds; seed++)
    for (const std::string& name : job.objectives)
      for (const std::string& method : job.methods) {
        auto traces = Traces::open(places, name, method);
        if (!traces) return pass_on(traces);
        if (traces->has(seed, job.trials)) continue;
        const auto what = objective(places, name);
        if (!what) return pass_on(what);
        const auto judge = search(*what, method, seed, job.trials);
        if (!judge) return pass_on(judge);
        if (auto added = traces->add(seed, judge->trace()); !added) return added;
        std::cerr << fmt::format("{} {} seed {}\n", name, method, seed);
      }
  return {};
}

/// Says first how many trials are wanted: 0 when the traces hold this search already.
Result<void> judge(const Places& places, const Job& job) {
  auto traces = Traces::open(places, job.objectives.at(0), job.methods.at(0));
  if (!traces) return pass_on(traces);
  const bool there = traces->has(job.first, job.trials);
  std::cout << (there ? 0 : job.trials) << std::endl;
  if (there) return {};
  const auto what = objective(places, job.objectives[0]);
  if (!what) return pass_on(what);
  Judge judge(*what, job.first);
  std::string line;
  while (judge.trials() < job.trials && std::getline(std::cin, line)) {
    const auto configuration = configuration_from_json(nlohmann::json::parse(line, nullptr, false));
    if (!configuration) return pass_on(configuration);
    const auto loss = judge.tell(*configuration);
    if (!loss) return pass_on(loss);
    std::cout << fmt::format("{}", *loss) << std::endl;
  }
  if (judge.trials() < job.trials) return fail(Trouble::interrupted, "the search ended before its last trial");
  return traces->add(job.first, judge.trace());
}

}  // namespace

int main(int count, char** words) {
  CLI::App app("How good the searches are");
  Places places;
  Job job;
  std::string set;
  app.require_subcommand(1);
  CLI::App* running = app.add_subcommand("run", "let our samplers search");
  CLI::App* judging = app.add_subcommand("judge", "score a search outside, by standard input and output");
  for (CLI::App* one : {running, judging}) {
    one->add_option("--objectives", job.objectives, "their names")->delimiter(',');
    one->add_option("--methods", job.methods, "samplers, or the name of the search outside")
        ->delimiter(',')
        ->required();
    one->add_option("--first", job.first, "the first seed");
    one->add_option("--trials", job.trials, "trials of a search");
    one->add_option("--list", places.list, "the list of objectives");
    one->add_option("--own", places.own, "the table of our own trainings");
    one->add_option("--tables", places.tables, "folder of the public tables");
    one->add_option("--traces", places.traces, "folder of the traces");
  }
  running->add_option("--seeds", job.seeds, "how many");
  running->add_option("--set", set, "all objectives of a set: test, held_back");
  CLI11_PARSE(app, count, words);
  Result<void> done;
  if (!set.empty()) {
    auto names = names_of(places, set);
    if (names)
      job.objectives = *names;
    else
      done = pass_on(names);
  }
  if (done) done = *running ? run(places, job) : judge(places, job);
  if (!done) std::cerr << describe(done.error()) << '\n';
  return done ? 0 : 1;
}
