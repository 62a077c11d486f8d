// program.cpp: macros to words.
#include "experiment/program.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/catalog.hpp"
#include "experiment/detail/process.hpp"

namespace atelier {
namespace {

using namespace std::string_view_literals;
using json = nlohmann::ordered_json;

constexpr std::array kMacros = {"env"sv,
                                "interpreter"sv,
                                "program"sv,
                                "args"sv,
                                "args_no_hyphens"sv,
                                "args_no_equals"sv,
                                "args_json"sv,
                                "args_no_boolean_flags"sv,
                                "args_json_file"sv,
                                "args_append_hydra"sv,
                                "args_override_hydra"sv};

const std::vector<std::string>& command_of(const SweepFile& file) {
  static const std::vector<std::string> usual = {"${env}", "${interpreter}", "${program}", "${args}"};
  return file.command.empty() ? usual : file.command;
}

/// As Python's str() has it, which is what W&B's agent passes: True, None, [64, 'relu'].
std::string python_text(const json& value, bool inside = false) {
  if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
  if (value.is_null()) return "None";
  if (value.is_string()) return inside ? fmt::format("'{}'", value.get<std::string>()) : value.get<std::string>();
  if (!value.is_array()) return value.dump();
  std::vector<std::string> items;
  for (const json& item : value) items.push_back(python_text(item, true));
  return fmt::format("[{}]", fmt::join(items, ", "));
}

/// Names with dots as objects in objects, as the file groups them.
json nested(const json& flat) {
  json tree = json::object();
  for (const auto& [name, value] : flat.items()) {
    json* at = &tree;
    std::size_t from = 0;
    for (std::size_t dot = 0; (dot = name.find('.', from)) != std::string::npos; from = dot + 1) {
      json& below = (*at)[name.substr(from, dot - from)];
      if (!below.is_object() && !below.is_null()) break;
      at = &below;
    }
    (*at)[name.substr(from)] = value;
  }
  return tree;
}

/// What a macro stands for.
std::vector<std::string> meaning(std::string_view macro, const SweepFile& file, const json& values,
                                 const ProgramTrial& trial) {
  if (macro == "env") return {"/usr/bin/env"};
  if (macro == "interpreter") return {detail::find_program("python", ".") ? "python" : "python3"};
  if (macro == "program") return {file.program};
  if (macro == "args_json") return {nested(values).dump()};
  if (macro == "args_json_file") return {(trial.folder / "args.json").string()};
  std::vector<std::string> words;
  for (const auto& [name, value] : values.items()) {
    const std::string text = python_text(value), word = name + "=" + text;
    if (macro == "args") words.push_back("--" + word);
    if (macro == "args_no_hyphens") words.push_back(word);
    if (macro == "args_no_equals") words.insert(words.end(), {"--" + name, text});
    if (macro == "args_append_hydra") words.push_back("+" + word);
    if (macro == "args_override_hydra") words.push_back("++" + word);
    if (macro != "args_no_boolean_flags") continue;
    if (!value.is_boolean()) words.push_back("--" + word);
    if (value == true) words.push_back("--" + name);
  }
  return words;
}

/// A word with each `${envvar:NAME}` in it replaced.
Result<std::string> with_variables(const SweepFile& file, std::string word) {
  constexpr std::string_view open = "${envvar:";
  for (std::size_t at = 0; (at = word.find(open, at)) != std::string::npos;) {
    const std::size_t end = word.find('}', at);
    if (end == std::string::npos) break;
    const std::string name = word.substr(at + open.size(), end - at - open.size());
    const char* value = std::getenv(name.c_str());
    if (value == nullptr)
      return fail(Trouble::usage, fmt::format("{}: the command needs the environment variable {}", file.path, name),
                  "it is not set", fmt::format("export {}=..., and begin again", name));
    word.replace(at, end + 1 - at, value);
    at += std::string_view(value).size();
  }
  return word;
}

std::unexpected<Error> unknown_macro(const SweepFile& file, const std::string& word) {
  const std::string near = nearest(word.substr(2, word.size() - 3), kMacros);
  return fail(Trouble::usage, fmt::format("{}: unknown macro {} in the command", file.path, word),
              fmt::format("known are {} and envvar:NAME", fmt::join(kMacros, ", ")),
              near.empty() ? std::string() : fmt::format("did you mean `${{{}}}`?", near));
}

bool has_word(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

/// The configuration as W&B's library reads it: YAML, which JSON is, too.
std::string wandb_config(const json& values) {
  json config{{"wandb_version", 1}};
  const json tree = nested(values);
  for (const auto& [name, value] : tree.items()) config[name] = {{"value", value}};
  return config.dump(2) + "\n";
}

/// This process's environment with what the program is to know.
std::vector<std::string> environment_for(const ProgramTrial& trial) {
  struct Variable {
    std::string name, value;
    bool keep = false;  // what is set already
  };
  const std::vector<Variable> ours = {{"WANDB_SWEEP_ID", trial.sweep},
                                      {"WANDB_RUN_ID", trial.run},
                                      {"WANDB_SWEEP_PARAM_PATH", (trial.folder / "wandb-config.yaml").string()},
                                      {"WANDB_MODE", "offline", true},
                                      {"PYTHONUNBUFFERED", "1", true},
                                      {"ATELIER_SWEEP", trial.sweep},
                                      {"ATELIER_RUN", trial.run},
                                      {"ATELIER_ATTEMPT", std::to_string(trial.attempt)},
                                      {"ATELIER_RUN_FOLDER", trial.folder.string()}};
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; entry++) {
    const std::string_view text = *entry;
    const auto replaced =
        std::ranges::any_of(ours, [&](const Variable& v) { return !v.keep && text.starts_with(v.name + "="); });
    if (!replaced) all.emplace_back(text);
  }
  for (const Variable& v : ours)
    if (!v.keep || std::getenv(v.name.c_str()) == nullptr) all.push_back(v.name + "=" + v.value);
  return all;
}

}  // namespace

bool names_program(const SweepFile& file) { return !file.program.empty() || !file.command.empty(); }

Result<ProgramCall> program_call(const SweepFile& file, const Configuration& configuration, const ProgramTrial& trial) {
  const json values = to_json(configuration);
  ProgramCall call{{}, environment_for(trial)};
  for (const std::string& raw : command_of(file)) {
    const auto word = with_variables(file, raw);
    if (!word) return pass_on(word);
    if (*word != raw || !word->starts_with("${") || !word->ends_with("}")) {
      call.words.push_back(*word);
      continue;
    }
    const std::string macro = word->substr(2, word->size() - 3);
    if (!has_word({kMacros.begin(), kMacros.end()}, macro)) return unknown_macro(file, *word);
    if (macro == "program" && file.program.empty())
      return fail(Trouble::usage, fmt::format("{}: the command has ${{program}}, the file no program", file.path), {},
                  "add `program: train.py`");
    for (std::string& one : meaning(macro, file, values, trial)) call.words.push_back(std::move(one));
  }
  call.files.emplace_back(trial.folder / "wandb-config.yaml", wandb_config(values));
  if (has_word(command_of(file), "${args_json_file}"))
    call.files.emplace_back(trial.folder / "args.json", nested(values).dump() + "\n");
  return call;
}

Result<void> check_program(const SweepFile& file, const std::filesystem::path& folder) {
  const auto call = program_call(file, {}, {});
  if (!call) return pass_on(call);
  std::error_code missing;
  if (file.command.empty() && !std::filesystem::exists(folder / file.program, missing))
    return fail(Trouble::file, fmt::format("{}: there is no program {}", file.path, file.program),
                "looked for it from " + folder.string(), "start the sweep where the program lies, or give its path");
  if (call->words.empty() || !detail::find_program(call->words.front(), folder))
    return fail(Trouble::usage, fmt::format("{}: the command begins with no program that can be run", file.path),
                call->words.empty() ? "it has no words" : "found " + call->words.front(),
                "begin it with ${env}, or a program in PATH");
  return {};
}

}  // namespace atelier
