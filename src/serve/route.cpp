// route.cpp: the table of routes, and the way from a request to its handler.
#include "serve/route.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "serve/site.hpp"

namespace atelier {
namespace {

/// An id as runs and sweeps have it; what a handler reads from the store is checked there.
bool is_id_text(std::string_view id) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  constexpr std::size_t kLongest = 64;
  return !id.empty() && id.size() <= kLongest && id.front() != '-' && id.find_first_not_of(kLetters) == id.npos;
}

std::vector<std::string_view> pieces_of(std::string_view pattern) {
  std::vector<std::string_view> pieces;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);
    const std::size_t end = std::min(pattern.find('/'), pattern.size());
    pieces.push_back(pattern.substr(0, end));
    pattern.remove_prefix(end);
  }
  return pieces;
}

/// The names of the pattern's pieces where the path is of its form.
std::optional<decltype(Call::names)> match(const Route& route, const Address& target) {
  const auto pieces = pieces_of(route.pattern);
  if (pieces.size() != target.path.size()) return std::nullopt;
  decltype(Call::names) names;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (!pieces[i].starts_with('{')) {
      if (pieces[i] != target.path[i]) return std::nullopt;
      continue;
    }
    if (!is_id_text(target.path[i])) return std::nullopt;
    names.emplace(pieces[i].substr(1, pieces[i].size() - 2), target.path[i]);
  }
  return names;
}

bool has_method(const Route& route, std::string_view method) {
  return route.method == method || (route.method == "GET" && method == "HEAD");
}

Response wrong_method(const std::string& allowed) {
  Response response = error_response(405, Error{Trouble::usage, "this address has another method", {}, allowed});
  response.headers.push_back({"allow", allowed});
  return response;
}

/// The body as a JSON object; none with the response that says why not.
std::optional<nlohmann::json> object_in(const Request& request, Response& refused) {
  const std::string_view type = request.header("content-type").value_or("");
  if (type != "application/json" && !type.starts_with("application/json;")) {
    refused = error_response(415, Error{Trouble::usage, "the body must be declared as application/json", {}, {}});
    return std::nullopt;
  }
  constexpr int kDeepest = 16;
  const auto shallow = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) { return depth <= kDeepest; };
  auto body = nlohmann::json::parse(request.body, shallow, false);
  if (body.is_object()) return body;
  refused = error_response(400, Error{Trouble::usage, "the body must be a JSON object", {}, {}});
  return std::nullopt;
}

Response run(const Route& route, const Call& call) {
  for (const auto& [name, value] : call.target.query)
    if (std::ranges::find(route.query, name) == route.query.end())
      return error_response(400, Error{Trouble::usage,
                                       fmt::format("this address takes no \"{}\"", name),
                                       fmt::format("it takes: {}", fmt::join(route.query, ", ")),
                                       {}});
  auto answered = route.answer(call);
  return answered ? *std::move(answered) : error_response(answered.error());
}

}  // namespace

Result<std::int64_t> Call::number(std::string_view query, std::int64_t preset, std::int64_t low,
                                  std::int64_t high) const {
  const auto given = target.find(query);
  if (!given) return preset;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(given->data(), given->data() + given->size(), value);
  if (error == std::errc{} && end == given->data() + given->size() && value >= low && value <= high) return value;
  return fail(Trouble::usage, fmt::format("{} must be a whole number from {} to {}", query, low, high));
}

Result<bool> Call::truth(std::string_view query) const {
  const std::string_view given = target.find(query).value_or("false");
  if (given == "true" || given == "false") return given == "true";
  return fail(Trouble::usage, fmt::format("{} must be true or false", query));
}

std::vector<std::string> Call::list(std::string_view query) const {
  std::vector<std::string> words;
  for (std::string_view rest = text(query); !rest.empty();) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    if (comma > 0) words.emplace_back(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return words;
}

std::span<const Route> routes() {
  static const std::vector<Route> all = {
      {"GET", "/api/workspace", {}, answer_workspace},
      {"GET", "/api/columns", {}, answer_columns},
      {"GET", "/api/events", {}, answer_events},
      {"GET", "/api/runs", {"where", "sort", "descending", "columns", "limit", "offset"}, answer_runs},
      {"POST", "/api/runs/delete", {}, answer_delete, Takes::body, Changes::store},
      {"GET", "/api/runs/{run}", {}, answer_run},
      {"PATCH", "/api/runs/{run}", {}, answer_note, Takes::body, Changes::store},
      {"GET", "/api/runs/{run}/history", {"after"}, answer_history},
      {"GET", "/api/runs/{run}/series", {"stream", "names", "from", "to", "buckets"}, answer_series},
      {"GET", "/api/runs/{run}/log", {"from"}, answer_log},
      {"GET", "/api/runs/{run}/artifacts/{artifact}", {}, answer_artifact},
      {"GET", "/api/runs/{run}/figures/{figure}", {"test"}, answer_run_figure},
      {"GET", "/api/runs/{run}/samples", {"truth", "answer", "test"}, answer_samples},
      {"POST", "/api/runs/{run}/try", {}, answer_try, Takes::body},
      {"GET", "/api/sweeps", {}, answer_sweeps},
      {"GET", "/api/sweeps/{sweep}", {}, answer_sweep},
      {"GET", "/api/sweeps/{sweep}/figures/{figure}", {"x", "y"}, answer_sweep_figure},
      {"POST", "/api/sweeps/{sweep}/state", {}, answer_sweep_state, Takes::body, Changes::store},
  };
  return all;
}

Response dispatch(Site& site, const Request& request, const Address& target, bool read_only) {
  std::string allowed;
  for (const Route& route : routes()) {
    auto names = match(route, target);
    if (!names) continue;
    if (!has_method(route, request.method)) {
      allowed += (allowed.empty() ? "" : ", ") + std::string(route.method) + (route.method == "GET" ? ", HEAD" : "");
      continue;
    }
    if (route.changes == Changes::store && read_only)
      return error_response(403, Error{Trouble::usage,
                                       "this workspace is open for reading only",
                                       {},
                                       "start `atelier ui` without --read-only, in a folder that can be written"});
    Call call{site, request, target, *std::move(names)};
    if (route.takes == Takes::body) {
      Response refused;
      auto body = object_in(request, refused);
      if (!body) return refused;
      call.body = *std::move(body);
    }
    return run(route, call);
  }
  if (!allowed.empty()) return wrong_method(allowed);
  return not_found("there is nothing at this address");
}

}  // namespace atelier
