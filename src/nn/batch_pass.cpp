// batch_pass.cpp: slices forward and back, tiles of gradients.
#include "nn/batch_pass.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace atelier {
namespace {

/// The position of the largest value, the first of equals.
template <class Real>
[[gnu::always_inline]] inline std::size_t largest(const Real* z, std::size_t n) {
  std::size_t best = 0;
  for (std::size_t j = 1; j < n; j++) best = z[j] > z[best] ? j : best;
  return best;
}

}  // namespace

/// One call's arguments.
template <class Real>
struct BatchPass<Real>::Job {
  ThreadPool& pool;
  const Network<Real>& network;
  double* running = nullptr;   // given in training: running statistics may move
  const Loss* loss = nullptr;  // absent: outputs alone are wanted
  RowSource<Real> source;
  Mode mode = Mode::evaluation;
  std::uint64_t seed = 0;
  std::int64_t step = 0;

  std::size_t layers() const { return network.placements().size(); }
};

template <class Real>
BatchPass<Real>::BatchPass(const Network<Real>& shape, std::size_t max_rows, For use)
    : max_rows_(max_rows),
      vector_size_(shape.vector_size()),
      input_(max_rows, shape.inputs()),
      targets_(max_rows),
      row_loss_(max_rows),
      row_correct_(max_rows) {
  const bool training = use == For::training;
  const std::size_t slices = (max_rows + kSliceRows - 1) / kSliceRows;
  gradient_of_.push_back(0);
  gradients_.emplace_back(training ? max_rows : 0, shape.inputs());
  for (std::size_t l = 0; l < shape.placements().size(); l++) {
    const Placement& place = shape.placements()[l];
    const Layer& layer = shape.architecture().layers[l];
    values_.emplace_back(max_rows, place.outputs);
    saved_.emplace_back(max_rows, std::visit([&](const auto& x) { return x.saved_width(place.inputs); }, layer));
    batch_.emplace_back();
    if (std::holds_alternative<Dense>(layer)) gradients_.emplace_back(training ? max_rows : 0, place.outputs);
    gradient_of_.push_back(gradients_.size() - 1);
    if (std::visit([](const auto& x) { return WholeBatch<std::remove_cvref_t<decltype(x)>>; }, layer)) {
      cuts_.push_back(l);
      batch_.back() = Buffer<double>(4 * round_up(place.inputs, kLanes));
      moments_size_ = std::max(moments_size_, 2 * round_up(place.inputs, kLanes));
    }
  }
  if (!training) gradients_.back() = Matrix<Real>(max_rows, shape.outputs());  // where the loss writes
  partials_ = Buffer<Real>(training ? slices * vector_size_ : 0);
  moments_ = Buffer<Real>(training ? slices * moments_size_ : 0);
}

template <class Real>
double BatchPass<Real>::bytes_for(const Network<Real>& shape, std::size_t max_rows) {
  double values = 2 * static_cast<double>(shape.inputs());
  for (std::size_t l = 0; l < shape.placements().size(); l++) {
    const Placement& place = shape.placements()[l];
    const auto saved =
        std::visit([&](const auto& x) { return x.saved_width(place.inputs); }, shape.architecture().layers[l]);
    values += 2 * static_cast<double>(place.outputs) + static_cast<double>(saved);
  }
  return values * static_cast<double>(max_rows) * sizeof(Real);
}

template <class Real>
View<const Real> BatchPass<Real>::values(std::size_t index, std::size_t first, std::size_t rows) const {
  return (index == 0 ? input_ : values_[index - 1]).view().slice(first, rows);
}

template <class Real>
LayerPass<Real> BatchPass<Real>::pass_of(const Job& job, std::size_t l, std::size_t slice) {
  const Placement& place = job.network.placements()[l];
  const std::size_t first = slice * kSliceRows, rows = std::min(kSliceRows, rows_ - first);
  LayerPass<Real> p{.mode = job.mode, .first_row = first, .batch_rows = rows_, .step = job.step};
  p.parameters = job.network.parameters().data() + place.parameters;
  p.mirror = job.network.mirror(l);
  p.x = values(l, first, rows);
  p.y = values_[l].view().slice(first, rows);
  p.saved = saved_[l].view().slice(first, rows);
  if (job.mode == Mode::training) {
    p.dy = gradients_[gradient_of_[l + 1]].view().slice(first, rows);
    if (place.passes_gradient) p.dx = gradients_[gradient_of_[l]].view().slice(first, rows);
    p.partials = partials_.data() + slice * vector_size_ + place.partials;
    p.moments = moments_.data() + slice * moments_size_;
    p.random = Philox(job.seed, stream::of(stream::dropout, l));
  }
  p.batch = batch_[l].data();
  p.running = job.network.running().data() + place.running;
  if (job.running) p.running_next = job.running + place.running;
  if (const auto* residual = std::get_if<Residual>(&job.network.architecture().layers[l])) {
    p.skip = values(l - residual->span, first, rows);
  }
  return p;
}

template <class Real>
void BatchPass<Real>::gather(const Job& job, std::size_t slice) {
  const std::size_t first = slice * kSliceRows, last = std::min(first + kSliceRows, rows_);
  for (std::size_t i = first; i < last; i++) targets_[i] = job.source(i, input_.row(i));
}

template <class Real>
void BatchPass<Real>::forward(const Job& job, std::size_t from, std::size_t to, std::size_t slice) {
  for (std::size_t l = from; l < to; l++) {
    const LayerPass<Real> p = pass_of(job, l, slice);
    std::visit([&](const auto& layer) { layer.forward(p); }, job.network.architecture().layers[l]);
  }
}

template <class Real>
void BatchPass<Real>::score(const Job& job, std::size_t slice) {
  const std::size_t first = slice * kSliceRows, rows = std::min(kSliceRows, rows_ - first);
  const std::size_t n = job.network.outputs();
  const View<const Real> z = values(job.layers(), first, rows);
  const View<Real> d = gradients_.back().view().slice(first, rows);
  const Real scale = 1 / static_cast<Real>(rows_);
  std::visit(
      [&](const auto& loss) {
        per_isa([&] {
          for (std::size_t i = 0; i < rows; i++) {
            const Target<Real>& target = targets_[first + i];
            row_loss_[first + i] = loss.row(z.row(i), n, target, scale, d.row(i));
            if (std::any_of(d.row(i), d.row(i) + n, [](Real g) { return !std::isfinite(g); })) {
              row_loss_[first + i] = std::numeric_limits<double>::quiet_NaN();
            }
            row_correct_[first + i] = static_cast<int>(largest(z.row(i), n)) == target.label;
          }
        });
      },
      *job.loss);
}

template <class Real>
void BatchPass<Real>::backward(const Job& job, std::size_t from, std::size_t to, std::size_t slice) {
  for (std::size_t l = to; l-- > from;) {
    const Placement& place = job.network.placements()[l];
    if (!place.passes_gradient && place.blocks == 0) continue;  // nobody asks
    const LayerPass<Real> p = pass_of(job, l, slice);
    std::visit([&](const auto& layer) { layer.backward(p); }, job.network.architecture().layers[l]);
    for (std::size_t r = l; r < job.layers(); r++) {
      const auto* residual = std::get_if<Residual>(&job.network.architecture().layers[r]);
      if (!residual || r - residual->span != l || !p.dx.data) continue;
      const View<Real> kept = saved_[r].view().slice(p.first_row, p.x.rows);
      for_rows(p.x.rows, [&](std::size_t i) {
        const Real* __restrict k = kept.row(i);
        Real* __restrict d = p.dx.row(i);
        for (std::size_t j = 0; j < round_up(p.x.cols, kLanes); j++) d[j] += k[j];
      });
    }
  }
}

template <class Real>
BatchScore BatchPass<Real>::run(const Job& job) {
  const FlushDenormals flush;  // as the pool's threads do: the same bits on every thread
  const std::size_t slices = (rows_ + kSliceRows - 1) / kSliceRows, layers = job.layers();
  const bool training = job.mode == Mode::training;
  const std::size_t cuts = training ? cuts_.size() : 0;
  const auto cut_layer = [&](std::size_t l, auto&& f) {
    std::visit(
        [&](const auto& layer) {
          if constexpr (WholeBatch<std::remove_cvref_t<decltype(layer)>>) f(layer);
        },
        job.network.architecture().layers[l]);
  };
  for (std::size_t c = 0; c <= cuts; c++) {  // forward, from cut to cut
    const std::size_t from = c == 0 ? 0 : cuts_[c - 1], to = c < cuts ? cuts_[c] : layers;
    job.pool.run(slices, [&](std::size_t s) {
      if (c == 0) gather(job, s);
      forward(job, from, to, s);
      if (c < cuts) cut_layer(to, [&](const auto& layer) { layer.measure(pass_of(job, to, s)); });
      if (c < cuts) return;
      if (job.loss) score(job, s);
      if (!training) return;
      const std::size_t stop = cuts > 0 ? cuts_.back() + 1 : 0;
      backward(job, stop, layers, s);
      if (cuts > 0) cut_layer(stop - 1, [&](const auto& layer) { layer.measure_back(pass_of(job, stop - 1, s)); });
    });
    if (c < cuts) cut_layer(to, [&](const auto& layer) { layer.combine(pass_of(job, to, 0), moments_size_); });
  }
  for (std::size_t c = cuts; c-- > 0;) {  // back, from cut to cut
    const std::size_t to = cuts_[c] + 1, from = c > 0 ? cuts_[c - 1] + 1 : 0;
    cut_layer(to - 1, [&](const auto& layer) { layer.combine_back(pass_of(job, to - 1, 0), vector_size_); });
    job.pool.run(slices, [&](std::size_t s) {
      backward(job, from, to, s);
      if (c > 0) cut_layer(from - 1, [&](const auto& layer) { layer.measure_back(pass_of(job, from - 1, s)); });
    });
  }
  return job.loss ? total() : BatchScore{};
}

template <class Real>
BatchScore BatchPass<Real>::total() const {
  BatchScore sum;
  for (std::size_t i = 0; i < rows_; i++) {
    sum.loss += row_loss_[i];
    sum.correct += row_correct_[i];
  }
  sum.loss /= static_cast<double>(rows_);
  return sum;
}

template <class Real>
BatchScore BatchPass<Real>::train(ThreadPool& pool, Network<Real>& network, const Loss& loss, std::size_t rows,
                                  RowSource<Real> source, std::uint64_t seed, std::int64_t step) {
  rows_ = rows;
  return run({.pool = pool,
              .network = network,
              .running = network.running().data(),
              .loss = &loss,
              .source = source,
              .mode = Mode::training,
              .seed = seed,
              .step = step});
}

template <class Real>
BatchScore BatchPass<Real>::evaluate(ThreadPool& pool, const Network<Real>& network, const Loss& loss, std::size_t rows,
                                     RowSource<Real> source) {
  rows_ = rows;
  return run({.pool = pool, .network = network, .loss = &loss, .source = source});
}

template <class Real>
void BatchPass<Real>::predict(ThreadPool& pool, const Network<Real>& network, std::size_t rows,
                              RowSource<Real> source) {
  rows_ = rows;
  run({.pool = pool, .network = network, .source = source});
}

template <class Real>
void BatchPass<Real>::tile_gradient(const Network<Real>& network, const Tile& tile, Real* out) const {
  const Block& block = network.blocks()[tile.block];
  const Placement& place = network.placements()[block.layer];
  if (block.spec.matrix) {
    const View<const Real> x = values(block.layer, 0, rows_), d = gradients_[gradient_of_[block.layer + 1]].view();
    multiply(Product<Real>{.a = x.data + tile.row,
                           .a_row = 1,
                           .a_depth = x.stride,
                           .b = d.data + tile.column,
                           .b_stride = d.stride,
                           .c = out,
                           .c_stride = tile.width,
                           .rows = tile.rows,
                           .cols = tile.width,
                           .depth = rows_});
    return;
  }
  const Block& head = network.blocks()[place.first_block];
  const std::size_t start = place.partials + tile.offset - place.parameters - (head.spec.matrix ? head.size : 0);
  for (std::size_t j = 0; j < tile.count; j++) {
    double sum = 0;
    for (std::size_t s = 0; s * kSliceRows < rows_; s++)
      sum += static_cast<double>(partials_[s * vector_size_ + start + j]);
    out[j] = static_cast<Real>(sum);
  }
}

template <class Real>
std::optional<std::size_t> BatchPass<Real>::first_not_finite() const {
  for (std::size_t l = 0; l < values_.size(); l++) {
    const View<const Real> y = values(l + 1, 0, rows_);
    for (std::size_t i = 0; i < y.rows; i++) {
      for (std::size_t j = 0; j < y.cols; j++) {
        if (!std::isfinite(y[i, j])) return l;
      }
    }
  }
  return std::nullopt;
}

template class BatchPass<float>;
template class BatchPass<double>;

}  // namespace atelier
