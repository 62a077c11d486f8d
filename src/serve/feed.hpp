// feed.hpp: one stream of events for every open page.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace atelier {

/// Hands each event to all who listen, as the text of a server-sent event, made once. It never waits for a listener:
/// whoever cannot keep up has to drop out, and comes back with the last id it has seen. For any number of threads.
class Feed {
 public:
  using Text = std::shared_ptr<const std::string>;
  /// Called under the feed's lock, by the thread that tells: must be quick, must not call the feed.
  using Take = std::function<void(const Text&)>;

  /// `name` tells the ids of this feed from those of an earlier one.
  explicit Feed(std::string name) : name_(std::move(name)) {}

  /// Listens from now on. First comes what was told after the id `after`; where that is not known any more, or none was
  /// seen, the event "hello": everything has to be read anew.
  std::uint64_t join(std::string_view after, Take take);
  void leave(std::uint64_t listener);
  std::size_t listeners() const;

  void tell(std::string_view event, const nlohmann::ordered_json& data);
  /// A comment that keeps the connection open.
  void beat();

 private:
  Text text_of(std::string_view event, const nlohmann::ordered_json& data, std::uint64_t number) const;
  bool catch_up(std::string_view after, const Take& take) const;

  const std::string name_;
  mutable std::mutex mutex_;
  std::map<std::uint64_t, Take> listeners_;
  std::deque<Text> recent_;  // those up to told_
  std::uint64_t told_ = 0, joined_ = 0;
};

}  // namespace atelier
