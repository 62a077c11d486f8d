// gate.hpp: who may ask for what: the one function that every request passes first.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "serve/message.hpp"

namespace atelier {

/// Whom the server lets in.
struct Gate {
  std::vector<std::string> hosts = {};  ///< exact values of Host: "127.0.0.1:6174"
  std::string token = {};
  bool loopback = true;  ///< bound to this machine alone: reading needs no token

  /// The name of the cookie that carries the token of a page that is looked at from elsewhere.
  std::string cookie() const;
};

/// 32 random bytes in hexadecimal, from the system.
Result<std::string> new_token();
/// Compares in a time that depends on the lengths alone.
bool same_secret(std::string_view a, std::string_view b);

/// Why a request is turned away; none when it may pass. In this order: a Host that is not exactly one of ours (DNS
/// rebinding), an Origin or Sec-Fetch-Site of another page, a method that no route has, a missing token. What changes
/// something needs the token in the header x-atelier-token, which no other page can send; what only reads needs one
/// when the server is bound elsewhere than to loopback, in that header or in the cookie.
std::optional<Response> turned_away(const Gate& gate, const Request& request);

/// The first visit from elsewhere, /?token=…: puts the token into a cookie and the address right. None where it is no
/// such visit.
std::optional<Response> welcomed(const Gate& gate, const Request& request);

/// What every response says: nosniff, no framing, no referrer, a strict content policy, nothing for other origins.
void add_safety(Response& response);

}  // namespace atelier
