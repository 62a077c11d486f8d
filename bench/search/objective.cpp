// objective.cpp: the list, the tables, the score.
#include "objective.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>

#include "base/files.hpp"
#include "base/random.hpp"
#include "tune/sweep_file.hpp"

using namespace atelier;
using nlohmann::json;

namespace {

constexpr std::size_t kLargest = 64 << 20;  // bytes of a file

Result<std::string> text_of(const std::filesystem::path& path) {
  auto bytes = read_file(path, kLargest);
  if (!bytes) return pass_on(bytes);
  return std::string(bytes->begin(), bytes->end());
}

Result<json> list_of(const Places& places) {
  auto text = text_of(places.list);
  if (!text) return pass_on(text);
  json list = json::parse(*text, nullptr, false);
  if (!list.is_array()) return fail(Trouble::data, fmt::format("{} is no list of objectives", places.list.string()));
  return list;
}

Result<json> entry_of(const Places& places, std::string_view name) {
  const auto list = list_of(places);
  if (!list) return pass_on(list);
  const auto entry = std::ranges::find_if(*list, [&](const json& one) { return one.value("name", "") == name; });
  if (entry == list->end())
    return fail(Trouble::usage, fmt::format("no objective is called `{}`", name), places.list.string() + " has them");
  return *entry;
}

Result<void> read_table(const std::filesystem::path& path, Objective& objective) {
  auto text = text_of(path);
  if (!text)
    return fail(Trouble::file, fmt::format("the table of {} is missing", objective.name), path.string(),
                "bench/search/tables.py makes the public tables, own_table the other");
  const auto rows = static_cast<std::size_t>(std::ranges::count(*text, '\n')),
             wanted = cardinality(objective.space).value_or(0);
  if (rows != wanted)
    return fail(Trouble::data, fmt::format("{} has {} rows", path.string(), rows),
                fmt::format("the space of {} has {} configurations", objective.name, wanted));
  const char *at = text->data(), *end = at + text->size();
  while (at < end) {
    double value = 0;
    const auto read = std::from_chars(at, end, value);
    if (read.ec != std::errc{} || read.ptr == end || (*read.ptr != ',' && *read.ptr != '\n'))
      return fail(Trouble::data, fmt::format("{} holds something else than numbers", path.string()));
    objective.table.push_back(value);
    at = read.ptr + 1;
  }
  objective.repeats = objective.table.size() / rows;
  if (objective.repeats * rows != objective.table.size())
    return fail(Trouble::data, fmt::format("the rows of {} are not of one length", path.string()));
  return {};
}

double mean_of_row(const Objective& objective, std::size_t row) {
  double sum = 0;
  for (std::size_t r = 0; r < objective.repeats; r++) sum += objective.table[row * objective.repeats + r];
  return sum / static_cast<double>(objective.repeats);
}

std::size_t row_of(const Objective& objective, const Configuration& configuration) {
  std::size_t row = 0;
  for (const Parameter& parameter : objective.space.parameters)
    row = row * *level_count(parameter) + *level_of(parameter, configuration.at(parameter.name));
  return row;
}

}  // namespace

Result<std::vector<std::string>> names_of(const Places& places, std::string_view set) {
  auto list = list_of(places);
  if (!list) return pass_on(list);
  std::vector<std::string> names;
  for (const json& entry : *list)
    if (entry.value("set", "") == set) names.push_back(entry.value("name", ""));
  return names;
}

Result<Space> space_of(const Places& places, std::string_view name) {
  const auto entry = entry_of(places, name);
  if (!entry) return pass_on(entry);
  const json sweep = {{"method", "random"}, {"parameters", entry->at("parameters")}};
  auto file = parse_sweep(sweep.dump(), places.list.string());
  if (!file) return pass_on(file);
  return std::move(file->space);
}

Result<Objective> objective(const Places& places, std::string_view name) {
  const auto entry = entry_of(places, name);
  if (!entry) return pass_on(entry);
  auto space = space_of(places, name);
  if (!space) return pass_on(space);
  Objective found{.name = std::string(name), .space = *std::move(space)};
  if (entry->contains("table")) {
    const auto path = entry->at("table") == "own" ? places.own : places.tables / (found.name + ".csv");
    if (auto read = read_table(path, found); !read) return pass_on(read);
    found.optimum = HUGE_VAL;
    for (std::size_t row = 0; row < found.table.size() / found.repeats; row++)
      found.optimum = std::min(found.optimum, mean_of_row(found, row));
    return found;
  }
  const auto at = std::ranges::find(functions(), entry->value("function", ""), &Function::name);
  if (at == functions().end()) return fail(Trouble::data, fmt::format("the function of {} is unknown", name));
  found.function = &*at;
  found.optimum = at->optimum(found.space.parameters.size());
  return found;
}

Result<double> Judge::tell(const Configuration& configuration) {
  const Objective& o = *objective_;
  if (!contains(o.space, configuration))
    return fail(Trouble::data, fmt::format("not in the space of {}: {}", o.name, fingerprint(configuration)));
  double shown = 0, truth = 0;
  if (o.function != nullptr) {
    std::vector<double> x;
    for (const Parameter& parameter : o.space.parameters)
      x.push_back(std::get<double>(configuration.at(parameter.name)));
    shown = truth = o.function->value(x);
  } else {
    const std::size_t row = row_of(o, configuration);
    constexpr std::uint64_t stream = 0x5ea;
    const std::size_t repeat = Philox(seed_, stream).below(static_cast<std::uint32_t>(o.repeats), row);
    shown = o.table[row * o.repeats + repeat];
    truth = mean_of_row(o, row);
  }
  trials_++;
  if (trials_ == 1 || shown < best_) {
    best_ = shown, regret_ = truth - o.optimum;
    if (changes_.empty() || changes_.back().regret != regret_) changes_.push_back({trials_, regret_});
  }
  return shown;
}

std::string Judge::trace() const {
  std::string text;
  for (const Change& change : changes_) text += fmt::format("{},{},{:.6g}\n", seed_, change.trial, change.regret);
  if (!changes_.empty() && changes_.back().trial != trials_)
    text += fmt::format("{},{},{:.6g}\n", seed_, trials_, regret_);
  return text;
}

Result<Traces> Traces::open(const Places& places, const std::string& objective, const std::string& method) {
  Traces traces;
  traces.path_ = places.traces / objective / (method + ".csv");
  if (!std::filesystem::exists(traces.path_)) return traces;
  auto text = text_of(traces.path_);
  if (!text) return pass_on(text);
  std::istringstream lines(*text);
  std::string line;
  std::getline(lines, line);  // the names of the columns
  while (std::getline(lines, line)) traces.by_seed_[std::stoull(line)] += line + '\n';
  return traces;
}

bool Traces::has(std::uint64_t seed, std::uint64_t trials) const {
  const auto at = by_seed_.find(seed);
  if (at == by_seed_.end()) return false;
  const std::string& text = at->second;
  const std::size_t last = text.rfind('\n', text.size() - 2) + 1;  // npos + 1 is 0: a single line
  return std::stoull(text.substr(text.find(',', last) + 1)) >= trials;
}

Result<void> Traces::add(std::uint64_t seed, const std::string& trace) {
  by_seed_[seed] = trace;
  std::string text = "seed,trial,regret\n";
  for (const auto& [_, one] : by_seed_) text += one;
  std::filesystem::create_directories(path_.parent_path());
  return write_file_atomically(path_, text);
}
