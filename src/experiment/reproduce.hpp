// reproduce.hpp: the questions of the classic assignment, answered on the real data.
#pragma once
#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/confusion.hpp"
#include "analysis/proportion.hpp"
#include "experiment/session.hpp"
#include "experiment/sweep.hpp"
#include "figures/report.hpp"
#include "figures/samples.hpp"
#include "nn/gradient_check.hpp"

namespace atelier {

struct ReproduceOptions {
  std::filesystem::path folder = "reproduce";  ///< for the report, its pictures, results.json and the trained networks
  bool quick = false;                          ///< fewer epochs and seeds: under a minute on two cores
  std::uint64_t seed = 1;
  std::string dataset = "fashion_mnist", data;  ///< as in Recipe
  int threads = 0;                              ///< 0: all cores; never changes the answers
};

/// What is being done, and how far it is in all.
struct ReproduceWatch {
  std::function<void(const std::string& what, double fraction)> progress = {};
  const std::atomic<bool>* stop = nullptr;
};

/// Question 2: a network, its distribution for one picture, its accuracy.
struct NetworkAnswer {
  Recipe recipe;
  std::string text;
  std::size_t parameters = 0;
  Outcome training;
  std::size_t shown = 0;             ///< position in the test set of the picture below
  std::string truth;                 ///< its class
  std::vector<float> before, after;  ///< its distribution over the classes, untrained and trained
  Figure curves = {};
};

/// Question 3: one optimizer of the race, from the same initial weights and in the same order of samples.
struct Racer {
  std::string optimizer;
  double learning_rate = 0;
  std::vector<EpochReport> history;
  std::string trouble;  ///< why it did not finish; empty when it did
};

/// Questions 4 to 7: the sweep over the assignment's own space.
struct SweepAnswer {
  std::string file;      ///< the sweep file
  SweepOutcome outcome;  ///< trials in the order of their creation
  Recipe best;           ///< of the trial with the best validation accuracy
  std::filesystem::path model;
  std::vector<Figure> search = {}, insight = {};  ///< of Questions 4 and 6
  Figure created = {}, confusion = {};            ///< of Questions 5 and 7
};

/// Question 8: one loss over the seeds, paired with cross-entropy seed by seed.
struct LossAnswer {
  std::string loss;
  std::vector<double> accuracy = {};             ///< validation accuracy after the last epoch, a seed
  std::vector<std::vector<double>> curves = {};  ///< validation accuracy [seed][epoch]
  double mean = 0, mean_difference = 0;
  double half_width = 0;  ///< of the 95 % interval of the mean difference (Student's t)
};

struct Reproduction {
  ReproduceOptions options;
  std::string dataset, checksum;
  std::size_t train = 0, validation = 0, test = 0;
  std::vector<std::string> class_names;
  std::vector<Sample> samples;  ///< one of each class
  Figure sample_figure = {};
  NetworkAnswer network;
  std::vector<GradientCheck> gradients;
  Recipe race_recipe;
  std::vector<Racer> race;
  SweepAnswer sweep;
  std::optional<ConfusionMatrix> confusion;  ///< of the sweep's best model on the test set
  Proportion network_test{};                 ///< accuracy of Question 2's network there
  Recipe loss_recipe;
  std::vector<LossAnswer> losses;
  double seconds = 0;
};

/// The best validation accuracy so far, trial by trial; NaN before the first.
std::vector<double> running_best(const SweepOutcome& outcome);

/// Answers the questions; report, pictures and data are written by `write_report`. The same options give the same
/// answers, whatever the machine, but for the times.
Result<Reproduction> reproduce(const ReproduceOptions& options, const ReproduceWatch& watch);

/// The answers as a report.
Report report_of(const Reproduction& answers);

/// Writes report.html, report.md with its pictures, and results.json into the folder.
Result<void> write_report(const Reproduction& answers);

/// Mean of b - a and the half width of its 95 % interval over pairs (Student's t); without two pairs
/// or more it is infinite.
LossAnswer compare_pairs(std::string loss, const std::vector<double>& reference, std::vector<double> accuracy);

/// "squared_error stays below cross_entropy by 1.20 points (0.90 to 1.50), 5 of 5 pairs", or that it is within noise.
std::string in_words(const LossAnswer& answer, const LossAnswer& reference);

}  // namespace atelier
