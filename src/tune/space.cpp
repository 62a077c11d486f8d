// space.cpp: configurations as text and JSON; what a sound space is.
#include "tune/space.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>

namespace atelier {
namespace {

constexpr std::uint64_t kCountable = std::uint64_t{1} << 62;
constexpr std::uint64_t kDeciding = 100'000;  // levels of a parameter that others depend on
constexpr double kExact = 0x1p53;             // whole numbers up to here are exact as doubles

nlohmann::ordered_json value_to_json(const Value& value) {
  if (const auto* literal = std::get_if<Literal>(&value))
    return nlohmann::ordered_json::parse(literal->json, nullptr, false);
  return std::visit(
      [](const auto& v) -> nlohmann::ordered_json {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, Literal>)
          return nullptr;
        else
          return v;
      },
      value);
}

Value value_from_json(const nlohmann::json& json) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > std::uint64_t{1} << 62) return json.get<double>();
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_number_float()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  return Literal{json.dump()};
}

/// Numbers of the same size share it: 3 and 3.0.
std::string mark(const Value& value) {
  if (const auto* real = std::get_if<double>(&value); real != nullptr && std::abs(*real) < 0x1p53) {
    if (std::floor(*real) == *real) return fmt::format("{}", static_cast<std::int64_t>(*real));
  }
  if (const auto* text = std::get_if<std::string>(&value)) return nlohmann::json(*text).dump();
  return to_text(value);
}

Error wrong(const Parameter& parameter, std::string what, std::string hint = {}) {
  return Error{Trouble::usage, fmt::format("parameter {}: {}", parameter.name, what), {}, std::move(hint)};
}

std::optional<Error> fault(const Parameter& parameter, const Choice& choice) {
  if (choice.values.empty()) return wrong(parameter, "its list of values is empty");
  if (!choice.probabilities.empty()) {
    if (choice.probabilities.size() != choice.values.size())
      return wrong(parameter,
                   fmt::format("{} values, but {} probabilities", choice.values.size(), choice.probabilities.size()));
    double sum = 0;
    for (const double p : choice.probabilities) {
      if (!(p >= 0)) return wrong(parameter, fmt::format("a probability is {}", p));
      sum += p;
    }
    if (!(std::abs(sum - 1) < 1e-6)) return wrong(parameter, fmt::format("its probabilities sum to {}, not to 1", sum));
  }
  for (std::size_t i = 0; i < choice.values.size(); i++) {
    const Value& value = choice.values[i];
    if (const auto* real = std::get_if<double>(&value); real != nullptr && !std::isfinite(*real))
      return wrong(parameter, fmt::format("{} is no value to try", *real));
    if (choice.ordered && !std::holds_alternative<double>(value) && !std::holds_alternative<std::int64_t>(value))
      return wrong(parameter, fmt::format("{} is no number, so the list has no order", to_text(value)));
    for (std::size_t k = 0; k < i; k++)
      if (same_value(choice.values[k], value))
        return wrong(parameter, fmt::format("{} stands in its list twice", to_text(value)));
  }
  return std::nullopt;
}

std::optional<Error> fault(const Parameter& parameter, const Numeric& n) {
  using enum Numeric::Shape;
  for (const double x : {n.low, n.high, n.mu, n.sigma, n.step})
    if (!std::isfinite(x) || std::abs(x) > 1e300) return wrong(parameter, fmt::format("{} is no limit", x));
  if (n.step < 0) return wrong(parameter, fmt::format("its step {} is negative", n.step));
  if (n.shape == normal || n.shape == log_normal) {
    if (!(n.sigma > 0)) return wrong(parameter, fmt::format("its sigma is {}", n.sigma), "sigma must be above 0");
    return std::nullopt;
  }
  if (n.shape == beta) {
    if (!(n.mu > 0 && n.sigma > 0))
      return wrong(parameter, fmt::format("its a is {} and its b {}", n.mu, n.sigma), "both must be above 0");
    return std::nullopt;
  }
  if (n.low > n.high) return wrong(parameter, fmt::format("its min {} is above its max {}", n.low, n.high));
  const double q = n.step > 0 ? n.step : n.integer ? 1 : 0;
  if (q > 0 && std::max(std::abs(n.low), std::abs(n.high)) / q > kExact)
    return wrong(parameter,
                 fmt::format("its range from {} to {} holds numbers that cannot be told apart", n.low, n.high),
                 fmt::format("limits may lie up to {} from 0", kExact * q));
  if (n.shape != uniform && !(n.low > 0))
    return wrong(parameter, fmt::format("a logarithmic range cannot begin at {}", n.low), "min must be above 0");
  if (level_count(parameter) == std::uint64_t{0})
    return wrong(parameter,
                 fmt::format("no multiple of {} lies from {} to {}", n.step > 0 ? n.step : 1.0, n.low, n.high));
  return std::nullopt;
}

std::optional<std::size_t> find(const Space& space, const std::string& name) {
  const auto at = std::ranges::lower_bound(space.parameters, name, {}, &Parameter::name);
  if (at == space.parameters.end() || at->name != name) return std::nullopt;
  return static_cast<std::size_t>(at - space.parameters.begin());
}

std::optional<std::uint64_t> product(std::uint64_t a, std::uint64_t b) {
  if (b != 0 && a > kCountable / b) return std::nullopt;
  return a * b;
}

/// Configurations that complete the one begun: a product where nothing depends on a parameter, a sum where something does.
std::optional<std::uint64_t> count(const Space& space, std::span<const std::size_t> order,
                                   const std::vector<bool>& decides, Configuration& begun) {
  std::uint64_t all = 1;
  for (; !order.empty(); order = order.subspan(1)) {
    const Parameter& parameter = space.parameters[order[0]];
    if (!is_active(parameter, begun)) continue;
    const auto levels = level_count(parameter);
    if (!levels || *levels > kCountable) return std::nullopt;
    if (!decides[order[0]]) {
      const auto more = product(all, *levels);
      if (!more) return std::nullopt;
      all = *more;
      continue;
    }
    if (*levels > kDeciding) return std::nullopt;
    std::uint64_t sum = 0;
    for (std::uint64_t i = 0; i < *levels; i++) {
      begun.insert_or_assign(parameter.name, level(parameter, i));
      const auto rest = count(space, order.subspan(1), decides, begun);
      begun.erase(parameter.name);
      if (!rest || *rest > kCountable - sum) return std::nullopt;
      sum += *rest;
    }
    return product(all, sum);
  }
  return all;
}

/// For each parameter, the one that it hangs on by way of its conditions and that has none itself.
std::vector<std::size_t> roots(const Space& space, std::span<const std::size_t> order) {
  std::vector<std::size_t> root(space.parameters.size());
  for (const std::size_t i : order) {
    const auto& condition = space.parameters[i].condition;
    root[i] = condition ? root[find(space, condition->parameter).value_or(i)] : i;
  }
  return root;
}

}  // namespace

bool same_value(const Value& a, const Value& b) {
  if (a.index() == b.index()) return a == b;
  const auto* whole = std::get_if<std::int64_t>(&a);
  const auto* real = std::get_if<double>(&b);
  if (whole == nullptr || real == nullptr) {
    whole = std::get_if<std::int64_t>(&b);
    real = std::get_if<double>(&a);
  }
  return whole != nullptr && real != nullptr && static_cast<double>(*whole) == *real;
}

std::string to_text(const Value& value) {
  if (const auto* literal = std::get_if<Literal>(&value)) return literal->json;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return value_to_json(value).dump();
}

std::string fingerprint(const Configuration& configuration) {
  std::string text;
  for (const auto& [name, value] : configuration) text += fmt::format("{}={};", name, mark(value));
  return text;
}

nlohmann::ordered_json to_json(const Configuration& configuration) {
  auto json = nlohmann::ordered_json::object();
  for (const auto& [name, value] : configuration) json[name] = value_to_json(value);
  return json;
}

Result<Configuration> configuration_from_json(const nlohmann::json& json) {
  if (!json.is_object())
    return fail(Trouble::data, "this is no configuration", fmt::format("found a JSON {}", json.type_name()),
                R"(write an object such as {"learning_rate": 0.001})");
  Configuration configuration;
  for (const auto& [name, value] : json.items()) configuration.insert_or_assign(name, value_from_json(value));
  return configuration;
}

Result<void> check(const Space& space) {
  for (std::size_t i = 0; i < space.parameters.size(); i++) {
    const Parameter& parameter = space.parameters[i];
    if (i > 0 && !(space.parameters[i - 1].name < parameter.name))
      return std::unexpected(wrong(parameter, fmt::format("it stands behind {}: names must be sorted, each once",
                                                          space.parameters[i - 1].name)));
    const auto trouble = std::visit(
        [&](const auto& domain) -> std::optional<Error> {
          if constexpr (std::is_same_v<std::decay_t<decltype(domain)>, Constant>)
            return std::nullopt;
          else
            return fault(parameter, domain);
        },
        parameter.domain);
    if (trouble) return std::unexpected(*trouble);
    if (parameter.condition && !find(space, parameter.condition->parameter))
      return std::unexpected(
          wrong(parameter, fmt::format("it depends on {}, which is no parameter", parameter.condition->parameter)));
  }
  if (dependency_order(space).size() == space.parameters.size()) return {};
  return fail(Trouble::usage, "the conditions of the parameters run in a circle");
}

std::vector<std::size_t> dependency_order(const Space& space) {
  std::vector<std::size_t> order;
  std::vector<bool> placed(space.parameters.size());
  for (bool moved = true; moved;) {
    moved = false;
    for (std::size_t i = 0; i < space.parameters.size(); i++) {
      if (placed[i]) continue;
      const auto& condition = space.parameters[i].condition;
      const auto decider = condition ? find(space, condition->parameter) : std::nullopt;
      if (condition && (!decider || !placed[*decider])) continue;
      order.push_back(i);
      placed[i] = moved = true;
    }
  }
  return order;
}

bool is_active(const Parameter& parameter, const Configuration& configuration) {
  if (!parameter.condition) return true;
  const auto at = configuration.find(parameter.condition->parameter);
  return at != configuration.end() &&
         std::ranges::any_of(parameter.condition->values, [&](const Value& v) { return same_value(v, at->second); });
}

bool contains(const Space& space, const Configuration& configuration) {
  std::size_t active = 0;
  for (const Parameter& parameter : space.parameters) {
    const auto at = configuration.find(parameter.name);
    if (is_active(parameter, configuration) != (at != configuration.end())) return false;
    if (at == configuration.end()) continue;
    active++;
    if (!level_of(parameter, at->second) && !unit_position(parameter, at->second)) return false;
  }
  return active == configuration.size();
}

std::optional<std::uint64_t> cardinality(const Space& space) {
  std::vector<bool> decides(space.parameters.size());
  for (const Parameter& parameter : space.parameters) {
    const auto decider = parameter.condition ? find(space, parameter.condition->parameter) : std::nullopt;
    if (decider) decides[*decider] = true;
  }
  const auto order = dependency_order(space), root = roots(space, order);
  std::optional<std::uint64_t> all = 1;
  for (std::size_t i = 0; all && i < root.size(); i++) {  // what hangs on different roots is independent
    if (root[i] != i) continue;
    std::vector<std::size_t> tree;
    std::ranges::copy_if(order, std::back_inserter(tree), [&](std::size_t k) { return root[k] == i; });
    Configuration begun;
    const auto own = count(space, tree, decides, begun);
    all = own ? product(*all, *own) : std::nullopt;
  }
  return all;
}

Space grid_of(Space space) {
  constexpr int kQuantiles = 5;
  for (Parameter& parameter : space.parameters) {
    auto* n = std::get_if<Numeric>(&parameter.domain);
    if (n == nullptr || n->from) continue;
    if (n->shape == Numeric::Shape::uniform && n->step > 0) {
      n->from = n->low;
      n->high = n->low + (std::ceil((n->high - n->low) / n->step) - 1) * n->step;
    } else if (!level_count(parameter)) {
      Choice list{.values = {}, .ordered = true};
      for (int i = 0; i < kQuantiles; i++) {
        Value value = at_quantile(parameter, (i + 0.5) / kQuantiles);
        if (list.values.empty() || !same_value(list.values.back(), value)) list.values.push_back(std::move(value));
      }
      parameter.domain = std::move(list);
    }
  }
  return space;
}

}  // namespace atelier
