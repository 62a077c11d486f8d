// message.cpp: headers found, responses made.
#include "serve/message.hpp"

#include <algorithm>

#include "track/run_json.hpp"

namespace atelier {

std::size_t Request::count(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::count(headers, name, &HeaderLine::name));
}

std::optional<std::string_view> Request::header(std::string_view name) const {
  if (count(name) != 1) return std::nullopt;
  return std::ranges::find(headers, name, &HeaderLine::name)->value;
}

std::optional<std::uint64_t> Response::length() const {
  if (const auto* text = std::get_if<std::string>(&body)) return text->size();
  if (const auto* bytes = std::get_if<std::span<const std::uint8_t>>(&body)) return bytes->size();
  if (const auto* file = std::get_if<OpenFile>(&body)) return file->stamp.size;
  return std::nullopt;
}

std::string_view Response::header(std::string_view name) const {
  const auto found = std::ranges::find(headers, name, &HeaderLine::name);
  return found == headers.end() ? std::string_view() : found->value;
}

std::string_view Response::text() const {
  const auto* text = std::get_if<std::string>(&body);
  return text ? *text : std::string_view();
}

Response json_response(std::string json, int status) {
  return {status, {{"content-type", "application/json"}, {"cache-control", "no-store"}}, std::move(json)};
}

Response json_response(const nlohmann::ordered_json& json, int status) { return json_response(one_line(json), status); }

Response error_response(int status, const Error& error) {
  return json_response(
      nlohmann::ordered_json{{"error", {{"summary", error.summary}, {"detail", error.detail}, {"hint", error.hint}}}},
      status);
}

Response error_response(const Error& error) {
  switch (error.kind) {
    case Trouble::usage:
    case Trouble::data: return error_response(400, error);
    case Trouble::model:
    case Trouble::diverged: return error_response(422, error);
    case Trouble::file:
    case Trouble::interrupted: break;
  }
  return error_response(500, error);
}

Response not_found(std::string summary, std::string hint) {
  return error_response(404, Error{Trouble::usage, std::move(summary), {}, std::move(hint)});
}

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 422: return "Unprocessable Content";
    case 431: return "Request HeaderLine Fields Too Large";
    case 503: return "Service Unavailable";
    default: return status < 500 ? "Bad Request" : "Internal Server Error";
  }
}

}  // namespace atelier
