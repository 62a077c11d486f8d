// batch_pass.hpp: a batch on its way through a network and back.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "base/function_ref.hpp"
#include "base/thread_pool.hpp"
#include "nn/losses.hpp"
#include "nn/network.hpp"

namespace atelier {

/// Writes the features of the batch's row i to x [inputs] and says what it should give.
template <class Real>
using RowSource = FunctionRef<Target<Real>(std::size_t i, std::span<Real> x)>;

/// What a batch came to.
struct BatchScore {
  double loss = 0;          ///< mean over the rows, penalty excluded
  std::size_t correct = 0;  ///< rows whose largest output is their class
};

/// Memory for batches of up to `max_rows`, and the work on them. Slices of kSliceRows rows go through all layers
/// on their own (they meet at each BatchNorm in training); then tiles of the weight gradients reduce the whole
/// batch in a fixed order. Neither depends on the number of threads, so nor do the bits. After construction
/// nothing is allocated.
template <class Real>
class BatchPass {
 public:
  enum class For { training, evaluation };
  BatchPass(const Network<Real>& shape, std::size_t max_rows, For use);

  std::size_t max_rows() const { return max_rows_; }
  /// What a pass for training would take, in bytes.
  static double bytes_for(const Network<Real>& shape, std::size_t max_rows);

  /// Forward, loss and backward in training mode; `step` and `seed` decide what dropout drops. Running statistics
  /// of the network move. Afterwards `tile_gradient` may be called.
  BatchScore train(ThreadPool& pool, Network<Real>& network, const Loss& loss, std::size_t rows, RowSource<Real> source,
                   std::uint64_t seed, std::int64_t step);
  /// Forward and loss, in evaluation mode.
  BatchScore evaluate(ThreadPool& pool, const Network<Real>& network, const Loss& loss, std::size_t rows,
                      RowSource<Real> source);
  /// Forward alone, in evaluation mode; see `outputs`.
  void predict(ThreadPool& pool, const Network<Real>& network, std::size_t rows, RowSource<Real> source);

  /// The gradient of one tile after `train`: out [tile.count], laid out as the parameters are.
  void tile_gradient(const Network<Real>& network, const Tile& tile, Real* out) const;

  /// The network's outputs [rows, outputs] of the last batch.
  View<const Real> outputs() const { return values(values_.size(), 0, rows_); }
  /// The outputs of one layer of the last batch.
  View<const Real> layer_outputs(std::size_t layer) const { return values(layer + 1, 0, rows_); }
  /// The first layer with an output that is not finite in the last batch.
  std::optional<std::size_t> first_not_finite() const;

 private:
  struct Job;
  View<const Real> values(std::size_t index, std::size_t first, std::size_t rows) const;
  LayerPass<Real> pass_of(const Job& job, std::size_t layer, std::size_t slice);
  void gather(const Job& job, std::size_t slice);
  void forward(const Job& job, std::size_t from, std::size_t to, std::size_t slice);
  void score(const Job& job, std::size_t slice);
  void backward(const Job& job, std::size_t from, std::size_t to, std::size_t slice);
  BatchScore run(const Job& job);
  BatchScore total() const;

  std::size_t max_rows_, rows_ = 0, vector_size_;
  Matrix<Real> input_;
  std::vector<Matrix<Real>> values_;      // a layer's outputs
  std::vector<Matrix<Real>> gradients_;   // shared by a dense layer and what follows it in place
  std::vector<std::size_t> gradient_of_;  // index into gradients_ for values 0 .. layers
  std::vector<Matrix<Real>> saved_;
  std::vector<std::size_t> cuts_;      // layers that need the whole batch
  Buffer<Real> partials_;              // [slices, vector_size]
  Buffer<Real> moments_;               // [slices, widest cut]
  std::vector<Buffer<double>> batch_;  // a layer's whole-batch statistics
  std::size_t moments_size_ = 0;
  std::vector<Target<Real>> targets_;
  Buffer<double> row_loss_;
  std::vector<std::uint8_t> row_correct_;
};

extern template class BatchPass<float>;
extern template class BatchPass<double>;

}  // namespace atelier
