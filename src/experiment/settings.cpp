// settings.cpp: reading and writing the value of one setting.
#include "experiment/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

#include "base/catalog.hpp"
#include "figures/progress.hpp"

namespace atelier {
namespace {

// Other words for the same thing, after lower case and underscores. "Xavier" alone is Glorot and Bengio's
// normalised initialisation (2010, equation 16), the uniform one.
struct Synonym {
  std::string_view setting, word, meaning;
};
constexpr std::array kSynonyms = std::to_array<Synonym>({
    {"dataset", "fashion", "fashion_mnist"},
    {"dataset", "fashionmnist", "fashion_mnist"},
    {"activation", "linear", "identity"},
    {"activation", "swish", "silu"},
    {"activation", "logistic", "sigmoid"},
    {"activation", "leakyrelu", "leaky_relu"},
    {"norm", "batch_norm", "batch"},
    {"norm", "batchnorm", "batch"},
    {"norm", "layer_norm", "layer"},
    {"norm", "layernorm", "layer"},
    {"init", "xavier", "xavier_uniform"},
    {"init", "glorot", "xavier_uniform"},
    {"init", "glorot_uniform", "xavier_uniform"},
    {"init", "glorot_normal", "xavier_normal"},
    {"init", "he", "he_normal"},
    {"init", "kaiming", "he_normal"},
    {"init", "kaiming_normal", "he_normal"},
    {"init", "kaiming_uniform", "he_uniform"},
    {"init", "lecun", "lecun_normal"},
    {"loss", "crossentropy", "cross_entropy"},
    {"loss", "ce", "cross_entropy"},
    {"loss", "mse", "squared_error"},
    {"loss", "mean_squared_error", "squared_error"},
    {"optimizer", "nag", "nesterov"},
    {"schedule", "onecycle", "one_cycle"},
    {"schedule", "none", "constant"},
});

template <class T>
constexpr bool kIsOptional = false;
template <class T>
constexpr bool kIsOptional<std::optional<T>> = true;

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Text as a message quotes it: short, and without what would disturb a terminal.
std::string quoted(std::string_view text) {
  std::string out = "`";
  for (const char c : text.substr(0, 80)) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return out + (text.size() > 80 ? "…`" : "`");
}

std::string canonical_word(const Setting& setting, std::string_view text) {
  std::string word(text);
  for (char& c : word) c = c == '-' || c == ' ' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const Synonym& synonym : kSynonyms)
    if (synonym.setting == setting.name && synonym.word == word) return std::string(synonym.meaning);
  return word;
}

std::optional<double> real(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// A whole number, also written as a real ("1e3", "64.0").
template <class Int>
std::optional<Int> whole(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  Int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size()) return value;
  const std::optional<double> number = real(text);
  if (!number || *number != std::floor(*number) || *number < 0 || *number > 1e9) return std::nullopt;
  return static_cast<Int>(*number);
}

bool inside(const Range& range, double value) {
  return (range.open_low ? value > range.low : value >= range.low) &&
         (range.open_high ? value < range.high : value <= range.high);
}

std::unexpected<Error> refuse(const Setting& setting, std::string_view spelled, std::string_view found) {
  return fail(Trouble::usage, fmt::format("{} needs {}", spelled, describe_values(setting)),
              found.empty() ? "found nothing" : "found " + quoted(found),
              fmt::format("for example {}", setting.example));
}

std::unexpected<Error> refuse_word(const Setting& setting, std::string_view spelled, std::string_view word,
                                   std::span<const std::string_view> choices) {
  std::vector<std::string_view> candidates(choices.begin(), choices.end());
  for (const Synonym& synonym : kSynonyms)
    if (synonym.setting == setting.name) candidates.push_back(synonym.word);
  std::string near = nearest(word, candidates);
  if (!near.empty()) near = canonical_word(setting, near);
  return fail(Trouble::usage, fmt::format("{} knows no {}", spelled, quoted(word)),
              fmt::format("it takes {}", fmt::join(choices, ", ")),
              near.empty() ? fmt::format("for example {}", setting.example) : fmt::format("did you mean {}?", near));
}

Result<std::vector<int>> widths(const Setting& setting, std::string_view text, std::string_view spelled) {
  std::vector<int> list;
  std::string_view rest = trimmed(text);
  if (rest == "none" || rest == "None" || rest == "[]") return list;
  if (rest.starts_with('[') && rest.ends_with(']')) rest = rest.substr(1, rest.size() - 2);
  while (!(rest = trimmed(rest)).empty()) {
    const std::size_t end = std::min(rest.find_first_of(", \t"), rest.size());
    const std::optional<int> width = whole<int>(rest.substr(0, end));
    if (!width || !inside(setting.range, *width)) return refuse(setting, spelled, text);
    list.push_back(*width);
    rest = trimmed(rest.substr(end));
    if (rest.starts_with(',')) rest.remove_prefix(1);
  }
  if (list.empty()) return refuse(setting, spelled, text);
  if (list.size() > 256)
    return fail(Trouble::usage, fmt::format("{} lists {} hidden layers", spelled, list.size()),
                "at most 256 are allowed", "for example " + std::string(setting.example));
  return list;
}

std::optional<bool> truth(std::string_view text) {
  std::string word(text);
  for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (word == "true" || word == "yes" || word == "on" || word == "1") return true;
  if (word == "false" || word == "no" || word == "off" || word == "0") return false;
  return std::nullopt;
}

Result<void> set_text(std::string& field, const Setting& setting, std::string_view text, std::string_view spelled) {
  if (!setting.choices) {
    field = std::string(text);
    return {};
  }
  const std::vector<std::string_view> choices = setting.choices();
  std::string word = canonical_word(setting, text);
  if (std::ranges::find(choices, word) == choices.end()) return refuse_word(setting, spelled, text, choices);
  field = std::move(word);
  return {};
}

/// "1,000,000", "0.5".
std::string in_words(double bound) {
  return bound >= 0 && bound == std::floor(bound) ? grouped(static_cast<std::uint64_t>(bound))
                                                  : fmt::format("{}", bound);
}

}  // namespace

std::string describe_values(const Setting& setting) {
  const auto [low, high, open_low, open_high] = setting.range;
  return std::visit(
      [&](auto field) -> std::string {
        using F = decltype(field);
        if constexpr (std::is_same_v<F, std::uint64_t Recipe::*>) {
          return fmt::format("a whole number from 0 to {}", grouped(std::numeric_limits<std::uint64_t>::max()));
        } else if constexpr (std::is_same_v<F, std::vector<int> Recipe::*>) {
          return fmt::format("whole numbers from {} to {}, one a hidden layer, or `none`", in_words(low),
                             in_words(high));
        } else if constexpr (std::is_same_v<F, int Recipe::*> || std::is_same_v<F, LayerCount>) {
          return fmt::format("a whole number from {} to {}", in_words(low), in_words(high));
        } else if constexpr (std::is_same_v<F, bool Recipe::*>) {
          return "true or false";
        } else if constexpr (std::is_same_v<F, std::string Recipe::*>) {
          return setting.choices ? "a known name" : "a text";
        } else if (open_low) {
          return fmt::format("a number above {} and {} {}", in_words(low), open_high ? "below" : "at most",
                             in_words(high));
        } else {
          return fmt::format("a number from {} to {}{}", in_words(low), open_high ? "below " : "", in_words(high));
        }
      },
      setting.field);
}

Result<void> set(Recipe& recipe, const Setting& setting, std::string_view text, std::string_view spelled) {
  text = trimmed(text);
  if (text.empty()) return refuse(setting, spelled, text);
  return std::visit(
      [&](auto member) -> Result<void> {
        if constexpr (std::is_same_v<decltype(member), LayerCount>) {
          return fail(Trouble::usage, fmt::format("{} is no setting of a finished recipe", spelled), {},
                      "list every width in `layers`");
        } else if constexpr (std::is_same_v<decltype(member), RuleKnob>) {
          const auto value = real(text);
          if (!value || !inside(setting.range, *value)) return refuse(setting, spelled, text);
          recipe.knobs[std::string(setting.name)] = *value;
          return {};
        } else {
          auto& field = recipe.*member;
          using T = std::remove_reference_t<decltype(field)>;
          if constexpr (std::is_same_v<T, std::string>) {
            return set_text(field, setting, text, spelled);
          } else if constexpr (std::is_same_v<T, std::vector<int>>) {
            auto list = widths(setting, text, spelled);
            if (!list) return pass_on(list);
            field = std::move(*list);
          } else if constexpr (std::is_same_v<T, bool>) {
            const auto value = truth(text);
            if (!value) return refuse(setting, spelled, text);
            field = *value;
          } else if constexpr (std::is_same_v<T, int> || std::is_same_v<T, std::uint64_t>) {
            const auto value = whole<T>(text);
            if (!value || !inside(setting.range, static_cast<double>(*value))) return refuse(setting, spelled, text);
            field = *value;
          } else {
            const auto value = real(text);
            if (!value || !inside(setting.range, *value)) return refuse(setting, spelled, text);
            const double number = *value;
            field = number;
          }
          return {};
        }
      },
      setting.field);
}

Result<std::string> setting_text(const nlohmann::json& value, std::string_view spelled) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return value.dump();
  if (value.is_array()) {
    std::string text;
    for (const nlohmann::json& item : value) {
      if (item.is_structured()) break;
      text += (text.empty() ? "" : ",") + (item.is_string() ? item.get<std::string>() : item.dump());
    }
    if (value.empty()) return std::string("none");
    if (std::ranges::none_of(value, [](const auto& item) { return item.is_structured(); })) return text;
  }
  return fail(Trouble::usage, fmt::format("{} has no single value", spelled),
              fmt::format("found {} {}", value.is_null() ? "the" : "a", value.type_name()),
              "write a number, a name or a list");
}

nlohmann::ordered_json get(const Recipe& recipe, const Setting& setting) {
  return std::visit(
      [&](auto member) -> nlohmann::ordered_json {
        if constexpr (std::is_same_v<decltype(member), LayerCount>) {
          return recipe.layers.size();
        } else if constexpr (std::is_same_v<decltype(member), RuleKnob>) {
          const auto knob = recipe.knobs.find(std::string(setting.name));
          return knob == recipe.knobs.end() ? nlohmann::ordered_json() : nlohmann::ordered_json(knob->second);
        } else {
          const auto& field = recipe.*member;
          if constexpr (kIsOptional<std::remove_cvref_t<decltype(field)>>) {
            return field ? nlohmann::ordered_json(*field) : nlohmann::ordered_json();
          } else {
            return field;
          }
        }
      },
      setting.field);
}

}  // namespace atelier
