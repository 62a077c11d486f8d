// message.hpp: requests and responses as plain values, apart from any socket.
#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "base/files.hpp"

namespace atelier {

/// The name in lower case.
struct HeaderLine {
  std::string name, value;
  bool operator==(const HeaderLine&) const = default;
};

/// A request as it came, nothing decoded. `target` is a path with its query: "/api/runs?limit=10".
struct Request {
  std::string method, target;
  std::vector<HeaderLine> headers = {};
  std::string body = {};

  /// The value of the only header of this name; none when it is absent or given twice.
  std::optional<std::string_view> header(std::string_view name) const;
  std::size_t count(std::string_view name) const;
};

/// The feed of events from here on, instead of a body; `after` is the id of the last event that the client has seen.
struct EventStream {
  std::string after = {};
};

struct Response {
  int status = 200;
  std::vector<HeaderLine> headers = {};
  /// Text, bytes that outlive the response, a file that is sent as it is read, or the feed.
  std::variant<std::string, std::span<const std::uint8_t>, OpenFile, EventStream> body = {};

  /// Of an open file or of bytes; the feed has none.
  std::optional<std::uint64_t> length() const;
  std::string_view header(std::string_view name) const;
  /// The body where it is text.
  std::string_view text() const;
};

Response json_response(const nlohmann::ordered_json& json, int status = 200);
/// JSON that is text already.
Response json_response(std::string json, int status = 200);
/// {"error": {"summary", "detail", "hint"}}.
Response error_response(int status, const Error& error);
/// With the status that suits the kind of trouble.
Response error_response(const Error& error);
Response not_found(std::string summary, std::string hint = {});
/// "Not Found".
std::string_view reason_of(int status);

}  // namespace atelier
