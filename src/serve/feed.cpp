// feed.cpp: events are numbered, kept for a while and handed on.
#include "serve/feed.hpp"

#include <fmt/format.h>

#include <charconv>

#include "track/run_json.hpp"

namespace atelier {
namespace {

constexpr std::size_t kRecent = 1000;  // events that a listener may have missed

}  // namespace

Feed::Text Feed::text_of(std::string_view event, const nlohmann::ordered_json& data, std::uint64_t number) const {
  return std::make_shared<const std::string>(
      fmt::format("id: {}-{}\nevent: {}\ndata: {}\n\n", name_, number, event, one_line(data)));
}

bool Feed::catch_up(std::string_view after, const Take& take) const {
  if (!after.starts_with(name_ + "-")) return false;
  after.remove_prefix(name_.size() + 1);
  std::uint64_t seen = 0;
  const auto [end, error] = std::from_chars(after.data(), after.data() + after.size(), seen);
  if (error != std::errc{} || end != after.data() + after.size() || seen > told_ || told_ - seen > recent_.size())
    return false;
  for (std::size_t i = recent_.size() - static_cast<std::size_t>(told_ - seen); i < recent_.size(); ++i)
    take(recent_[i]);
  return true;
}

std::uint64_t Feed::join(std::string_view after, Take take) {
  const std::scoped_lock guard(mutex_);
  if (!catch_up(after, take)) take(text_of("hello", nlohmann::ordered_json::object(), told_));
  listeners_.emplace(++joined_, std::move(take));
  return joined_;
}

void Feed::leave(std::uint64_t listener) {
  const std::scoped_lock guard(mutex_);
  listeners_.erase(listener);
}

std::size_t Feed::listeners() const {
  const std::scoped_lock guard(mutex_);
  return listeners_.size();
}

void Feed::tell(std::string_view event, const nlohmann::ordered_json& data) {
  const std::scoped_lock guard(mutex_);
  const Text text = text_of(event, data, ++told_);
  recent_.push_back(text);
  if (recent_.size() > kRecent) recent_.pop_front();
  for (const auto& [listener, take] : listeners_) take(text);
}

void Feed::beat() {
  static const auto comment = std::make_shared<const std::string>(":\n\n");
  const std::scoped_lock guard(mutex_);
  for (const auto& [listener, take] : listeners_) take(comment);
}

}  // namespace atelier
