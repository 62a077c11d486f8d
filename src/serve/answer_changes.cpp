// answer_changes.cpp: what a person changes: notes, deletion, the state of a sweep.
#include <fmt/format.h>

#include <algorithm>

#include "experiment/sweep.hpp"
#include "serve/route.hpp"
#include "serve/site.hpp"
#include "track/run_json.hpp"

namespace atelier {
namespace {

constexpr std::size_t kLongest = 100'000;  // bytes of a text
constexpr std::size_t kMostTags = 100, kMostRuns = 100'000;

std::unexpected<Error> wrong(std::string_view name, std::string_view takes) {
  return fail(Trouble::usage, fmt::format("\"{}\" must be {}", name, takes));
}

/// Whether the body has only these names.
Result<void> only(const nlohmann::json& body, std::initializer_list<std::string_view> names) {
  for (const auto& [name, value] : body.items())
    if (std::ranges::find(names, name) == names.end())
      return fail(Trouble::usage, fmt::format("the body takes no \"{}\"", name),
                  fmt::format("it takes: {}", fmt::join(names, ", ")));
  return {};
}

Result<std::optional<std::string>> text_in(const nlohmann::json& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end()) return std::optional<std::string>{};
  if (!found->is_string() || found->get_ref<const std::string&>().size() > kLongest)
    return wrong(name, fmt::format("a text of at most {} bytes", kLongest));
  return std::optional(found->get<std::string>());
}

Result<std::vector<std::string>> texts_in(const nlohmann::json& body, const char* name, std::size_t most) {
  std::vector<std::string> texts;
  const auto found = body.find(name);
  if (found == body.end()) return texts;
  const auto sound = [](const auto& one) {
    return one.is_string() && !one.template get_ref<const std::string&>().empty();
  };
  if (!found->is_array() || found->size() > most || !std::ranges::all_of(*found, sound))
    return wrong(name, fmt::format("a list of at most {} texts, none empty", most));
  return found->get<std::vector<std::string>>();
}

Result<Notes> notes_in(const nlohmann::json& body) {
  if (auto known = only(body, {"name", "notes", "group", "add_tags", "remove_tags"}); !known) return pass_on(known);
  Notes notes;
  for (const auto& [name, into] :
       {std::pair{"name", &notes.name}, std::pair{"group", &notes.group}, std::pair{"notes", &notes.notes}}) {
    auto text = text_in(body, name);
    if (!text) return pass_on(text);
    *into = *std::move(text);
  }
  for (const auto& [name, into] :
       {std::pair{"add_tags", &notes.add_tags}, std::pair{"remove_tags", &notes.remove_tags}}) {
    auto tags = texts_in(body, name, kMostTags);
    if (!tags) return pass_on(tags);
    *into = *std::move(tags);
  }
  return notes;
}

}  // namespace

Result<Response> answer_note(const Call& call) {
  const auto notes = notes_in(call.body);
  if (!notes) return pass_on(notes);
  const auto store = call.site.writer();
  if (!store) return pass_on(store);
  const std::string& id = call.name("run");
  if (const auto run = (*store)->run(id); !run) return no_such_run(call, run.error());
  if (auto noted = (*store)->annotate(id, *notes); !noted) return pass_on(noted);
  call.site.look();
  const auto changed = (*store)->run(id);
  if (!changed) return no_such_run(call, changed.error());
  return json_response(run_json(*changed));
}

Result<Response> answer_delete(const Call& call) {
  if (auto known = only(call.body, {"ids", "dry_run"}); !known) return pass_on(known);
  const auto ids = texts_in(call.body, "ids", kMostRuns);
  if (!ids) return pass_on(ids);
  const auto dry = call.body.find("dry_run");
  if (dry == call.body.end() || !dry->is_boolean()) return wrong("dry_run", "true or false, and has to be said");
  const auto store = call.site.writer();
  if (!store) return pass_on(store);
  const auto removal = (*store)->remove(*ids, dry->get<bool>());
  if (!removal) return pass_on(removal);
  if (!dry->get<bool>()) call.site.look();
  return json_response(nlohmann::ordered_json{{"dry_run", dry->get<bool>()},
                                              {"runs", removal->runs},
                                              {"refused", removal->refused},
                                              {"bytes", removal->bytes}});
}

// A sweep that is over stays so; the processes at work see the new state with their next look at the store.
Result<Response> answer_sweep_state(const Call& call) {
  if (auto known = only(call.body, {"state"}); !known) return pass_on(known);
  const auto text = text_in(call.body, "state");
  if (!text) return pass_on(text);
  const auto state = sweep_state(text->value_or(""));
  if (!state || *state == SweepState::finished) return wrong("state", "running, paused or stopped");
  const auto store = call.site.writer();
  if (!store) return pass_on(store);
  const auto sweep = (*store)->sweep(call.name("sweep"));
  if (!sweep) return no_such_sweep(call, sweep.error());
  if (sweep->state == SweepState::finished)
    return error_response(409, Error{Trouble::usage, fmt::format("sweep {} is over", sweep->id), {}, {}});
  if (auto changed = set_sweep_state(**store, sweep->id, *state); !changed) return pass_on(changed);
  call.site.look();
  return json_response(nlohmann::ordered_json{{"id", sweep->id}, {"state", name_of(*state)}});
}

}  // namespace atelier
