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
  std::string run, workspace;
  std::vector<std::string> add, remove;
};

struct NoteState {
  std::string run, workspace, name, group;
  std::vector<std::string> text;
  bool clear = false;
};

std::string joined(const std::vector<std::string>& words, const char* between) {
  return fmt::format("{}", fmt::join(words, between));
}

Result<void> tag(const TagState& state, const Console& console) {
  const bool reading = state.add.empty() && state.remove.empty();
  const auto store = reading ? open_to_read(state.workspace) : open_to_edit(state.workspace);
  if (!store) return pass_on(store);
  const auto found = named_run(**store, state.run);
  if (!found) return pass_on(found);
  if (reading) {
    for (const std::string& one : found->tags) console.out << printable(one) << '\n';
    if (found->tags.empty()) console.say(fmt::format("{} has no tags; --add gives it one", found->id));
    return {};
  }
  for (const std::string& one : state.remove)
    if (std::ranges::find(found->tags, one) == found->tags.end())
      return fail(Trouble::usage, fmt::format("{} has no tag \"{}\"", found->id, printable(one)),
                  found->tags.empty() ? "it has none" : "it has " + printable(joined(found->tags, ", ")));
  const auto done = (*store)->annotate(found->id, {.add_tags = state.add, .remove_tags = state.remove});
  if (!done) return done;
  const auto changed = (*store)->run(found->id);
  if (!changed) return pass_on(changed);
  console.say(fmt::format("{}: {}", found->id,
                          changed->tags.empty() ? "no tags" : "tags " + printable(joined(changed->tags, ", "))));
  return {};
}

Result<void> note(const NoteState& state, const Console& console) {
  if (state.clear && !state.text.empty()) return fail(Trouble::usage, "--clear takes no text beside it");
  const bool reading = state.text.empty() && !state.clear && state.name.empty() && state.group.empty();
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
  if (!state.name.empty()) notes.name = state.name;
  if (!state.group.empty()) notes.group = state.group;
  const auto done = (*store)->annotate(found->id, notes);
  if (!done) return done;
  console.say(fmt::format("{} is noted", found->id));
  return {};
}

}  // namespace

Command runs_tag_command() {
  return {"runs tag",
          "Look up",
          "RUN [--add TAG] [--remove TAG]",
          "give a run tags, or take them away",
          {"atelier runs tag r7k2 --add baseline", "atelier runs --where 'tag = \"baseline\"'"},
          [] {
            auto state = std::make_shared<TagState>();
            return Prepared{{run_argument(&state->run),
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
                 {"--group", "NAME", "the group it belongs to", &state->group, false},
                 {"--clear", "", "take the note away", &state->clear, false},
                 workspace_option(&state->workspace)},
                [state](Console& console) { return note(*state, console); }};
          }};
}

}  // namespace atelier::cli
