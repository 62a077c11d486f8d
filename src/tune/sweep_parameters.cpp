// sweep_parameters.cpp: the parameters of a sweep file, each distribution of W&B's schema.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/math.hpp"
#include "tune/detail/sweep_reader.hpp"

namespace atelier::detail {
namespace {

using namespace std::string_view_literals;
using Shape = Numeric::Shape;

/// A distribution of numbers as the schema has it. `limits`: min and max; otherwise mu and sigma, or a and b.
struct Form {
  std::string_view name;
  Shape shape;
  bool quantised = false;
  bool exponents = false;  ///< min and max are exponents of e
};

constexpr std::array kForms = {
    Form{"uniform", Shape::uniform},
    Form{"int_uniform", Shape::uniform},
    Form{"q_uniform", Shape::uniform, true},
    Form{"log_uniform", Shape::log_uniform, false, true},
    Form{"log_uniform_values", Shape::log_uniform},
    Form{"q_log_uniform", Shape::log_uniform, true, true},
    Form{"q_log_uniform_values", Shape::log_uniform, true},
    Form{"inv_log_uniform", Shape::inv_log_uniform, false, true},
    Form{"inv_log_uniform_values", Shape::inv_log_uniform},
    Form{"normal", Shape::normal},
    Form{"q_normal", Shape::normal, true},
    Form{"log_normal", Shape::log_normal},
    Form{"q_log_normal", Shape::log_normal, true},
    Form{"beta", Shape::beta},
    Form{"q_beta", Shape::beta, true},
};

constexpr std::array kOtherForms = {"constant"sv, "categorical"sv, "categorical_w_probabilities"sv};

bool has_limits(const Form& form) {
  return form.shape != Shape::normal && form.shape != Shape::log_normal && form.shape != Shape::beta;
}

bool name_fits(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !name.empty() && letter(name[0]) &&
         std::ranges::all_of(name, [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-'; });
}

/// W&B's inference: the first of its schemas that the keys fit.
std::string infer(SweepReader& reader, const Node& map, const std::string& what) {
  if (map.find("parameters")) return "nested";
  if (map.find("value")) return "constant";
  if (map.find("values")) return map.find("probabilities") ? "categorical_w_probabilities" : "categorical";
  const Node *low = map.find("min"), *high = map.find("max");
  if (low && high) {
    const bool whole_low = low->scalar.is_number_integer(), whole_high = high->scalar.is_number_integer();
    if (whole_low != whole_high && low->scalar.is_number() && high->scalar.is_number())
      reader.warn(map.line, fmt::format("{} has a whole and a broken limit: it is drawn from all real numbers, and "
                                        "W&B's client refuses it; write "
                                        "both as {:.1f} and {:.1f}, or both as whole numbers",
                                        what, low->scalar.get<double>(), high->scalar.get<double>()));
    return whole_low && whole_high ? "int_uniform" : "uniform";
  }
  reader.fault(map.line, fmt::format("{} fits no distribution", what),
               low || high ? "one of min and max is missing" : "there is no value, no values, no min and max",
               "write `value: x`, `values: [x, y]`, `min:` and `max:`, or name a `distribution:`");
  return "";
}

/// Limits, exponents raised, checked to be in order.
bool read_limits(SweepReader& reader, const Node& map, const Form& form, const std::string& what, Numeric& numeric) {
  const Node *low = map.find("min"), *high = map.find("max");
  if (!low || !high) {
    reader.fault(map.line, fmt::format("{} has no {}", what, low ? "max" : "min"),
                 fmt::format("{} needs both limits", form.name), "");
    return false;
  }
  const auto a = reader.number(*low, "min of " + what), b = reader.number(*high, "max of " + what);
  if (!a || !b) return false;
  if (!(*a < *b)) {
    reader.fault(low->line, fmt::format("{}: min {:g} is not less than max {:g}", what, *a, *b), "the range is empty",
                 *a == *b ? fmt::format("write `value: {:g}`", *a) : "exchange them");
    return false;
  }
  if (form.exponents) {
    if (*a < -700 || *b > 700) {
      reader.fault(low->line, fmt::format("{}: e^{:g} to e^{:g} is no range of numbers", what, *a, *b),
                   fmt::format("{} takes exponents of e", form.name),
                   fmt::format("write `distribution: {}_values` to give the limits themselves", form.name));
      return false;
    }
    const bool inverse = form.shape == Shape::inv_log_uniform;
    numeric.low = math::exp(inverse ? -*b : *a), numeric.high = math::exp(inverse ? -*a : *b);
    reader.warn(
        map.line,
        fmt::format("{}: {} is deprecated, its min and max are exponents of e: this draws from {:.3g} to {:.3g}; write "
                    "`distribution: {}_values` with the limits themselves",
                    what, form.name, numeric.low, numeric.high, form.name));
    return true;
  }
  numeric.low = *a, numeric.high = *b;
  if (form.shape != Shape::uniform && !(*a > 0)) {
    reader.fault(low->line, fmt::format("{}: min {:g} is not above 0", what, *a),
                 "a logarithmic range has no place for it", "");
    return false;
  }
  return true;
}

std::optional<Numeric> read_numeric(SweepReader& reader, const Node& map, const Form& form, const std::string& what) {
  std::vector<std::string_view> keys = {"distribution", "when"};
  const bool beta = form.shape == Shape::beta, limits = has_limits(form);
  for (const auto key : {limits ? "min"sv : beta ? "a"sv : "mu"sv, limits ? "max"sv : beta ? "b"sv : "sigma"sv})
    keys.push_back(key);
  if (form.quantised) keys.push_back("q");
  reader.check_keys(map, fmt::format("{} ({})", what, form.name), keys);
  Numeric numeric{.shape = form.shape};
  if (limits && !read_limits(reader, map, form, what, numeric)) return std::nullopt;
  if (beta) numeric.mu = numeric.sigma = 1;
  if (const Node* mu = map.find(beta ? "a" : "mu"); mu && !limits)
    numeric.mu = reader.number(*mu, "mu or a of " + what).value_or(1);
  if (const Node* sigma = map.find(beta ? "b" : "sigma"); sigma && !limits)
    numeric.sigma = reader.number(*sigma, "sigma or b of " + what).value_or(1);
  if (form.name == "int_uniform") {
    for (const char* key : {"min", "max"})
      if (!reader.whole(*map.find(key), fmt::format("{} of {} (int_uniform)", key, what), -(std::int64_t{1} << 53)))
        return std::nullopt;
    numeric.integer = true;
  }
  if (form.quantised) {
    const Node* q = map.find("q");
    numeric.step = q ? reader.number(*q, "q of " + what).value_or(1) : 1;
    numeric.integer = !q || q->scalar.is_number_integer();
    if (!(numeric.step > 0))
      reader.fault(map.line, fmt::format("{}: q is {:g}", what, numeric.step), "the values are multiples of q",
                   "q must be above 0");
  }
  return numeric;
}

std::optional<Choice> read_choice(SweepReader& reader, const Node& map, const std::string& what) {
  static constexpr std::array keys = {"values"sv, "probabilities"sv, "distribution"sv, "when"sv};
  reader.check_keys(map, what, keys);
  const Node *values = map.find("values"), *probabilities = map.find("probabilities");
  if (!values || values->kind != Node::Kind::list || values->items.empty()) {
    reader.fault(
        values ? values->line : map.line, fmt::format("{} has no list of values", what),
        fmt::format("found {}", values ? values->items.empty() && values->kind == Node::Kind::list ? "an empty list"
                                                                                                   : found(*values)
                                       : "no `values`"),
        "write `values: [x, y]`");
    return std::nullopt;
  }
  std::vector<double> shares;
  if (probabilities) {
    for (const Node& item : probabilities->items)
      shares.push_back(reader.number(item, "a probability of " + what).value_or(0));
    if (shares.size() != values->items.size()) {
      reader.fault(probabilities->line,
                   fmt::format("{} has {} values and {} probabilities", what, values->items.size(), shares.size()),
                   "each value takes one", "");
      return std::nullopt;
    }
  }
  Choice choice;
  for (std::size_t i = 0; i < values->items.size(); i++) {
    const Node& item = values->items[i];
    if (item.plain && item.scalar.is_string())
      if (const auto& word = item.scalar.get_ref<const std::string&>();
          word == "on" || word == "off" || word == "yes" || word == "no")
        reader.warn(
            item.line,
            fmt::format("{}: `{}` is a text here, and a truth value to W&B; write true, false, or quotes", what, word));
    const Value value = value_of(item);
    const auto twin = std::ranges::find_if(choice.values, [&](const Value& v) { return same_value(v, value); });
    if (twin == choice.values.end()) {
      choice.values.push_back(value);
      if (probabilities) choice.probabilities.push_back(shares[i]);
      continue;
    }
    reader.warn(item.line, fmt::format("{}: {} stands in the list twice; it is taken once", what, to_text(value)));
    if (probabilities) choice.probabilities[static_cast<std::size_t>(twin - choice.values.begin())] += shares[i];
  }
  choice.ordered = std::ranges::all_of(choice.values, [](const Value& v) {
    return std::holds_alternative<std::int64_t>(v) || std::holds_alternative<double>(v);
  });
  if (choice.values.size() == 1)
    reader.warn(values->line,
                fmt::format("{} has one value only, so nothing is searched; write `value: {}`, or more values", what,
                            to_text(choice.values[0])));
  return choice;
}

std::optional<Condition> read_condition(SweepReader& reader, const Node& map, const std::string& what) {
  const Node* when = map.find("when");
  if (!when) return std::nullopt;
  if (when->kind != Node::Kind::map || when->entries.size() != 1) {
    reader.fault(when->line, fmt::format("{}: `when` names one parameter and its values", what),
                 fmt::format("found {}", found(*when)), "for example `when: {layers: [3, 4]}`");
    return std::nullopt;
  }
  const auto& [name, values] = when->entries[0];
  Condition condition{name, {}};
  if (values.kind == Node::Kind::list)
    for (const Node& item : values.items) condition.values.push_back(value_of(item));
  else
    condition.values.push_back(value_of(values));
  return condition;
}

void read_group(SweepReader& reader, const Node& map, const std::string& prefix);

void read_parameter(SweepReader& reader, const std::string& name, const Node& node) {
  if (node.kind != Node::Kind::map)
    return reader.fault(
        node.line, fmt::format("parameter {} must be a map", name), fmt::format("found {}", found(node)),
        node.kind == Node::Kind::list ? "write `values:` before the list"
                                      : fmt::format("write `{}: {{value: {}}}`", name, to_text(value_of(node))));
  Parameter parameter{name, Constant{}};
  const Node* distribution = node.find("distribution");
  const std::string form =
      distribution ? reader.text(*distribution, "distribution of " + name).value_or("") : infer(reader, node, name);
  const auto known = std::ranges::find(kForms, form, &Form::name);
  if (form.empty()) return;
  if (form == "nested") {
    static constexpr std::array keys = {"parameters"sv};
    reader.check_keys(node, name, keys);
    return read_group(reader, *node.find("parameters"), name + ".");
  }
  if (form == "constant") {
    static constexpr std::array keys = {"value"sv, "distribution"sv, "when"sv};
    reader.check_keys(node, name, keys);
    const Node* value = node.find("value");
    if (!value)
      return reader.fault(node.line, fmt::format("{} has no value", name), "constant needs one", "add `value: x`");
    parameter.domain = Constant{value_of(*value)};
  } else if (form.starts_with("categorical") && std::ranges::find(kOtherForms, form) != kOtherForms.end()) {
    auto choice = read_choice(reader, node, name);
    if (!choice) return;
    parameter.domain = std::move(*choice);
  } else if (known != kForms.end()) {
    const auto numeric = read_numeric(reader, node, *known, name);
    if (!numeric) return;
    parameter.domain = *numeric;
  } else {
    std::vector<std::string_view> names(kOtherForms.begin(), kOtherForms.end());
    for (const Form& f : kForms) names.push_back(f.name);
    return reader.fault(distribution->line, fmt::format("{}: unknown distribution `{}`", name, form),
                        fmt::format("known are {}", fmt::join(names, ", ")), suggestion(form, names));
  }
  parameter.condition = read_condition(reader, node, name);
  if (const auto trouble = check(Space{{{name, parameter.domain}}}); !trouble)
    return reader.fault(node.line, trouble.error().summary, trouble.error().detail, trouble.error().hint);
  if (const auto [at, fresh] = reader.sweep.lines.try_emplace(name, node.line); !fresh)
    return reader.fault(node.line, fmt::format("parameter {} is given twice", name),
                        fmt::format("first in line {}", at->second), "keep one of them");
  reader.sweep.space.parameters.push_back(std::move(parameter));
}

void read_group(SweepReader& reader, const Node& map, const std::string& prefix) {
  if (map.kind != Node::Kind::map || map.entries.empty())
    return reader.fault(map.line, "parameters must be a map of names",
                        fmt::format("found {}", map.kind == Node::Kind::map ? "none" : found(map)),
                        "for example `learning_rate: {values: [1e-3, 1e-4]}`");
  for (const auto& [key, node] : map.entries) {
    if (!name_fits(key))
      reader.fault(node.line, fmt::format("`{}` is no name of a parameter", key),
                   "names are letters, digits, _ . and -, a letter or _ first", "");
    else
      read_parameter(reader, prefix + key, node);
  }
}

}  // namespace

Value value_of(const Node& node) {
  const nlohmann::json& scalar = node.scalar;
  if (node.kind == Node::Kind::scalar && scalar.is_boolean()) return scalar.get<bool>();
  if (node.kind == Node::Kind::scalar && scalar.is_number_integer()) return scalar.get<std::int64_t>();
  if (node.kind == Node::Kind::scalar && scalar.is_number()) return scalar.get<double>();
  if (node.kind == Node::Kind::scalar && scalar.is_string()) return scalar.get<std::string>();
  return Literal{to_json(node).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

void read_parameters(SweepReader& reader, const Node& map) {
  read_group(reader, map, "");
  Space& space = reader.sweep.space;
  std::ranges::sort(space.parameters, {}, &Parameter::name);
  std::vector<std::string_view> names;
  for (const Parameter& parameter : space.parameters) names.push_back(parameter.name);
  for (const Parameter& parameter : space.parameters) {
    if (!parameter.condition) continue;
    const std::string& decider = parameter.condition->parameter;
    if (std::ranges::find(names, decider) == names.end())
      reader.fault(reader.sweep.lines[parameter.name],
                   fmt::format("{} depends on `{}`, which is no parameter", parameter.name, decider), "",
                   suggestion(decider, names));
  }
  if (!reader.sound()) return;
  if (const auto sane = check(space); !sane)
    reader.fault(map.line, sane.error().summary, sane.error().detail, sane.error().hint);
}

}  // namespace atelier::detail
