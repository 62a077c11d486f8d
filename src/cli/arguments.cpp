// arguments.cpp: one spelling for each flag, then CLI11.
#include "cli/arguments.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <deque>
#include <map>
#include <optional>
#include <span>

#include "base/catalog.hpp"

namespace atelier::cli {
namespace {

bool is_switch(const Setting& setting) { return std::holds_alternative<bool Recipe::*>(setting.field); }
bool is_list(const Setting& setting) { return std::holds_alternative<std::vector<int> Recipe::*>(setting.field); }

/// "-e10" as argparse reads it: a one-letter flag and its number in one word.
std::string split_number(const std::string& word) {
  const bool glued = word.size() > 2 && word[0] == '-' && std::isalpha(static_cast<unsigned char>(word[1])) &&
                     (std::isdigit(static_cast<unsigned char>(word[2])) || word[2] == '.');
  const Setting* setting = glued ? find_setting(word.substr(0, 2)) : nullptr;
  return setting ? fmt::format("--{}={}", setting->name, word.substr(2)) : word;
}

std::string rewritten(const std::string& word) {
  const std::size_t end = std::min(word.find('='), word.size());
  if (word.size() < 2 || word[0] != '-' || word == "--") return word;
  const Setting* setting = find_setting(word.substr(0, end));
  if (!setting) return split_number(word);
  return fmt::format("--{}{}", setting->name, end == word.size() && is_switch(*setting) ? "=true" : word.substr(end));
}

std::string help_hint(const Command& command) {
  return fmt::format("`atelier {} --help` lists what it takes", command.name);
}

std::unexpected<Error> unknown(const Command& command, const Prepared& prepared, const std::string& word) {
  const std::string help = help_hint(command);
  if (!word.starts_with('-'))
    return fail(Trouble::usage, fmt::format("{} takes no further argument", command.name),
                fmt::format("found `{}`", word), help);
  const std::string name = word.substr(0, word.find('='));
  std::vector<std::string_view> known{"help", "quiet"};
  for (const Argument& argument : prepared.arguments)
    if (argument.name.starts_with("--")) known.push_back(std::string_view(argument.name).substr(2));
  std::string near = nearest(plain_name(name), known);
  if (prepared.draft) {
    const std::string setting = nearest_setting(name);
    const std::vector<std::string_view> both{near, setting};
    near = nearest(plain_name(name), both);
    if (near.empty()) near = setting;
  }
  return fail(Trouble::usage, fmt::format("{} has no option `{}`", command.name, name), {},
              near.empty() ? help : fmt::format("did you mean `--{}`?", near));
}

/// The settings as CLI11 options: their texts wait here until all words are read.
class SettingTexts {
 public:
  void add_to(CLI::App& app) {
    for (const Setting& setting : settings()) {
      std::vector<std::string>& texts = texts_[&setting];
      const std::string flag = fmt::format("--{}", setting.name);
      CLI::Option* option = app.add_option(flag, texts)->type_size(1)->expected(1, is_list(setting) ? 1000 : 1);
      option->multi_option_policy(is_list(setting) ? CLI::MultiOptionPolicy::TakeAll
                                                   : CLI::MultiOptionPolicy::TakeLast);
    }
  }

  Result<void> move_to(Draft& draft) const {
    for (const Setting& setting : settings()) {
      const std::vector<std::string>& texts = texts_.at(&setting);
      if (texts.empty()) continue;
      const std::string text = is_list(setting) ? fmt::format("{}", fmt::join(texts, ",")) : texts.back();
      if (auto done = draft.set(fmt::format("--{}", setting.name), text, Source::flag); !done) return done;
    }
    return {};
  }

 private:
  std::map<const Setting*, std::vector<std::string>> texts_;
};

/// A word that is a flag of the command, in any of its spellings.
struct Flag {
  std::string name;  ///< in full: "--learning-rate"
  bool is_switch = false;
  std::optional<std::string> value = {};  ///< what stands behind "="
};

std::optional<Flag> flag_in(const std::string& word, const Prepared& prepared) {
  if (word.size() < 2 || word[0] != '-' || word == "--") return std::nullopt;
  const std::size_t end = std::min(word.find('='), word.size());
  const std::string head = word.substr(0, end);
  std::optional<std::string> value;
  if (end < word.size()) value = word.substr(end + 1);
  for (const Argument& argument : prepared.arguments) {
    const std::string_view both = argument.name;  // "--split" or "-o,--output"
    const std::size_t comma = both.find(',');
    const std::string_view full = comma == both.npos ? both : both.substr(comma + 1);
    if (both.starts_with('-') && (head == full || head == both.substr(0, comma)))
      return Flag{std::string(full), std::holds_alternative<bool*>(argument.target), value};
  }
  if (!prepared.draft) return std::nullopt;
  if (const Setting* setting = find_setting(head))
    return Flag{fmt::format("--{}", setting->name), is_switch(*setting), value};
  const std::string apart = split_number(word);
  return apart == word ? std::nullopt : flag_in(apart, prepared);
}

std::unexpected<Error> no_value(const Command& command, const Flag& flag, std::string detail) {
  return fail(Trouble::usage, fmt::format("{} needs a value", flag.name), std::move(detail), help_hint(command));
}

constexpr std::string_view kEmptyWord = "found an empty word: an empty variable of the shell?";

/// What stands behind a flag: a switch takes true or false, all others exactly what is no flag itself.
/// `next` is the word after it, or nullptr.
Result<void> check_value(const Command& command, const Prepared& prepared, const Flag& flag, const std::string* next) {
  if (flag.is_switch) {
    Recipe scratch;
    return flag.value ? set(scratch, *find_setting("residual"), *flag.value, flag.name) : Result<void>();
  }
  if (flag.value)
    return flag.value->empty() ? Result<void>(no_value(command, flag, std::string(kEmptyWord))) : Result<void>();
  if (!next) return no_value(command, flag, "it is the last word");
  if (next->empty()) return no_value(command, flag, std::string(kEmptyWord));
  if (*next == "--" || flag_in(*next, prepared))
    return no_value(command, flag, fmt::format("the next word is the flag {}", next->substr(0, next->find('='))));
  return {};
}

bool is_whole_number(const std::string& word) {
  return !word.empty() && std::ranges::all_of(word, [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// Gives options that may stand alone their value: "--confirm file" -> "--confirm=5 file".
std::vector<std::string> with_bare_values(const Prepared& prepared, std::vector<std::string> words) {
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; i++) {
    const auto option = std::ranges::find(prepared.arguments, words[i], &Argument::name);
    if (option == prepared.arguments.end() || option->bare.empty()) continue;
    if (i + 1 == words.size() || !is_whole_number(words[i + 1])) words[i] += "=" + option->bare;
  }
  return words;
}

/// Whether every flag has its value, told before CLI11 takes the words apart.
Result<void> check_words(const Command& command, const Prepared& prepared, std::span<const std::string> words) {
  for (std::size_t i = 0; i < words.size(); i++) {
    if (words[i].empty())
      return fail(Trouble::usage, fmt::format("{} cannot use an empty word", command.name), std::string(kEmptyWord),
                  help_hint(command));
    const std::optional<Flag> flag = flag_in(words[i], prepared);
    if (!flag) continue;
    const std::string* next = i + 1 < words.size() ? &words[i + 1] : nullptr;
    if (auto fine = check_value(command, prepared, *flag, next); !fine) return fine;
    if (!flag->is_switch && !flag->value) i++;
  }
  return {};
}

/// CLI11 wants plain words for names; what an argument is called is for people.
void add_argument(CLI::App& app, const Argument& argument, std::size_t place) {
  const std::string name = argument.name.starts_with('-') ? argument.name : fmt::format("argument{}", place);
  if (bool* const* target = std::get_if<bool*>(&argument.target)) {
    app.add_flag(name, **target);
  } else if (std::string* const* text = std::get_if<std::string*>(&argument.target)) {
    app.add_option(name, **text)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  } else {
    CLI::Option* option = app.add_option(name, *std::get<std::vector<std::string>*>(argument.target));
    if (name.starts_with('-')) option->allow_extra_args(false);  // one value each time it is given
  }
}

bool is_empty(const Argument& argument) {
  if (std::string* const* text = std::get_if<std::string*>(&argument.target)) return (*text)->empty();
  if (std::vector<std::string>* const* list = std::get_if<std::vector<std::string>*>(&argument.target))
    return (*list)->empty();
  return false;
}

}  // namespace

std::vector<std::string> rewrite_settings(std::vector<std::string> words) {
  const auto end = std::ranges::find(words, "--");
  std::transform(words.begin(), end, words.begin(), rewritten);
  return words;
}

Result<bool> read_arguments(const Command& command, const Prepared& prepared, std::vector<std::string> words) {
  words = with_bare_values(prepared, std::move(words));
  const std::span<const std::string> before_mark(words.begin(), std::ranges::find(words, "--"));
  for (const std::string_view help : {"--help", "-h"})
    if (std::ranges::find(before_mark, help) != before_mark.end()) return true;
  // With the mark, so that a flag in front of it is seen to lack its value.
  const auto checked = std::span<const std::string>(words).first(std::min(before_mark.size() + 1, words.size()));
  if (auto fine = check_words(command, prepared, checked); !fine) return pass_on(fine);
  if (prepared.draft) words = rewrite_settings(std::move(words));

  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  for (std::size_t i = 0; i < prepared.arguments.size(); i++) add_argument(app, prepared.arguments[i], i);
  SettingTexts texts;
  if (prepared.draft) texts.add_to(app);

  std::ranges::reverse(words);
  try {
    app.parse(std::move(words));
  } catch (const CLI::ParseError& problem) {
    const std::string what = problem.what();
    const std::string name = what.substr(0, what.find(':'));
    return fail(Trouble::usage, name.starts_with("--") ? fmt::format("{} needs a value", name) : what, {},
                help_hint(command));
  }
  std::vector<std::string> extras = app.remaining();
  if (const auto mark = std::ranges::find(extras, "--"); mark != extras.end()) extras.erase(mark);
  if (!extras.empty()) return unknown(command, prepared, extras.front());
  for (const Argument& argument : prepared.arguments)
    if (argument.required && is_empty(argument))
      return fail(Trouble::usage, fmt::format("{} needs {}", command.name, argument.name), {},
                  fmt::format("atelier {} {}", command.name, command.synopsis));
  if (prepared.draft)
    if (auto done = texts.move_to(*prepared.draft); !done) return pass_on(done);
  return false;
}

}  // namespace atelier::cli
