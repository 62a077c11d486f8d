// data_shelf.hpp: the data that the trials of a sweep train on.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>

#include "experiment/build.hpp"
#include "experiment/training.hpp"

namespace atelier::detail {

/// The data that recipes name, opened and split once each. For any number of threads.
class DataShelf {
 public:
  Result<std::shared_ptr<const TrainingData>> get(const Recipe& recipe) {
    const auto key = std::tuple(recipe.data, recipe.dataset, recipe.validation, recipe.split_seed);
    const std::scoped_lock guard(mutex_);
    if (const auto found = shelf_.find(key); found != shelf_.end()) return found->second;
    auto opened = open_training_data(recipe);
    if (opened)
      shelf_[key] = *opened;
    else if (const auto data = open_data_of(recipe); !data && !trouble_)
      trouble_ = data.error();
    return opened;
  }

  /// Why data could not be opened at all, which is no fault of the trial that asked for them.
  std::optional<Error> trouble() const {
    const std::scoped_lock guard(mutex_);
    return trouble_;
  }

 private:
  using Key = std::tuple<std::string, std::string, double, std::uint64_t>;
  mutable std::mutex mutex_;
  std::map<Key, std::shared_ptr<const TrainingData>> shelf_;
  std::optional<Error> trouble_;
};

}  // namespace atelier::detail
