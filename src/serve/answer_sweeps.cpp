// answer_sweeps.cpp: the sweeps of a workspace, and all about one of them.
#include <fmt/format.h>

#include "experiment/sweep.hpp"
#include "serve/route.hpp"
#include "serve/site.hpp"
#include "track/run_json.hpp"

namespace atelier {
namespace {

using Json = nlohmann::ordered_json;

Json head_of(const Sweep& sweep) {
  const Json config = read_json(sweep.config);
  Json counts = Json::object();
  for (const auto& [state, count] : sweep.trials) counts[std::string(name_of(state))] = count;
  Json json{{"id", sweep.id},
            {"name", sweep.name},
            {"state", name_of(sweep.state)},
            {"created", iso_time(sweep.created)},
            {"ended", sweep.ended ? Json(iso_time(*sweep.ended)) : Json()},
            {"counts", counts}};
  for (const char* name : {"method", "metric", "goal", "budget", "parallel"})
    json[name] = config.contains(name) ? config[name] : Json();
  return json;
}

Json trial_json(const TrialLine& trial) {
  return {{"number", trial.number},
          {"run", trial.run},
          {"name", trial.name},
          {"state", name_of(trial.state)},
          {"reason", trial.reason},
          {"origin", trial.origin},
          {"epochs", trial.epochs},
          {"value", trial.value ? number_json(*trial.value) : Json()},
          {"parameters", to_json(trial.configuration)}};
}

}  // namespace

Result<Response> no_such_sweep(const Call& call, const Error& error) {
  if (error.kind != Trouble::usage) return std::unexpected(error);
  return not_found(fmt::format("there is no sweep \"{}\"", call.name("sweep")));
}

Result<Response> answer_sweeps(const Call& call) {
  const auto sweeps = call.site.reader().sweeps();
  if (!sweeps) return pass_on(sweeps);
  Json list = Json::array();
  for (const Sweep& sweep : *sweeps) list.push_back(head_of(sweep));
  return json_response(Json{{"sweeps", list}});
}

Result<Response> answer_sweep(const Call& call) {
  Store& store = call.site.reader();
  const auto sweep = store.sweep(call.name("sweep"));
  if (!sweep) return no_such_sweep(call, sweep.error());
  const auto outcome = outcome_of(store, *sweep);
  if (!outcome) return pass_on(outcome);
  Json json = head_of(*sweep);
  json["ending"] = outcome->ending;
  json["best"] = outcome->best ? Json(outcome->trials[*outcome->best].number) : Json();
  json["seconds"] = outcome->seconds;
  json["config"] = read_json(sweep->config);
  json["source"] = sweep->source;
  Json trials = Json::array();
  for (const TrialLine& trial : outcome->trials) trials.push_back(trial_json(trial));
  json["trials"] = trials;
  return json_response(json);
}

// The id of the last event seen comes from the browser by itself when it connects again.
Result<Response> answer_events(const Call& call) {
  call.site.prepare_feed();
  return Response{200,
                  {{"content-type", "text/event-stream"}, {"cache-control", "no-store"}},
                  EventStream{std::string(call.request.header("last-event-id").value_or(""))}};
}

}  // namespace atelier
