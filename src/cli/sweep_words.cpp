// sweep_words.cpp: numbers, times, renamings and configurations as they are typed.
#include "cli/sweep_words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>

#include "base/files.hpp"
#include "experiment/build.hpp"
#include "experiment/program.hpp"

namespace atelier::cli {
namespace {

constexpr std::size_t kLargestFile = 1 << 20;
constexpr std::uint64_t kMany = std::uint64_t{1} << 53;
constexpr const char* kTrials = "a number of trials, from 1";
constexpr const char* kRetries = "a number from 0 to 100";

template <class Number>
Result<Number> number(const std::string& text, const char* option, Number low, Number high, const char* what) {
  Number value{};
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (bad == std::errc() && end == text.data() + text.size() && value >= low && value <= high) return value;
  return fail(Trouble::usage, fmt::format("{} takes {}", option, what), fmt::format("found `{}`", text));
}

/// Reads an option into its place, which stays as it is where the option was not given.
template <class Number>
Result<void> take(const std::string& text, Number& into, const char* option, Number low, Number high,
                  const char* what) {
  if (text.empty()) return {};
  const auto value = number(text, option, low, high, what);
  if (!value) return pass_on(value);
  into = *value;
  return {};
}

/// "10m", "90", "1.5h": seconds.
Result<double> time_span(const std::string& text) {
  std::string digits = text;
  double unit = 1;
  if (!digits.empty() && !std::isdigit(static_cast<unsigned char>(digits.back()))) {
    const char letter = digits.back();
    unit = letter == 's' ? 1 : letter == 'm' ? 60 : letter == 'h' ? 3600 : letter == 'd' ? 86'400 : 0;
    digits.pop_back();
  }
  const auto value = number(digits, "--for", 0.0, 1e9, "");
  if (value && unit > 0 && *value > 0) return *value * unit;
  return fail(Trouble::usage, "--for takes a time", fmt::format("found `{}`", text), "for example 90s, 10m or 2h");
}

Result<std::map<std::string, std::string>> renamings(const std::vector<std::string>& words) {
  std::map<std::string, std::string> map;
  for (const std::string& word : words) {
    const auto at = word.find('=');
    if (at == 0 || at == std::string::npos || at + 1 == word.size())
      return fail(Trouble::usage, "--map takes theirs=ours", fmt::format("found `{}`", word),
                  "for example --map layer_size=layers");
    map[word.substr(0, at)] = word.substr(at + 1);
  }
  return map;
}

/// "a=1,b=[2,3]" at its commas, those within brackets left alone.
std::vector<std::string> pieces(const std::string& words) {
  std::vector<std::string> found(1);
  int depth = 0;
  for (const char c : words) {
    depth += (c == '[') - (c == ']');
    if (c == ',' && depth <= 0)
      found.emplace_back();
    else
      found.back() += c;
  }
  return found;
}

Result<std::map<std::string, std::string>> assignments(const std::string& words) {
  std::map<std::string, std::string> given;
  for (const std::string& word : pieces(words)) {
    const auto at = word.find('=');
    if (at == 0 || at == std::string::npos || at + 1 == word.size())
      return fail(Trouble::usage, "--enqueue takes name=value,name=value", fmt::format("found `{}`", word),
                  "for example --enqueue optimizer=adam,layers=[64,32]");
    given[word.substr(0, at)] = word.substr(at + 1);
  }
  return given;
}

/// What a word can mean as a value of a parameter, the likeliest first: a number, a list, a truth value; the text.
std::vector<Value> readings(const std::string& text) {
  std::vector<Value> values;
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_boolean()) values.emplace_back(json.get<bool>());
  if (json.is_number_integer()) values.emplace_back(json.get<std::int64_t>());
  if (json.is_number()) values.emplace_back(json.get<double>());
  if (json.is_array() || json.is_null()) values.emplace_back(Literal{json.dump()});
  values.emplace_back(text);
  if (const auto list = nlohmann::json::parse("[" + text + "]", nullptr, false); list.is_array())
    values.emplace_back(Literal{list.dump()});  // layers=32, as --layers takes it
  return values;
}

/// The parameter's own value that a word means.
Result<Value> value_of(const Parameter& parameter, const std::string& text) {
  for (const Value& value : readings(text)) {
    if (const auto index = level_of(parameter, value)) return level(parameter, *index);
    if (unit_position(parameter, value)) return value;
  }
  std::vector<std::string> known;
  if (const auto* choice = std::get_if<Choice>(&parameter.domain))
    for (const Value& value : choice->values) known.push_back(to_text(value));
  else if (const auto* numeric = std::get_if<Numeric>(&parameter.domain))
    known = {fmt::format("{:g} to {:g}", numeric->low, numeric->high)};
  else
    known = {to_text(std::get<Constant>(parameter.domain).value)};
  return fail(Trouble::usage, fmt::format("--enqueue: {} is no value of {} in this sweep", text, parameter.name),
              fmt::format("it takes {}", fmt::join(known, ", ")));
}

/// "optimizer=adam,learning_rate=1e-3" as a configuration of the space: what is left out takes the middle of its range
/// or list.
Result<Configuration> configuration_of(const Space& space, const std::string& words) {
  auto given = assignments(words);
  if (!given) return pass_on(given);
  Configuration configuration;
  for (const std::size_t i : dependency_order(space)) {
    const Parameter& parameter = space.parameters[i];
    if (!is_active(parameter, configuration)) continue;
    const auto text = given->find(parameter.name);
    if (text == given->end()) {
      configuration[parameter.name] = at_quantile(parameter, 0.5);
      continue;
    }
    auto value = value_of(parameter, text->second);
    if (!value) return pass_on(value);
    configuration[parameter.name] = *std::move(value);
    given->erase(text);
  }
  if (given->empty()) return configuration;
  const std::string& surplus = given->begin()->first;
  const bool known = std::ranges::find(space.parameters, surplus, &Parameter::name) != space.parameters.end();
  return fail(Trouble::usage,
              fmt::format("--enqueue: {} {}", known ? "there is no place for" : "the sweep has no", surplus),
              known ? "its `when` does not hold with the other values" : "");
}

/// Settings that the command line gives and the file's parameters decide: they would be passed over without a word.
Result<void> no_setting_twice(const SweepWords& words, const SweepSetup& setup) {
  for (const Parameter& parameter : setup.file.space.parameters) {
    const auto rename = setup.renamed.find(parameter.name);
    const std::string name = rename == setup.renamed.end() ? parameter.name : rename->second;
    for (const std::string_view given : words.draft.names()) {
      if (find_setting(name) == nullptr || find_setting(name)->name != given) continue;
      const auto line = setup.file.lines.find(parameter.name);
      return fail(Trouble::usage, fmt::format("the sweep file decides {}", given),
                  fmt::format("{}{} has the parameter {}", setup.file.path,
                              line == setup.file.lines.end() ? "" : fmt::format(":{}", line->second), parameter.name),
                  "leave it out here, or take it out of the sweep file");
    }
  }
  return {};
}

/// The file handed to its program, which settings of a training would not reach.
Result<SweepSetup> program_setup(const SweepWords& words, SweepFile file, std::map<std::string, std::string> map) {
  if (const auto names = words.draft.names(); !names.empty())
    return fail(Trouble::usage, fmt::format("{} runs a program, which has no setting {}", file.path, names.front()),
                "settings are those of Atelier's own trainings", "leave it out, or train with --builtin");
  const auto folder = std::filesystem::current_path();
  if (auto there = check_program(file, folder); !there) return pass_on(there);
  return set_up_program(std::move(file), folder, std::move(map));
}

/// The file tied to settings, or to its program, with what is to be known of it said.
Result<SweepSetup> setup_of(SweepWords& words, const std::string& source, const Console& console) {
  auto file = parse_sweep(source, words.file);
  if (!file) return pass_on(file);
  for (const SweepWarning& warning : file->warnings)
    console.say(wrapped(describe(*file, warning), console.err_terminal));
  if (!words.config.empty())
    if (auto read = words.draft.read_file(words.config); !read) return pass_on(read);
  auto base = words.draft.settle();
  if (!base) return pass_on(base);
  auto map = renamings(words.map);
  if (!map) return pass_on(map);
  auto setup = names_program(*file) && !words.builtin ? program_setup(words, *std::move(file), *std::move(map))
                                                      : set_up(*std::move(file), *std::move(base), *std::move(map));
  if (!setup) return pass_on(setup);
  if (auto single = no_setting_twice(words, *setup); !single) return pass_on(single);
  for (const std::string& note : setup->notes) console.note(note);
  return setup;
}

Result<void> take_numbers(const SweepWords& words, SweepRequest& request) {
  if (auto ok = take(words.runs, request.budget, "--runs", std::uint64_t{1}, kMany, kTrials); !ok) return ok;
  if (auto ok = take(words.seed, request.seed, "--sweep-seed", std::uint64_t{0}, kMany, "a whole number"); !ok)
    return ok;
  if (auto ok = take(words.parallel, request.parallel, "--parallel", 1, 1024, "a number from 1 to 1024"); !ok)
    return ok;
  if (auto ok = take(words.retry, request.retries, "--retry", 0, 100, kRetries); !ok) return ok;
  return take(words.audit, request.audit, "--audit", 0.0, 1.0, "a share from 0 to 1");
}

/// What a sampler knows of an earlier sweep: trials whose values this one could have.
void say_what_is_known(const SweepRequest& request, const std::string& earlier, const Console& console) {
  const Space& space = request.setup.file.space;
  const auto fits = [&](const Observation& seen) {
    return std::ranges::all_of(space.parameters, [&](const Parameter& parameter) {
      const auto found = seen.configuration.find(parameter.name);
      return found == seen.configuration.end() ? parameter.condition.has_value()
                                               : unit_position(parameter, found->second).has_value() ||
                                                     level_of(parameter, found->second).has_value();
    });
  };
  const auto known = std::ranges::count_if(request.earlier, fits);
  if (known == 0)
    console.note(fmt::format("none of the {} trials of {} fits this space: the search begins without them",
                             request.earlier.size(), earlier));
  else
    console.note(fmt::format("{} of the {} trials of {} that have a result fit this space, and are known", known,
                             request.earlier.size(), earlier));
  if (known > 0 && (request.setup.file.method == "random" || request.setup.file.method == "grid" ||
                    request.setup.file.method == "sobol"))
    console.note(fmt::format("{} does not learn from results: they only come last", request.setup.file.method));
}

}  // namespace

Result<SweepRequest> request_of(SweepWords& words, Store& store, const Console& console) {
  const auto bytes = read_file(words.file, kLargestFile);
  if (!bytes) return pass_on(bytes);
  std::string source(bytes->begin(), bytes->end());
  auto setup = setup_of(words, source, console);
  if (!setup) return pass_on(setup);
  SweepRequest request{*std::move(setup), std::move(source)};
  const SweepFile& said = request.setup.file;
  request.seed = said.seed.value_or(1);
  request.budget = said.run_cap.value_or(0);
  request.parallel = threads_of({});
  request.async = words.async;
  if (auto taken = take_numbers(words, request); !taken) return pass_on(taken);
  for (const std::string& one : words.enqueue) {
    auto configuration = configuration_of(said.space, one);
    if (!configuration) return pass_on(configuration);
    request.enqueued.push_back(*std::move(configuration));
  }
  if (words.after.empty()) return request;
  const auto earlier = find_sweep(store, words.after);
  if (!earlier) return pass_on(earlier);
  auto seen = observations_of(store, *earlier);
  if (!seen) return pass_on(seen);
  request.earlier = *std::move(seen);
  say_what_is_known(request, earlier->id, console);
  return request;
}

Result<SweepExtension> extension_of(const SweepWords& words) {
  const std::pair<bool, const char*> fixed[] = {{!words.map.empty(), "--map"},
                                                {!words.parallel.empty(), "--parallel"},
                                                {!words.seed.empty(), "--sweep-seed"},
                                                {!words.audit.empty(), "--audit"},
                                                {words.async, "--async"},
                                                {!words.enqueue.empty(), "--enqueue"},
                                                {!words.after.empty(), "--after"},
                                                {words.builtin, "--builtin"},
                                                {!words.config.empty(), "--config"}};
  const auto refused = [](std::string_view what) {
    return fail(Trouble::usage, fmt::format("a sweep that goes on keeps its own {}", what),
                "only --workers, --for, --retry, --runs and --data may change",
                "leave it out, or start a new sweep with --after");
  };
  for (const auto& [given, flag] : fixed)
    if (given) return refused(flag);
  for (const std::string_view name : words.draft.names())
    if (name != "data") return refused(name);
  SweepExtension extension;
  if (!words.runs.empty()) {
    extension.budget = 0;
    if (auto ok = take(words.runs, *extension.budget, "--runs", std::uint64_t{1}, kMany, kTrials); !ok)
      return pass_on(ok);
  }
  if (!words.retry.empty()) {
    extension.retries = 0;
    if (auto ok = take(words.retry, *extension.retries, "--retry", 0, 100, kRetries); !ok) return pass_on(ok);
  }
  return extension;
}

Result<WorkOptions> work_options(const SweepWords& words) {
  WorkOptions options;
  if (auto ok = take(words.workers, options.workers, "--workers", 1, 1024, "a number of threads, from 1 to 1024"); !ok)
    return pass_on(ok);
  options.data = words.data;
  if (const auto moved = words.draft.settle(); words.resume && moved) options.data = moved->data;
  if (words.seconds.empty()) return options;
  const auto seconds = time_span(words.seconds);
  if (!seconds) return pass_on(seconds);
  options.seconds = *seconds;
  return options;
}

Result<std::optional<ConfirmPlan>> confirm_plan(const SweepWords& words) {
  if (words.confirm.empty() && !words.seeds.empty())
    return fail(Trouble::usage, "--seeds says how often --confirm trains a winner again", "there is no --confirm",
                "add it; --sweep-seed is the seed of the search, --seed that of the trainings");
  if (words.confirm.empty()) return std::nullopt;
  ConfirmPlan plan;
  if (auto ok = take(words.confirm, plan.winners, "--confirm", 1, 50, "a number of winners, from 1 to 50"); !ok)
    return pass_on(ok);
  if (auto ok = take(words.seeds, plan.seeds, "--seeds", 2, 1000, "a number of seeds, from 2 to 1000"); !ok)
    return pass_on(ok);
  return plan;
}

}  // namespace atelier::cli
