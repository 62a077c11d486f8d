// confusion.hpp: which classes a network takes for which, and the scores that follow.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/proportion.hpp"
#include "base/error.hpp"
#include "figures/figure.hpp"
#include "figures/terminal.hpp"

namespace atelier {

/// How often each class was answered for each true class.
class ConfusionMatrix {
 public:
  /// Counts truth[i] against answers[i]; an Error when the lengths differ or a label lies outside [0, classes).
  static Result<ConfusionMatrix> of(std::span<const std::int32_t> truth, std::span<const std::int32_t> answers,
                                    std::size_t classes);

  std::size_t classes() const { return classes_; }
  std::uint64_t operator[](std::size_t truth, std::size_t answer) const { return counts_[truth * classes_ + answer]; }
  std::uint64_t total() const;
  std::uint64_t hits() const;
  std::uint64_t row(std::size_t truth) const;      ///< samples of this class
  std::uint64_t column(std::size_t answer) const;  ///< answers that name this class
  Proportion accuracy() const { return proportion(hits(), total()); }

 private:
  explicit ConfusionMatrix(std::size_t classes) : classes_(classes), counts_(classes * classes) {}

  std::size_t classes_;
  std::vector<std::uint64_t> counts_;
};

/// Scores in [0, 1]; none where the fraction is 0 / 0, which listings show as a dash.
struct ClassScores {
  std::optional<double> precision = {};  ///< of the answers that name the class, how many are right
  std::optional<double> recall = {};     ///< of the class, how much is found
  std::optional<double> f1 = {};         ///< 2 hits / (samples + answers), their harmonic mean
  std::uint64_t samples = 0;
};

struct Scores {
  Proportion accuracy;
  std::vector<ClassScores> classes = {};
  ClassScores macro = {};  ///< plain means over the classes where a score is defined; samples: all
};

Scores scores(const ConfusionMatrix& matrix);

/// Two classes taken for each other; `a` is the one that is mistaken more often.
struct ConfusedPair {
  std::size_t a, b;
  std::uint64_t a_as_b, b_as_a;
};

/// The pairs with the most mistakes, at most so many, none without a mistake; of equals, lower numbers first.
std::vector<ConfusedPair> most_confused(const ConfusionMatrix& matrix, std::size_t at_most);

/// The pair in words: "“Shirt” is called “Coat” in 112 of 1,000 cases; “Coat” is called “Shirt” in 98 of 1,000".
std::string in_words(const ConfusedPair& pair, const ConfusionMatrix& matrix, std::span<const std::string> names);

/// The classes ordered so that those taken for each other stand side by side.
std::vector<std::size_t> likeness_order(const ConfusionMatrix& matrix);

/// Kind confusion: accuracy and interval in its title, classes by likeness, the worst pairs in words. `names` has one
/// name a class; `caption` says what was measured ("fashion_mnist test, 10,000 pictures"); `pictures`, where there are
/// any, has one data URI a class for the edge, and an empty one leaves its place free.
Figure confusion_figure(const ConfusionMatrix& matrix, std::span<const std::string> names, std::string caption,
                        std::span<const std::string> pictures = {});

/// The matrix for the terminal, classes by likeness, its ground coloured by share of the row where there are colours.
/// One line that says so when the window is too narrow for it.
std::string confusion_table(const ConfusionMatrix& matrix, std::span<const std::string> names,
                            const Terminal& terminal);

/// Precision, recall and F1 a class and their means, as a table for the terminal.
std::string scores_table(const Scores& scores, std::span<const std::string> names, const Terminal& terminal);

}  // namespace atelier
