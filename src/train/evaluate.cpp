// evaluate.cpp: chunks of a data set through a network.
#include "train/evaluate.hpp"

#include <algorithm>
#include <cmath>

namespace atelier {
namespace {

/// Samples at once: 1,024, or as few slices as keep a very wide network's values under 256 MB. A function of the
/// network alone, since sums go chunk by chunk.
std::size_t chunk_rows(const Network<float>& network) {
  std::size_t rows = 1024;
  while (rows > kSliceRows && BatchPass<float>::bytes_for(network, rows) > 256e6) rows /= 2;
  return rows;
}

/// Calls go(pass, first, rows) for chunk after chunk.
template <class Go>
void in_chunks(const Network<float>& network, std::size_t samples, const Go& go) {
  const std::size_t chunk = chunk_rows(network);
  BatchPass<float> pass(network, std::min(chunk, std::max<std::size_t>(samples, 1)), BatchPass<float>::For::evaluation);
  for (std::size_t first = 0; first < samples; first += chunk) go(pass, first, std::min(chunk, samples - first));
}

void copy_outputs(View<const float> z, bool classes, Matrix<float>& out, std::size_t first) {
  for (std::size_t i = 0; i < z.rows; i++) {
    if (classes)
      softmax(z.row(i), z.cols, out.row(first + i).data());
    else
      std::copy_n(z.row(i), z.cols, out.row(first + i).data());
  }
}

}  // namespace

Evaluation evaluate(const Network<float>& network, const Loss& loss, const Dataset& data, ThreadPool& pool) {
  const FlushDenormals flush;
  Evaluation result;
  std::size_t correct = 0;
  double loss_sum = 0;
  in_chunks(network, data.size(), [&](BatchPass<float>& pass, std::size_t first, std::size_t rows) {
    const auto source = [&](std::size_t i, std::span<float> x) -> Target<float> {
      data.features(first + i, x);
      if (data.is_classification()) return {data.label(first + i), nullptr};
      return {-1, data.target(first + i).data()};
    };
    const BatchScore score = pass.evaluate(pool, network, loss, rows, source);
    loss_sum += score.loss * static_cast<double>(rows);
    correct += score.correct;
    if (!data.is_classification()) return;
    const View<const float> z = pass.outputs();
    for (std::size_t i = 0; i < rows; i++) {
      result.predicted.push_back(static_cast<int>(std::max_element(z.row(i), z.row(i) + z.cols) - z.row(i)));
    }
  });
  const auto n = static_cast<double>(data.size());
  result.loss = loss_sum / n;
  if (data.is_classification()) result.accuracy = static_cast<double>(correct) / n;
  return result;
}

Result<Evaluation> validate(const Network<float>& network, const Loss& loss, const Dataset& data, ThreadPool& pool) {
  Evaluation seen = evaluate(network, loss, data, pool);
  if (std::isfinite(seen.loss)) return seen;
  return fail(Trouble::diverged, "the training diverged", "the validation loss is no longer a number",
              "try a smaller learning rate, or clip the gradient's norm at 1");
}

Matrix<float> predict(const Network<float>& network, const Dataset& data, ThreadPool& pool) {
  const FlushDenormals flush;
  Matrix<float> out(data.size(), network.outputs());
  in_chunks(network, data.size(), [&](BatchPass<float>& pass, std::size_t first, std::size_t rows) {
    pass.predict(pool, network, rows, [&](std::size_t i, std::span<float> x) {
      data.features(first + i, x);
      return Target<float>{};
    });
    copy_outputs(pass.outputs(), data.is_classification(), out, first);
  });
  return out;
}

Matrix<float> predict(const Network<float>& network, View<const float> features, bool classes, ThreadPool& pool) {
  const FlushDenormals flush;
  Matrix<float> out(features.rows, network.outputs());
  in_chunks(network, features.rows, [&](BatchPass<float>& pass, std::size_t first, std::size_t rows) {
    pass.predict(pool, network, rows, [&](std::size_t i, std::span<float> x) {
      std::copy_n(features.row(first + i), x.size(), x.begin());
      return Target<float>{};
    });
    copy_outputs(pass.outputs(), classes, out, first);
  });
  return out;
}

}  // namespace atelier
