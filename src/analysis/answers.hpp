// answers.hpp: what a network answered on a set of classes, and the figures of it.
#pragma once
#include <string>
#include <vector>

#include "analysis/confusion.hpp"
#include "data/dataset.hpp"
#include "figures/figure.hpp"
#include "tensor/matrix.hpp"

namespace atelier {

/// Probabilities for each sample of a set with classes.
struct Answers {
  Dataset set;
  Matrix<float> probabilities;  ///< [samples, classes], each row a distribution
  std::string what = {};        ///< what was measured, for captions: "run r7k2 on fashion_mnist validation"

  std::size_t size() const { return set.size(); }
  int truth(std::size_t sample) const { return set.label(sample); }
  /// The class with the largest probability, the first of equals.
  int answer(std::size_t sample) const;
  /// What the network gives a class for a sample, in [0, 1].
  double probability(std::size_t sample, int of) const {
    return static_cast<double>(probabilities[sample, static_cast<std::size_t>(of)]);
  }
  bool wrong(std::size_t sample) const { return answer(sample) != truth(sample); }
};

/// "run r7k2 on fashion_mnist validation, 6,000 samples".
std::string caption_of(const Answers& answers);

Result<ConfusionMatrix> confusion_of(const Answers& answers);

/// Kind confusion: classes by likeness, the most confused pairs in words, at the edge one picture of each class where
/// samples are pictures (the one the network is surest and right about).
Result<Figure> confusion_of_answers(const Answers& answers);

/// Kind scores: precision, recall and F1 of each class, the weakest in the title.
Result<Figure> scores_of_answers(const Answers& answers);

}  // namespace atelier
