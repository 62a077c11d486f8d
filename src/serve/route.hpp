// route.hpp: the table of routes, and how a request finds its own.
#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "serve/address.hpp"
#include "serve/message.hpp"

namespace atelier {

class Site;

/// A request that has found its route.
struct Call {
  Site& site;
  const Request& request;
  const Address& target;
  std::map<std::string, std::string, std::less<>> names = {};  ///< of the pattern's {pieces}; ids are checked
  nlohmann::json body = {};                                    ///< an object, where the route takes one

  const std::string& name(std::string_view piece) const { return names.find(piece)->second; }
  std::string_view text(std::string_view query) const { return target.find(query).value_or(""); }
  /// A whole number of the query within [low, high]; `preset` where it is absent.
  Result<std::int64_t> number(std::string_view query, std::int64_t preset, std::int64_t low, std::int64_t high) const;
  /// true or false; absent is false.
  Result<bool> truth(std::string_view query) const;
  /// "a,b,c", without empty ones.
  std::vector<std::string> list(std::string_view query) const;
};

/// What a route needs beside its path.
enum class Takes { nothing, body };
enum class Changes { nothing, store };

struct Route {
  std::string_view method;   ///< GET answers HEAD too
  std::string_view pattern;  ///< "/api/runs/{run}/series"
  std::vector<std::string_view> query;
  Result<Response> (*answer)(const Call&);
  Takes takes = Takes::nothing;
  Changes changes = Changes::nothing;
};

/// All routes under /api; a new one is one line here, one in docs/reference/openapi.json.
std::span<const Route> routes();

/// The route's response, or what is wrong with the request: 404, 405 with Allow, 400 for a query name or a body that the
/// route does not know, 415 for a body that is not declared as JSON, 403 for a change where `read_only`.
Response dispatch(Site& site, const Request& request, const Address& target, bool read_only);

/// 404 when there is no run of the call's name, else the store's own trouble.
Result<Response> no_such_run(const Call& call, const Error& error);
Result<Response> no_such_sweep(const Call& call, const Error& error);

// The handlers.
Result<Response> answer_workspace(const Call& call);
Result<Response> answer_columns(const Call& call);
Result<Response> answer_runs(const Call& call);
Result<Response> answer_run(const Call& call);
Result<Response> answer_history(const Call& call);
Result<Response> answer_series(const Call& call);
Result<Response> answer_log(const Call& call);
Result<Response> answer_artifact(const Call& call);
Result<Response> answer_note(const Call& call);
Result<Response> answer_delete(const Call& call);
Result<Response> answer_sweeps(const Call& call);
Result<Response> answer_sweep(const Call& call);
Result<Response> answer_sweep_state(const Call& call);
Result<Response> answer_events(const Call& call);
Result<Response> answer_run_figure(const Call& call);
Result<Response> answer_samples(const Call& call);
Result<Response> answer_sweep_figure(const Call& call);
Result<Response> answer_try(const Call& call);

}  // namespace atelier
