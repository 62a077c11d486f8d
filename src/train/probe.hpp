// probe.hpp: what goes on inside a network while it learns, layer by layer.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/thread_pool.hpp"
#include "data/dataset.hpp"
#include "nn/batch_pass.hpp"

namespace atelier {

/// Equal bins of [low, high]; the last one has both its ends. Values that are all alike are in the first.
struct Histogram {
  static constexpr std::size_t kBins = 32;
  double low = 0, high = 0;
  std::array<std::int64_t, kBins> counts{};
};

/// One layer with a matrix of weights, and the values that come out of it.
struct LayerProbe {
  double gradient = 0;             ///< norm of the loss's gradient by the weights, penalty excluded
  std::optional<double> update;    ///< |W - W before| / |W before| of one step
  double norm = 0;                 ///< |W|
  double mean = 0, deviation = 0;  ///< of the layer's values, after its activation, over units and samples
  std::optional<double> dead;      ///< share of the units that let no gradient through on any sample
  std::optional<double>
      saturated;  ///< share of the units that are at an end of their activation on 95 % of the samples
  Histogram weights;
};

/// Looks at a network through a fixed batch of the samples it learns from. What it sees is a function of weights, batch
/// and loss alone: it may look behind a training, from a copy of its weights, and the training is the same with it or
/// without. Norms are Frobenius norms.
///
/// Values are those of evaluation, so that running statistics and dropout do not blur them; the gradient is that of a
/// training step, dropout included (the same units each time). A unit is dead when its activation is flat at one end
/// only (relu, elu, gelu) and its slope is below 1/1000 of the steepest on every sample: sparse is not dead. A unit is
/// saturated when its activation is flat at both ends (sigmoid, tanh) and its slope is below 1/50 of the steepest,
/// which is |tanh| > 0.99, on 95 % of the samples. An activation that is never flat has neither.
class Prober {
 public:
  /// `network` gives the architecture, and the weights that the first look sees. The batch is chosen by chance, the
  /// same one for the same data. `samples` is clipped to the size of the set.
  Prober(Network<float> network, const Dataset& train, const Loss& loss, std::size_t samples = 256);

  /// The network as it was given, so only before any other look.
  std::vector<LayerProbe> look();
  /// The network with these parameters and running statistics, in its layout. `before`: the parameters one step
  /// earlier, or none.
  std::vector<LayerProbe> look(std::span<const float> parameters, std::span<const double> running,
                               std::span<const float> before);

 private:
  std::vector<LayerProbe> see(std::span<const float> before);
  void see_weights(std::size_t block, std::span<const float> before, LayerProbe& probe) const;
  void see_gradient(std::size_t block, LayerProbe& probe) const;

  Network<float> network_;
  Dataset batch_;
  Loss loss_;
  ThreadPool pool_{1};
  BatchPass<float> pass_;
};

}  // namespace atelier
