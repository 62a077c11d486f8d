// runs_edit.cpp: `atelier runs tag` and `atelier runs note`: what a person writes on a run.
#include <fmt/format.h>

#include <algorithm>

#include "cli/runs.hpp"
#include "cli/runs_text.hpp"
#include "figures/text.hpp"
#include "track/named_run.hpp"

namespace atelier::cli {
namespace {

struct TagState {
  std::string workspace;
  std::vector<std::string> runs, add, remove;
};

struct NoteState {
  std::string run, workspace, name, group;
  std::vector<std::string> text;
  bool clear = false, no_name = false, no_group = false;
};

std::string joined(const std::vector<std::string>& words, const char* between) {
  return fmt::format("{}", fmt::join(words, between));
}

/// A tag that a list of tags can show, and an option can name.
Result<void> check_tag(const std::string& tag) {
  if (tag.find_first_not_of(" \t\r\n") != std::string::npos && !tag.contains(',')) return {};
  return fail(Trouble::usage, fmt::format("\"{}\" is no tag", printable(tag)),
              "a tag has at least one letter and no comma", "give --add once for each tag");
}

Result<void> check_removed(const Run& run, const std::vector<std::string>& removed) {
  for (const std::string& one : removed)
    if (std::ranges::find(run.tags, one) == run.tags.end())
      return fail(Trouble::usage, fmt::format("{} has no tag \"{}\"", run.id, printable(one)),
                  run.tags.empty() ? "it has none" : "it has " + printable(joined(run.tags, ", ")));
  return {};
}

void list_tags(const std::vector<Run>& runs, const Console& console) {
  for (const Run& run : runs) {
    if (run.tags.empty()) console.say(fmt::format("{} has no tags; --add gives it one", run.id));
    for (const std::string& one : run.tags)
      console.out << (runs.size() > 1 ? run.id + "  " : std::string()) << printable(one) << '\n';
  }
}

Result<void> tag(const TagState& state, const Console& console) {
  if (state.runs.empty()) return fail(Trouble::usage, "runs tag needs a run", {}, "atelier runs tag RUN... --add TAG");
  for (const std::string& one : state.add)
    if (auto fine = check_tag(one); !fine) return fine;
  const bool reading = state.add.empty() && state.remove.empty();
  const auto store = reading ? open_to_read(state.workspace) : open_to_edit(state.workspace);
  if (!store) return pass_on(store);
  std::vector<Run> runs;
  for (const std::string& word : state.runs) {
    auto found = named_run(**store, word);
    if (!found) return pass_on(found);
    if (auto fine = check_removed(*found, state.remove); !fine) return fine;
    runs.push_back(*std::move(found));
  }
  if (reading) {
    list_tags(runs, console);
    return {};
  }
  for (const Run& run : runs) {
    const auto done = (*store)->annotate(run.id, {.add_tags = state.add, .remove_tags = state.remove});
    if (!done) return done;
    const auto changed = (*store)->run(run.id);
    if (!changed) return pass_on(changed);
    console.say(fmt::format("{}: {}", run.id,
                            changed->tags.empty() ? "no tags" : "tags " + printable(joined(changed->tags, ", "))));
  }
  return {};
}

Result<void> note(const NoteState& state, const Console& console) {
  if (state.clear && !state.text.empty()) return fail(Trouble::usage, "--clear takes no text beside it");
  if (state.no_name && !state.name.empty()) return fail(Trouble::usage, "--name and --no-name exclude each other");
  if (state.no_group && !state.group.empty()) return fail(Trouble::usage, "--group and --no-group exclude each other");
  const bool named = !state.name.empty() || state.no_name, grouped = !state.group.empty() || state.no_group;
  const bool reading = state.text.empty() && !state.clear && !named && !grouped;
  const auto store = reading ? open_to_read(state.workspace) : open_to_edit(state.workspace);
  if (!store) return pass_on(store);
  const auto found = named_run(**store, state.run);
  if (!found) return pass_on(found);
  if (reading) {
    if (found->notes.empty())
      console.say(fmt::format("{} has no note; `atelier runs note {} TEXT` writes one", found->id,
                              words_of(*found, state.workspace)));
    else
      console.out << found->notes << '\n';
    return {};
  }
  Notes notes;
  if (!state.text.empty() || state.clear) notes.notes = joined(state.text, " ");
  if (named) notes.name = state.name;
  if (grouped) notes.group = state.group;
  const auto done = (*store)->annotate(found->id, notes);
  if (!done) return done;
  console.say(fmt::format("{} is noted", found->id));
  return {};
}

}  // namespace

Command runs_tag_command() {
  return {"runs tag",
          "Look up",
          "RUN... [--add TAG] [--remove TAG]",
          "give runs tags, or take them away",
          {"atelier runs tag r7k2 --add baseline", "atelier runs --where 'tag = \"baseline\"'"},
          [] {
            auto state = std::make_shared<TagState>();
            return Prepared{{{"RUN...", "", std::string(kRunHelp), &state->runs, false},
                             {"--add", "TAG", "may be given several times", &state->add, false},
                             {"--remove", "TAG", "may be given several times", &state->remove, false},
                             workspace_option(&state->workspace)},
                            [state](Console& console) { return tag(*state, console); }};
          }};
}

Command runs_note_command() {
  return {"runs note",
          "Look up",
          "RUN [TEXT] [--name NAME] [--group NAME]",
          "write a note on a run, name it, put it into a group",
          {"atelier runs note r7k2 \"wider, and it pays\"", "atelier runs note r7k2 --group course"},
          [] {
            auto state = std::make_shared<NoteState>();
            return Prepared{
                {run_argument(&state->run),
                 {"TEXT", "", "instead of the note it has; without any, that is shown", &state->text, false},
                 {"--name", "NAME", "what the run is called", &state->name, false},
                 {"--no-name", "", "take the name away", &state->no_name, false},
                 {"--group", "NAME", "the group it belongs to", &state->group, false},
                 {"--no-group", "", "take the run out of its group", &state->no_group, false},
                 {"--clear", "", "take the note away", &state->clear, false},
                 workspace_option(&state->workspace)},
                [state](Console& console) { return note(*state, console); }};
          }};
}

}  // namespace atelier::cli
