// runs_testing.hpp: a workspace with a few runs, and the program called on it.
#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "cli/program.hpp"
#include "track/store.hpp"

namespace atelier::cli::testing {

struct Ran {
  int code = 0;
  std::string out = {}, err = {};
};

/// `worn` (adam, 0.85), `wide` (nadam, 0.90, three epochs), both finished, then `live`, which runs.
class RunsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(folder_);
    store_ = open_store(folder_).value();
    finish("worn", R"({"optimizer":"adam","layers":[256,128],"epochs":1})", {0.85});
    finish("wide", R"({"optimizer":"nadam","layers":[256,128],"epochs":3})", {0.8, 0.91, 0.9});
    live_ =
        store_->begin_run({.id = "live", .config = R"({"optimizer":"sgd","epochs":5})"}, this_worker()).value().ticket;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// A finished run with these validation accuracies.
  void finish(const std::string& id, const std::string& config, const std::vector<double>& accuracies) {
    const NewRun run{.id = id, .config = config, .environment = R"({"validation_samples":6000,"host":"a"})"};
    const Ticket ticket = store_->begin_run(run, this_worker()).value().ticket;
    Progress news{.ticket = ticket};
    for (const double accuracy : accuracies)
      news.epochs.push_back({static_cast<int>(news.epochs.size()) + 1,
                             {{"train_accuracy", accuracy}, {"val_accuracy", accuracy}, {"val_loss", 1 - accuracy}}});
    ASSERT_TRUE(store_->record({&news, 1}).has_value());
    const nlohmann::json summary{
        {"val_accuracy", accuracies.back()}, {"val_loss", 1 - accuracies.back()}, {"epochs", accuracies.size()}};
    ASSERT_TRUE(store_->end(ticket, {.summary = summary.dump()}).has_value());
  }

  Ran run(std::vector<std::string> words, const Terminal& terminal = {}) const {
    words.insert(words.begin(), "runs");
    words.push_back("--workspace=" + folder_.string());
    return run_words(words, terminal);
  }
  static Ran run_words(const std::vector<std::string>& words, const Terminal& terminal = {}) {
    std::ostringstream out, err;
    Console console{out, err, terminal, {}};
    const int code = run_program(words, console);
    return {code, out.str(), err.str()};
  }
  /// The standard output of a call that ends well.
  std::string output(const std::vector<std::string>& words, const Terminal& terminal = {}) const {
    const Ran ran = run(words, terminal);
    EXPECT_EQ(ran.code, 0) << ran.err;
    return ran.out;
  }
  nlohmann::json json(std::vector<std::string> words) const {
    words.emplace_back("--json");
    return nlohmann::json::parse(output(words), nullptr, false);
  }
  /// The first words of each line.
  static std::vector<std::string> heads(const std::string& text) {
    std::vector<std::string> found;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) found.push_back(line.substr(0, line.find_first_of(" ,")));
    return found;
  }

  std::filesystem::path folder_ =
      std::filesystem::path(::testing::TempDir()) / ::testing::UnitTest::GetInstance()->current_test_info()->name();
  std::unique_ptr<Store> store_;
  Ticket live_;
};

}  // namespace atelier::cli::testing
