// network.hpp: an architecture as a value, and a network as one flat buffer of parameters.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "kernels/product.hpp"
#include "nn/initialisers.hpp"
#include "nn/layers/activate.hpp"
#include "nn/layers/batch_norm.hpp"
#include "nn/layers/dense.hpp"
#include "nn/layers/dropout.hpp"
#include "nn/layers/layer_norm.hpp"
#include "nn/layers/residual.hpp"

namespace atelier {

/// The catalog of layers. A new one is one file in layers/ and one word here.
using Layer = std::variant<Dense, Activate, Dropout, BatchNorm, LayerNorm, Residual>;

/// What a network is, before it has parameters.
struct Architecture {
  std::size_t inputs = 0;     ///< features a sample
  std::vector<Layer> layers;  ///< the last one gives the outputs: logits of the classes, or values
};

/// "784 → 256 relu → 128 relu → 10".
std::string describe(const Architecture& architecture);

/// A trainable block and where it lies in the flat buffer.
struct Block {
  std::size_t layer;
  ParameterSpec spec;
  std::size_t offset, size;  ///< in values, padding included
};

/// A contiguous piece of the flat buffer that one task updates: 64 rows of one panel, or a run of a vector.
struct Tile {
  std::size_t block;
  std::size_t row, rows, column, width;  ///< of the matrix; for vectors row = 0, rows = 1
  std::size_t offset, count;             ///< in the flat buffer
};

/// Where the things of one layer lie.
struct Placement {
  std::size_t inputs, outputs;
  std::size_t first_block = 0, blocks = 0;
  std::size_t parameters = 0;    ///< offset in the flat buffer
  std::size_t partials = 0;      ///< offset in a slice's sums for vector parameters
  std::size_t running = 0;       ///< offset in the running statistics
  std::size_t mirror = 0;        ///< offset of its transposed panels
  bool passes_gradient = false;  ///< something before it wants the gradient at its input
};

/// Where everything of a network lies, before any memory is taken for it.
struct Layout {
  std::vector<Placement> placements;
  std::vector<Block> blocks;
  std::size_t parameters = 0;   ///< values in the flat buffer
  std::size_t mirror = 0;       ///< values in transposed panels
  std::size_t vector_size = 0;  ///< values of all vector blocks, padded
  std::size_t running = 0;      ///< running statistics
};

/// Lays a network out. Errors: no inputs, a width out of range, a residual connection between different widths.
Result<Layout> lay_out(const Architecture& architecture);

/// Parameters with the architecture that gives them meaning. Float is what trains; double runs the same code on
/// the reference kernels, to check gradients. Move-only; `clone()` copies on purpose. Reading is safe from any
/// thread.
template <class Real>
class Network {
 public:
  /// Lays out and initialises: weights by `init`, from (seed, layer, position) alone; biases 0, gains 1. Errors:
  /// those of `lay_out`, and more memory than the machine has.
  static Result<Network> build(Architecture architecture, const Initialiser& init, std::uint64_t seed);

  const Architecture& architecture() const { return architecture_; }
  std::size_t inputs() const { return architecture_.inputs; }
  std::size_t outputs() const { return layout_.placements.empty() ? inputs() : layout_.placements.back().outputs; }
  std::span<const Placement> placements() const { return layout_.placements; }
  std::span<const Block> blocks() const { return layout_.blocks; }
  std::span<const Tile> tiles() const { return tiles_; }
  std::size_t parameter_count() const;  ///< trainable values, padding excluded
  std::size_t vector_size() const { return layout_.vector_size; }

  /// The flat buffer, padding included. After writing to it, call `refresh()`.
  std::span<Real> parameters() { return parameters_.span(); }
  std::span<const Real> parameters() const { return parameters_.span(); }
  /// Running statistics of normalising layers.
  std::span<double> running() { return running_.span(); }
  std::span<const double> running() const { return running_.span(); }
  const Real* mirror(std::size_t layer) const { return mirror_.data() + layout_.placements[layer].mirror; }

  /// Copies a block in or out as a plain row-major matrix [rows, cols].
  std::vector<Real> block_values(std::size_t block) const;
  void set_block(std::size_t block, std::span<const Real> values);

  /// Restores what follows from a tile's parameters: zeros in the padding, transposed panels.
  void refresh(const Tile& tile);
  void refresh();

  Network clone() const;

 private:
  Network() = default;
  void cut_tiles();
  void initialise(const Initialiser& init, std::uint64_t seed);

  Architecture architecture_;
  Layout layout_;
  std::vector<Tile> tiles_;
  Buffer<Real> parameters_, mirror_;
  Buffer<double> running_;
};

extern template class Network<float>;
extern template class Network<double>;

}  // namespace atelier
