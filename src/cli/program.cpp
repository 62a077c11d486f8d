// program.cpp: from words to a command, from its error to an exit code.
#include "cli/program.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <new>

#include "base/catalog.hpp"
#include "base/version.hpp"
#include "cli/arguments.hpp"
#include "cli/command.hpp"
#include "cli/exit_code.hpp"
#include "cli/help.hpp"
#include "figures/text.hpp"
#include "kernels/isa.hpp"

namespace atelier::cli {
namespace {

const Command* find_command(std::span<const Command> all, std::string_view name) {
  const auto found = std::ranges::find(all, name, &Command::name);
  return found == all.end() ? nullptr : &*found;
}

std::unexpected<Error> unknown_command(const std::string& word) {
  if (word.starts_with('-'))
    return fail(Trouble::usage, "a command comes first", fmt::format("found `{}`", word),
                find_setting(word.substr(0, word.find('='))) ? fmt::format("atelier train {} …", word)
                                                             : "`atelier --help` lists the commands");
  std::vector<std::string_view> names;
  for (const Command& command : commands()) names.push_back(command.name);
  const std::string near = nearest(word, names);
  return fail(Trouble::usage, fmt::format("there is no command `{}`", word), {},
              near.empty() ? "`atelier --help` lists the commands" : fmt::format("did you mean `atelier {}`?", near));
}

std::unexpected<Error> unknown_part(const Command& command, const std::string& word) {
  std::vector<std::string_view> names;
  for (const Command& part : command.parts) names.push_back(part.name.substr(command.name.size() + 1));
  const std::string near = nearest(word, names);
  return fail(Trouble::usage, fmt::format("{} has no `{}`", command.name, printable(word)), {},
              near.empty() ? fmt::format("`atelier {} --help` lists what it has", command.name)
                           : fmt::format("did you mean `atelier {} {}`?", command.name, near));
}

/// The command that the words begin with; its name is taken off them.
Result<const Command*> take_command(std::vector<std::string>& words) {
  const Command* command = find_command(commands(), words.front());
  if (!command) return unknown_command(words.front());
  words.erase(words.begin());
  const bool whole = command->parts.empty() || words.empty() || words.front().empty() || words.front()[0] == '-';
  if (whole) return command;
  const Command* part = find_command(command->parts, fmt::format("{} {}", command->name, words.front()));
  if (!part && command->takes_words) return command;
  if (!part) return unknown_part(*command, words.front());
  words.erase(words.begin());
  return part;
}

/// What to know of ATELIER_ISA where it cannot be followed; empty where all is well.
std::string isa_note() {
  const char* set = std::getenv("ATELIER_ISA");
  const std::string name = set ? set : "";
  const Result<Isa> wanted = isa_from_name(name);
  if (name.empty() || (wanted && std::ranges::find(supported_isas(), *wanted) != supported_isas().end())) return {};
  return fmt::format("ATELIER_ISA={} is not followed: {}; {} is in use", printable(name),
                     wanted ? "this processor has no " + std::string(isa_name(*wanted)) : wanted.error().hint,
                     isa_name(isa()));
}

Result<void> run_command(const Command& command, std::vector<std::string> words, Console& console) {
  Prepared prepared = command.prepare();
  prepared.arguments.push_back(quiet_switch(&console.quiet));
  auto help = read_arguments(command, prepared, std::move(words));
  if (!help) return pass_on(help);
  if (*help) {
    console.out << help_of(command, console.out_terminal);
    return {};
  }
  if (const std::string note = isa_note(); !note.empty()) console.note(note);
  return prepared.action(console);
}

std::unexpected<Error> surplus(std::string_view after, const std::string& word) {
  return fail(Trouble::usage, fmt::format("{} takes no further argument", after),
              fmt::format("found `{}`", printable(word)), "`atelier --help` lists the commands");
}

Result<void> dispatch(std::vector<std::string> words, Console& console) {
  for (std::string& word : words)
    if (word.ends_with('\r')) word.pop_back();  // the end of a line of RFC 4180
  for (; words.size() > 1 && words.front() == "--quiet"; words.erase(words.begin())) console.quiet = true;
  const std::string first = words.empty() ? "--help" : words.front();
  if (first == "--version" || first == "-V" || first == "version") {
    if (words.size() > 1) return surplus(first, words[1]);
    console.out << "atelier " << kVersion << '\n';
    return {};
  }
  const bool help = first == "--help" || first == "-h" || first == "help";
  if (help && words.size() < 2) {
    console.out << overview(console.out_terminal);
    return {};
  }
  if (help) words.erase(words.begin());
  const auto command = take_command(words);
  if (!command) return pass_on(command);
  if (!help) return run_command(**command, std::move(words), console);
  if (!words.empty()) return surplus(fmt::format("help {}", (*command)->name), words.front());
  console.out << help_of(**command, console.out_terminal);
  return {};
}

Result<void> guarded(std::vector<std::string> words, Console& console) {
  try {
    auto done = dispatch(std::move(words), console);
    console.out.flush();
    if (done && !console.out)
      return fail(Trouble::file, "cannot write to standard output", "the output is not complete",
                  "is the disk full, or the pipe closed?");
    return done;
  } catch (const std::bad_alloc&) {
    return fail(Trouble::usage, "there is not enough memory for this", {}, "take a smaller network, batch or data set");
  }
}

/// The error as it is described everywhere, its first word in the colour of alarms, its sentences wrapped.
std::string shown(Error error, const Terminal& terminal) {
  constexpr std::string_view word = "error:";
  error.detail = wrapped(error.detail, terminal, 2);
  const std::string text = describe(error);
  return inked(word, Ink::alarm, terminal.colour) + text.substr(word.size());
}

}  // namespace

int run_program(std::vector<std::string> words, Console& console) noexcept {
  try {
    const auto done = guarded(std::move(words), console);
    if (done) return kFine;
    if (done.error().kind != Trouble::interrupted || !done.error().summary.empty())
      console.err << shown(done.error(), console.err_terminal);
    return exit_code(done.error().kind);
  } catch (const std::exception& problem) {
    console.err << "error: this should not have happened\n  " << problem.what()
                << "\nhint: the same command with this text makes a good bug report\n";
    return kInternal;
  }
}

int run_program(int count, char** words) noexcept {
  std::ios::sync_with_stdio(false);
  ::signal(SIGCHLD, SIG_DFL);  // ignored, as a parent may have left it, the ends of our children would be lost
  Console console{std::cout, std::cerr, look_at(STDOUT_FILENO), look_at(STDERR_FILENO)};
  return run_program(std::vector<std::string>(words + std::min(count, 1), words + count), console);
}

}  // namespace atelier::cli
