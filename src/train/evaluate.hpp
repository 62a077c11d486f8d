// evaluate.hpp: what a network makes of a data set.
#pragma once
#include <optional>
#include <vector>

#include "base/thread_pool.hpp"
#include "data/dataset.hpp"
#include "nn/batch_pass.hpp"

namespace atelier {

/// Loss and predictions over a whole set, in its order.
struct Evaluation {
  double loss = 0;                 ///< mean over the samples
  std::optional<double> accuracy;  ///< absent for regression
  std::vector<int> predicted;      ///< the class with the largest output; empty for regression
};

/// Evaluates; the network must fit the data (Trainer::create says whether it does). The bits do not depend on the pool.
Evaluation evaluate(const Network<float>& network, const Loss& loss, const Dataset& data, ThreadPool& pool);

/// The same for a network in training: an error of kind Trouble::diverged when the loss is no longer a number.
Result<Evaluation> validate(const Network<float>& network, const Loss& loss, const Dataset& data, ThreadPool& pool);

/// The network's answer for each sample [samples, outputs]: a probability distribution over the classes (softmax),
/// or the values of a regression.
Matrix<float> predict(const Network<float>& network, const Dataset& data, ThreadPool& pool);
/// The same for rows of features [samples, inputs].
Matrix<float> predict(const Network<float>& network, View<const float> features, bool classes, ThreadPool& pool);

}  // namespace atelier
