// sweep_file.cpp: the top of a sweep file: method, metric, command, early termination.
#include "tune/sweep_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/catalog.hpp"
#include "base/files.hpp"
#include "tune/detail/sweep_reader.hpp"
#include "tune/sampler.hpp"

namespace atelier {
namespace detail {

using namespace std::string_view_literals;

void SweepReader::fault(int line, std::string what, std::string why, std::string fix) {
  if (first_ && first_line_ <= line) return;
  first_line_ = line;
  first_ = Error{Trouble::usage, fmt::format("{}:{}: {}", sweep.path, line, what), std::move(why), std::move(fix)};
}

bool SweepReader::check_keys(const Node& map, const std::string& what, std::span<const std::string_view> known) {
  if (map.kind != Node::Kind::map) {
    fault(map.line, fmt::format("{} must be a map", what), fmt::format("found {}", found(map)),
          fmt::format("its keys are {}", fmt::join(known, ", ")));
    return false;
  }
  for (const auto& [key, value] : map.entries)
    if (std::ranges::find(known, key) == known.end())
      fault(value.line, fmt::format("unknown key `{}` in {}", key, what),
            fmt::format("known are {}", fmt::join(known, ", ")), suggestion(key, known));
  return true;
}

std::optional<double> SweepReader::number(const Node& node, const std::string& what) {
  if (node.scalar.is_number() && std::isfinite(node.scalar.get<double>())) return node.scalar.get<double>();
  fault(node.line, fmt::format("{} must be a number", what), fmt::format("found {}", found(node)),
        node.scalar.is_string() && !node.plain ? "write it without quotes" : "for example 0.001 or 1e-3");
  return std::nullopt;
}

std::optional<std::int64_t> SweepReader::whole(const Node& node, const std::string& what, std::int64_t least) {
  if (node.scalar.is_number_integer() && node.scalar.get<std::int64_t>() >= least)
    return node.scalar.get<std::int64_t>();
  fault(node.line, fmt::format("{} must be a whole number of at least {}", what, least),
        fmt::format("found {}", found(node)), "");
  return std::nullopt;
}

std::optional<std::string> SweepReader::text(const Node& node, const std::string& what) {
  if (node.kind == Node::Kind::scalar && node.scalar.is_string()) return node.scalar.get<std::string>();
  if (node.kind == Node::Kind::scalar && !node.scalar.is_null()) return node.scalar.dump();
  fault(node.line, fmt::format("{} must be a text", what), fmt::format("found {}", found(node)), "");
  return std::nullopt;
}

std::optional<bool> SweepReader::truth(const Node& node, const std::string& what) {
  if (node.scalar.is_boolean()) return node.scalar.get<bool>();
  fault(node.line, fmt::format("{} must be true or false", what), fmt::format("found {}", found(node)), "");
  return std::nullopt;
}

std::string suggestion(std::string_view word, std::span<const std::string_view> known) {
  const std::string near = nearest(word, known);
  return near.empty() ? std::string() : fmt::format("did you mean `{}`?", near);
}

namespace {

constexpr std::array kKeys = {"method"sv,  "metric"sv,    "parameters"sv,  "run_cap"sv,    "early_terminate"sv,
                              "name"sv,    "seed"sv,      "description"sv, "program"sv,    "command"sv,
                              "project"sv, "entity"sv,    "kind"sv,        "apiVersion"sv, "controller"sv,
                              "job"sv,     "image_uri"sv, "scheduler"sv};

void read_method(SweepReader& reader, const Node& node) {
  const auto method = reader.text(node, "method");
  if (!method) return;
  std::vector<std::string_view> known = {"grid", "random", "bayes"};
  for (const Sampler& sampler : samplers())
    if (std::ranges::find(known, sampler.name) == known.end()) known.push_back(sampler.name);
  reader.sweep.method = *method;
  if (*method == "custom")
    return reader.fault(node.line, "method custom is W&B's own scheduler", "it cannot run here",
                        "write bayes, random or grid");
  if (std::ranges::find(known, *method) == known.end())
    reader.fault(node.line, fmt::format("unknown method `{}`", *method),
                 fmt::format("known are {}", fmt::join(known, ", ")), suggestion(*method, known));
}

void read_metric(SweepReader& reader, const Node& node) {
  static constexpr std::array keys = {"name"sv, "goal"sv, "target"sv, "impute"sv, "impute_while_running"sv};
  static constexpr std::array goals = {"minimize"sv, "maximize"sv};
  static constexpr std::array imputes = {"latest"sv, "best"sv, "worst"sv};
  if (!reader.check_keys(node, "metric", keys)) return;
  SweepMetric metric;
  reader.sweep.lines[""] = node.line;
  if (const Node* name = node.find("name"))
    metric.name = reader.text(*name, "the metric's name").value_or("");
  else
    reader.fault(node.line, "metric has no name", "a sweep must know what to improve", "add `name: val_accuracy`");
  if (const Node* goal = node.find("goal")) {
    const std::string word = reader.text(*goal, "the metric's goal").value_or("minimize");
    if (std::ranges::find(goals, word) == goals.end())
      reader.fault(goal->line, fmt::format("unknown goal `{}`", word), "known are minimize and maximize",
                   suggestion(word, goals));
    metric.maximize = word == "maximize";
  }
  if (const Node* target = node.find("target")) metric.target = reader.number(*target, "the metric's target");
  if (const Node* impute = node.find("impute")) {
    const std::string word = reader.text(*impute, "impute").value_or("worst");
    if (std::ranges::find(imputes, word) == imputes.end())
      reader.fault(impute->line, fmt::format("unknown impute `{}`", word), "known are latest, best and worst",
                   suggestion(word, imputes));
    else if (word != "worst")
      reader.warn(impute->line, "`impute` has no meaning here: runs that failed count as the worst; remove it");
  }
  if (const Node* impute = node.find("impute_while_running"))
    reader.warn(impute->line,
                "`impute_while_running` has no meaning here: the samplers know which runs are under way; remove it");
  reader.sweep.metric = std::move(metric);
}

void read_command(SweepReader& reader, const Node& node) {
  if (node.kind != Node::Kind::list)
    return reader.fault(node.line, "command must be a list", fmt::format("found {}", found(node)),
                        "for example [\"${env}\", python, \"${program}\", \"${args}\"]");
  for (const Node& item : node.items)
    if (const auto word = reader.text(item, "a word of the command")) reader.sweep.command.push_back(*word);
}

void read_words(SweepReader& reader, const Node& root) {
  SweepFile& sweep = reader.sweep;
  const std::pair<const char*, std::string*> words[] = {{"name", &sweep.name},
                                                        {"description", &sweep.description},
                                                        {"project", &sweep.project},
                                                        {"entity", &sweep.entity},
                                                        {"program", &sweep.program}};
  for (const auto& [key, target] : words)
    if (const Node* node = root.find(key)) *target = reader.text(*node, key).value_or("");
  for (const char* key : {"job", "image_uri", "scheduler"})
    if (const Node* node = root.find(key))
      reader.warn(node->line, fmt::format("`{}` is for W&B Launch and has no meaning here", key));
  if (const Node* cap = root.find("run_cap"))
    if (const auto runs = reader.whole(*cap, "run_cap", 1)) sweep.run_cap = static_cast<std::uint64_t>(*runs);
  if (const Node* seed = root.find("seed"))
    if (const auto number = reader.whole(*seed, "seed", 0)) sweep.seed = static_cast<std::uint64_t>(*number);
}

void look_for_absent(SweepReader& reader, const Node& root) {
  const SweepFile& sweep = reader.sweep;
  if (!root.find("method"))
    reader.fault(root.line, "the sweep has no method", "it says how to search",
                 "add `method: bayes`, or random, or grid");
  if (!root.find("parameters"))
    reader.fault(root.line, "the sweep has no parameters", "there is nothing to search",
                 "add `parameters:` with a name and its values");
  const bool adaptive = sweep.method != "grid" && sweep.method != "random" && sweep.method != "sobol";
  if (!sweep.metric && (adaptive || sweep.early_terminate))
    reader.fault(root.line, fmt::format("{} needs a metric", adaptive ? "method " + sweep.method : "early_terminate"),
                 "it compares runs by it", "add `metric: {name: val_accuracy, goal: maximize}`");
}

void read_root(SweepReader& reader, const Node& root) {
  if (!reader.check_keys(root, "the sweep", kKeys)) return;
  read_words(reader, root);
  if (const Node* method = root.find("method")) read_method(reader, *method);
  if (const Node* metric = root.find("metric")) read_metric(reader, *metric);
  if (const Node* command = root.find("command")) read_command(reader, *command);
  if (const Node* parameters = root.find("parameters")) read_parameters(reader, *parameters);
  if (const Node* rule = root.find("early_terminate")) read_stopping(reader, *rule);
  if (reader.sound()) look_for_absent(reader, root);
}

}  // namespace
}  // namespace detail

Result<SweepFile> parse_sweep(const std::string& text, const std::string& name) {
  auto root = detail::read_document(text, name);
  if (!root) return pass_on(root);
  SweepFile sweep;
  sweep.path = name;
  detail::SweepReader reader(sweep);
  detail::read_root(reader, *root);
  if (!reader.sound()) return std::unexpected(reader.error());
  detail::look_for_slips(reader);
  std::ranges::stable_sort(sweep.warnings, {}, &SweepWarning::line);
  return sweep;
}

Result<SweepFile> read_sweep_file(const std::string& path) {
  constexpr std::size_t largest = 1 << 20;
  auto bytes = read_file(path, largest);
  if (!bytes) return pass_on(bytes);
  return parse_sweep(std::string(bytes->begin(), bytes->end()), path);
}

std::string describe(const SweepFile& sweep, const SweepWarning& warning) {
  return fmt::format("{}:{}: warning: {}", sweep.path, warning.line, warning.text);
}

}  // namespace atelier
