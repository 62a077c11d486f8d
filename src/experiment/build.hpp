// build.hpp: from the words of a recipe to the parts of a training.
#pragma once
#include "base/error.hpp"
#include "data/open.hpp"
#include "experiment/recipe.hpp"
#include "nn/initialisers.hpp"
#include "nn/losses.hpp"
#include "nn/network.hpp"
#include "optim/any_rule.hpp"
#include "train/trainer.hpp"

namespace atelier {

/// Hidden blocks (dense, norm, activation, dropout, skip) and a linear output.
Result<Architecture> architecture_of(const Recipe& recipe, std::size_t inputs, std::size_t outputs);
/// The recipe's loss for classes, mean squared error for regression.
Result<Loss> loss_of(const Recipe& recipe, bool classification);
/// The optimizer with the knobs that the recipe turns and the optimizer has.
Result<AnyRule> rule_of(const Recipe& recipe);
Result<Initialiser> initialiser_of(const Recipe& recipe);
Result<TrainerOptions> trainer_options_of(const Recipe& recipe);
/// A network by the recipe, initialised, and a trainer that stands before its first step on `data`.
Result<Trainer> trainer_of(const Recipe& recipe, const Dataset& data, std::shared_ptr<ThreadPool> pool);
/// The folder `recipe.data`, or the known set `recipe.dataset`.
Result<DataPair> open_data_of(const Recipe& recipe);
/// The number of threads it asks for.
int threads_of(const Recipe& recipe);

/// What an epoch of the recipe costs, in floating-point operations or what takes as long: products, samples brought
/// into a batch, updates of the weights, the evaluation after it. Of the recipe and the shapes alone: the same on every
/// machine.
double work_of(const Recipe& recipe, const Dataset& train, const Dataset& validation);

/// "784 → 256 relu → 128 relu → 10 softmax".
std::string network_text(const Recipe& recipe, std::size_t inputs, std::size_t outputs, bool classification);

}  // namespace atelier
