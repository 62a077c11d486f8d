// try_model.hpp: a run's model answers for one sample, and shows what it looked at.
#pragma once
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "experiment/model.hpp"
#include "serve/message.hpp"

namespace atelier {

/// One sample: either its values, or its place in the test set.
struct TryQuestion {
  std::vector<float> pixels = {};
  std::optional<std::size_t> test = {};
};

/// A training sample near the question.
struct Neighbour {
  std::size_t index = 0;  ///< in the training part
  std::string label = {};
  double distance = 0;  ///< Euclidean, over the values as the network takes them
  std::string picture = {};
};

struct TryAnswer {
  std::vector<float> pixels = {};
  ImageShape image = {};
  std::vector<std::string> names = {};
  std::vector<float> probabilities = {};  ///< or the outputs of a regression
  std::size_t answer = 0;                 ///< the largest
  std::string truth = {};                 ///< of a test sample
  std::vector<double> gradient = {};      ///< of the answer's logit by each value; empty where it would cost too much
  std::vector<Neighbour> nearest = {};    ///< nearest first; none where the training data are gone
};
nlohmann::ordered_json to_json(const TryAnswer& answer);

/// Answers one question at a time, and keeps the model and data of the run asked last. Errors: a run without a model,
/// a wrong number of values, values that are not finite, a test sample where there is none.
class TryRoom {
 public:
  Result<TryAnswer> ask(const std::filesystem::path& workspace, const std::string& run, const TryQuestion& question);

 private:
  struct Desk;
  Result<Desk*> desk_of(const std::filesystem::path& workspace, const std::string& run);

  std::mutex mutex_;
  std::shared_ptr<Desk> desk_;
};

}  // namespace atelier
