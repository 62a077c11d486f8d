// recipe.hpp: everything that decides a training, as a value.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace atelier {

/// One training, fully described: the same recipe on the same data gives the same bits. Names of layers,
/// activations, losses, initialisers, optimizers and schedules are those of the catalogs.
struct Recipe {
  // data
  std::string dataset = "fashion_mnist";  ///< a known set, when `data` is empty
  std::string data;                       ///< a folder of IDX files
  double validation = 0.1;                ///< share of the training set held out, in (0, 1)
  std::uint64_t split_seed = 1;

  // network
  std::vector<int> layers{256, 128};  ///< hidden widths
  std::string activation = "relu";
  std::string norm = "none";  ///< none, batch, layer
  double dropout = 0;         ///< share of hidden values dropped, in [0, 1)
  double input_dropout = 0;
  bool residual = false;  ///< skip connections around hidden blocks of equal width
  std::string init = "he_normal";
  double init_scale = 0;  ///< spread of zeros-mean normal/uniform/random; 0: the initialiser's own

  // learning
  std::string loss = "cross_entropy";  ///< regression data take mean squared error whatever stands here
  double label_smoothing = 0;
  std::string optimizer = "adam";
  std::optional<double> learning_rate;                          ///< absent: the optimizer's own default
  std::optional<double> momentum, beta, beta1, beta2, epsilon;  ///< absent: the rule's default
  std::map<std::string, double> knobs;    ///< further knobs of the optimizer by name, such as eve's beta3
  double weight_decay = 0;                ///< L2 in the loss: adds lambda * w to the gradient of every weight
  std::optional<double> decoupled_decay;  ///< absent: the optimizer's own default
  double clip_norm = 0, clip_value = 0;   ///< 0: off
  std::string schedule = "cosine";        ///< constant, step, exponential, cosine, one_cycle
  double warmup = 0;                      ///< epochs of linear warm-up
  double schedule_factor = 0.1;           ///< step: factor a drop; exponential: factor over the whole run
  double schedule_every = 10;             ///< step: epochs between drops
  double averaging = 0;                   ///< decay of the exponential average of weights, in [0, 1); 0: off
  int batch_size = 128;
  int epochs = 10;
  int patience = 0;  ///< epochs without a better validation score before stopping; 0: never
  std::uint64_t seed = 1;
  int threads = 0;     ///< 0: as many as the machine has cores; never changes the result
  bool probes = true;  ///< record what each layer does, every epoch; never changes the result

  // for the record
  std::string wandb_project, wandb_entity;
};

}  // namespace atelier
