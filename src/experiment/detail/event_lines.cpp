// event_lines.cpp: bytes to lines, lines to events.
#include "experiment/detail/event_lines.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace atelier::detail {
namespace {

using nlohmann::json;

constexpr std::size_t kLongest = 1 << 20;
constexpr int kDeepest = 4;  // objects in objects

struct Word {
  std::string_view python;
  double value;
};
constexpr std::array kWords = std::to_array<Word>({{"-Infinity", -std::numeric_limits<double>::infinity()},
                                                   {"Infinity", std::numeric_limits<double>::infinity()},
                                                   {"NaN", std::numeric_limits<double>::quiet_NaN()}});

/// The line with Python's words for what JSON has no number for as texts.
std::string as_json(std::string_view line) {
  std::string text;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); i++) {
    const char c = line[i];
    if (quoted && c == '\\' && i + 1 < line.size()) {
      text += c;
      text += line[++i];
      continue;
    }
    if (c == '"') quoted = !quoted;
    const Word* word = nullptr;
    for (const Word& one : kWords)
      if (!quoted && word == nullptr && line.substr(i).starts_with(one.python)) word = &one;
    if (word == nullptr) {
      text += c;
      continue;
    }
    text.append("\"").append(word->python).append("\"");
    i += word->python.size() - 1;
  }
  return text;
}

void collect(const json& object, const std::string& prefix, int depth, Metrics& numbers) {
  for (const auto& [name, value] : object.items()) {
    if (value.is_number()) numbers[prefix + name] = value.get<double>();
    if (value.is_object() && depth < kDeepest) collect(value, prefix + name + ".", depth + 1, numbers);
    if (!value.is_string()) continue;
    for (const Word& word : kWords)
      if (value.get_ref<const std::string&>() == word.python) numbers[prefix + name] = word.value;
  }
}

}  // namespace

std::optional<Event> event_of(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos || line[begin] != '{') return std::nullopt;
  const json object = json::parse(as_json(line.substr(begin)), nullptr, false);
  if (!object.is_object()) return std::nullopt;
  const auto kind = object.find("event");
  if (kind == object.end() || !kind->is_string()) return std::nullopt;
  Event event{kind->get<std::string>(), {}};
  collect(object, "", 1, event.numbers);
  event.numbers.erase("epoch");
  return event;
}

void Lines::feed(std::string_view bytes, const Take& take) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    rest_ += bytes.substr(0, end);
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    if (end == std::string_view::npos) {
      if (rest_.size() < kLongest) return;
      take(std::exchange(rest_, {}), false);
      long_ = true;
      return;
    }
    if (long_) rest_ += '\n';
    take(std::exchange(rest_, {}), !long_);
    long_ = false;
  }
}

void Lines::finish(const Take& take) {
  if (!rest_.empty()) take(std::exchange(rest_, {}), !long_);
  long_ = false;
}

}  // namespace atelier::detail
