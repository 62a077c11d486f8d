// data_shelf.hpp: the data that the trials of a sweep train on.
#pragma once
#include <fmt/format.h>

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
    const std::scoped_lock guard(mutex_);
    const Key key = key_of(recipe);
    if (const auto found = shelf_.find(key); found != shelf_.end()) return found->second;
    auto opened = open_training_data(recipe);
    if (opened) {
      shelf_[key] = *opened;
      compare(key);
    } else if (const auto data = open_data_of(recipe); !data && !trouble_) {
      trouble_ = data.error();
    }
    if (opened && trouble_) return std::unexpected(*trouble_);
    return opened;
  }

  /// What another trial of the sweep has trained on: the trials can only be compared where all have the same.
  void expect(const Recipe& recipe, const std::string& checksum) {
    const std::scoped_lock guard(mutex_);
    const Key key = key_of(recipe);
    if (expected_.emplace(key, checksum).second) compare(key);
  }

  /// Why data cannot be used at all, which is no fault of the trial that asked for them.
  std::optional<Error> trouble() const {
    const std::scoped_lock guard(mutex_);
    return trouble_;
  }

 private:
  using Key = std::tuple<std::string, std::string, double, std::uint64_t>;
  static Key key_of(const Recipe& recipe) {
    return {recipe.data, recipe.dataset, recipe.validation, recipe.split_seed};
  }

  void compare(const Key& key) {
    const auto opened = shelf_.find(key);
    const auto expected = expected_.find(key);
    if (opened == shelf_.end() || expected == expected_.end()) return;
    const DataPair& pair = opened->second->pair;
    if (pair.checksum == expected->second || trouble_) return;
    trouble_ = Error{Trouble::file, "the data of this sweep have changed since it began",
                     fmt::format("{} has the checksum {}, its trials were trained on {}", pair.where.string(),
                                 pair.checksum, expected->second),
                     "bring the data back, or start a new sweep"};
  }

  mutable std::mutex mutex_;
  std::map<Key, std::shared_ptr<const TrainingData>> shelf_;
  std::map<Key, std::string> expected_;
  std::optional<Error> trouble_;
};

}  // namespace atelier::detail
