// safetensors_header.cpp: the JSON header of a safetensors file, read event by event so that nothing is built from a
// text that does not have the one form it may have.
#include "tensor/detail/safetensors_header.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <ranges>
#include <utility>

namespace atelier::detail {
namespace {

using nlohmann::json;

constexpr std::string_view kMetadata = "__metadata__";

/// Takes the events of the parser; the first one out of place ends it.
class HeaderReader final : public nlohmann::json_sax<json> {
 public:
  HeaderReader(Header& header, const SafetensorsLimits& limits) : header_(header), limits_(limits) {}

  const std::string& fault() const { return fault_; }

  bool start_object(std::size_t) override {
    if (place_ == Place::outside) return move_to(Place::header);
    if (place_ == Place::header) return move_to(in_metadata_ ? Place::metadata : Place::entry);
    return unexpected("an object");
  }
  bool end_object() override {
    if (place_ != Place::entry) return move_to(place_ == Place::metadata ? Place::header : Place::outside);
    for (const auto& [name, seen] : {std::pair{"dtype", dtype_}, {"shape", shape_}, {"data_offsets", offsets_}})
      if (!seen) return refuse("{} has no {}", where(), name);
    return move_to(Place::header);
  }
  bool start_array(std::size_t) override {
    if (place_ != Place::entry || field_ == Field::dtype) return unexpected("a list");
    numbers_.clear();
    return move_to(Place::list);
  }
  bool end_array() override {
    HeaderEntry& entry = header_.entries.back();
    if (field_ == Field::shape) entry.shape.assign(numbers_.begin(), numbers_.end());
    if (field_ == Field::offsets) {
      if (numbers_.size() != 2) return refuse("{} holds {} numbers, not 2", where(), numbers_.size());
      entry.begin = numbers_[0];
      entry.end = numbers_[1];
    }
    return move_to(Place::entry);
  }
  bool key(std::string& word) override {
    if (place_ == Place::header) return start_entry(std::move(word));
    if (place_ == Place::entry) return start_field(word);
    const auto [line, fresh] = header_.metadata.try_emplace(std::move(word));
    if (!fresh) return refuse("its metadata have {} twice", shown(line->first));
    if (header_.metadata.size() > limits_.entries)
      return refuse("has more than {} lines of metadata", fmt::group_digits(limits_.entries));
    line_ = &line->second;
    return true;
  }
  bool string(std::string& text) override {
    if (place_ == Place::metadata)
      *line_ = std::move(text);
    else if (place_ == Place::entry && field_ == Field::dtype)
      header_.entries.back().dtype = std::move(text);
    else
      return unexpected("a text");
    return true;
  }
  bool number_unsigned(std::uint64_t value) override {
    if (place_ != Place::list) return unexpected("a number");
    const std::size_t most = field_ == Field::shape ? limits_.dimensions : 2;
    if (numbers_.size() == most) return refuse("{} holds more than {} numbers", where(), most);
    numbers_.push_back(value);
    return true;
  }
  bool number_integer(std::int64_t value) override { return unexpected(fmt::to_string(value)); }
  bool number_float(double, const std::string& text) override { return unexpected(text.substr(0, 40)); }
  bool null() override { return unexpected("null"); }
  bool boolean(bool value) override { return unexpected(value ? "true" : "false"); }
  bool binary(json::binary_t&) override { return unexpected("binary data"); }
  bool parse_error(std::size_t position, const std::string&, const json::exception&) override {
    return refuse("its header is no valid JSON at byte {}", fmt::group_digits(position));
  }

 private:
  enum class Place { outside, header, metadata, entry, list };
  enum class Field { dtype, shape, offsets };

  bool move_to(Place place) {
    place_ = place;
    return true;
  }
  bool start_entry(std::string name) {
    in_metadata_ = name == kMetadata;
    if (in_metadata_) return !std::exchange(metadata_seen_, true) || refuse("has {} twice", kMetadata);
    if (header_.entries.size() == limits_.entries)
      return refuse("has more than {} tensors", fmt::group_digits(limits_.entries));
    header_.entries.push_back({.name = std::move(name), .dtype = {}, .shape = {}});
    dtype_ = shape_ = offsets_ = false;
    return true;
  }
  bool start_field(const std::string& word) {
    bool* seen = nullptr;
    if (word == "dtype") field_ = Field::dtype, seen = &dtype_;
    if (word == "shape") field_ = Field::shape, seen = &shape_;
    if (word == "data_offsets") field_ = Field::offsets, seen = &offsets_;
    if (!seen) return refuse("{} has a field {}, which the format does not know", tensor(), shown(word));
    if (std::exchange(*seen, true)) return refuse("{} has {} twice", tensor(), word);
    return true;
  }
  std::string tensor() const { return "tensor " + shown(header_.entries.back().name); }
  std::string where() const {
    if (place_ == Place::metadata) return "a line of its metadata";
    if (place_ == Place::entry) return tensor();
    if (place_ == Place::list) return (field_ == Field::shape ? "the shape of " : "data_offsets of ") + tensor();
    return "its header";
  }
  bool unexpected(std::string_view found) {
    std::string_view wanted = "tensors and metadata";
    if (place_ == Place::header) wanted = "an object for each name";
    if (place_ == Place::metadata) wanted = "texts only";
    if (place_ == Place::entry) wanted = "dtype as a text, shape and data_offsets as lists";
    if (place_ == Place::list) wanted = "whole numbers from 0 to 2^64 - 1";
    return refuse("{} holds {}, where the format wants {}", where(), found, wanted);
  }
  template <class... Args>
  bool refuse(fmt::format_string<Args...> text, Args&&... args) {
    if (fault_.empty()) fault_ = fmt::format(text, std::forward<Args>(args)...);
    return false;
  }

  Header& header_;
  const SafetensorsLimits& limits_;
  Place place_ = Place::outside;
  Field field_ = Field::dtype;
  bool in_metadata_ = false, metadata_seen_ = false, dtype_ = false, shape_ = false, offsets_ = false;
  std::string* line_ = nullptr;
  std::vector<std::uint64_t> numbers_;
  std::string fault_;
};

/// A name that stands twice, if there is one. By sorting, as hashes can be made to collide.
std::optional<std::string> twice(const Header& header) {
  std::vector<std::string_view> names(header.entries.size());
  std::ranges::transform(header.entries, names.begin(), &HeaderEntry::name);
  std::ranges::sort(names);
  const auto found = std::ranges::adjacent_find(names);
  return found == names.end() ? std::nullopt : std::optional(std::string(*found));
}

/// The text as a JSON string; nothing when it is not UTF-8.
std::optional<std::string> quoted(const std::string& text) {
  try {
    return json(text).dump();
  } catch (const json::type_error&) {
    return std::nullopt;
  }
}

}  // namespace

std::string shown(std::string_view name) {
  constexpr std::size_t most = 80;
  return name.size() <= most ? fmt::format("{:?}", name) : fmt::format("{:?}...", name.substr(0, most));
}

std::expected<Header, std::string> parse_header(std::string_view text, const SafetensorsLimits& limits) {
  // The parser takes a zero byte for the end of the text, and would not look at what follows.
  if (const auto zero = text.find('\0'); zero != text.npos)
    return std::unexpected(fmt::format("its header is no valid JSON at byte {}", fmt::group_digits(zero + 1)));
  Header header;
  HeaderReader reader(header, limits);
  if (!json::sax_parse(text, &reader)) return std::unexpected(reader.fault());
  if (const auto name = twice(header)) return std::unexpected(fmt::format("has tensor {} twice", shown(*name)));
  return header;
}

std::expected<std::string, std::string> format_header(const Header& header) {
  if (const auto name = twice(header)) return std::unexpected(fmt::format("two tensors are named {}", shown(*name)));
  std::vector<std::string> lines, items;
  for (const auto& [key, value] : header.metadata) {
    const auto k = quoted(key), v = quoted(value);
    if (!k || !v) return std::unexpected(fmt::format("the metadata {} are not UTF-8", shown(key)));
    lines.push_back(*k + ":" + *v);
  }
  if (!lines.empty()) items.push_back(fmt::format(R"("{}":{{{}}})", kMetadata, fmt::join(lines, ",")));
  for (const HeaderEntry& entry : header.entries) {
    const auto name = quoted(entry.name);
    if (!name) return std::unexpected(fmt::format("the name {} is not UTF-8", shown(entry.name)));
    if (entry.name == kMetadata) return std::unexpected(fmt::format("a tensor cannot be named {}", kMetadata));
    items.push_back(fmt::format(R"({}:{{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})", *name, entry.dtype,
                                fmt::join(entry.shape, ","), entry.begin, entry.end));
  }
  return fmt::format("{{{}}}", fmt::join(items, ","));
}

}  // namespace atelier::detail
